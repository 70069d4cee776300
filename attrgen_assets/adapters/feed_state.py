"""Whether a feed is still the one that was read: cheap to see first (sizes and times), then its content."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from attrgen_assets.adapters.feeds.files import FeedFile, feed_errors, find_files, open_regular
from attrgen_assets.domain.product_types.model import Feed

_HASHED_BYTES: Final = 2 << 30  # a tick has 60 s; beyond 2 GiB sizes and times have to do
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What is cheap to see of the files of a feed."""

    files: tuple[FeedFile, ...]
    stat: str
    newest_mtime: float
    size_bytes: int

    def fingerprint(self) -> str:
        """Hex digest of names and contents; of names, sizes and times where the files are larger than 2 GiB together.

        Raises: FeedError where a file is gone or cannot be read.
        """
        if self.size_bytes > _HASHED_BYTES:
            return hashlib.blake2b(self.stat.encode(), digest_size=16).hexdigest()
        digest = hashlib.blake2b(digest_size=16)
        for file in self.files:
            content = hashlib.blake2b(digest_size=16)
            with open_regular(file) as stream:
                while chunk := stream.read(_CHUNK_BYTES):
                    content.update(chunk)
            digest.update(f"{file.name}\0{content.hexdigest()}\0".encode())
        return digest.hexdigest()


def feed_state(feed: Feed, *, feeds_dir: Path) -> FeedState | None:
    """The state of a feed of files; None for a collection and an address, which have none that is cheap to see.

    Raises: FeedError where no file is found.
    """
    if feed.path is None:
        return None
    files = tuple(find_files(feed.path, feeds_dir=feeds_dir))
    return _state(files)


def _state(files: Sequence[FeedFile]) -> FeedState:
    lines, newest_mtime, size_bytes = [], 0.0, 0
    for file in files:
        with feed_errors(file.name):
            seen = file.path.stat()
        lines.append(f"{file.name}|{seen.st_size}|{seen.st_mtime_ns}|{seen.st_ino}")
        newest_mtime = max(newest_mtime, seen.st_mtime)
        size_bytes += seen.st_size
    return FeedState(files=tuple(files), stat="\n".join(lines), newest_mtime=newest_mtime, size_bytes=size_bytes)
