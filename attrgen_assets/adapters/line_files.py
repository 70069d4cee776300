"""Text files written line by line that appear whole or not at all."""

import errno
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from attrgen_assets.errors import StorageFull, TerminalError

STANDARD_OUTPUT: Final = Path("-")
_CHUNK: Final = 1_000  # lines written at a time
_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class _Draft:
    """Where a file is written until it is put in place."""

    path: Path
    target: Path


class LineFile:
    """Takes lines; nothing is visible under `path` before the block of `line_files` ends without an error."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self.path = path
        self._stream = stream

    def write(self, lines: Iterable[str]) -> None:
        """Append lines, each given without its end.

        Raises: StorageFull.
        """
        with _storage_errors(self.path):
            rest = iter(lines)
            while chunk := list(islice(rest, _CHUNK)):
                self._stream.write(("\n".join(chunk) + "\n").encode())


@contextmanager
def line_files(*paths: Path) -> Iterator[tuple[LineFile, ...]]:
    """One file per path, UTF-8 with \\n: all are put in place when the block ends, none after an error.

    `-` is standard output. What exists and is no regular file (a pipe, /dev/null) is written to as it goes.

    Raises: TerminalError where two paths are one file, or a folder is missing; StorageFull.
    """
    _check_distinct(paths)
    with ExitStack() as stack:
        opened = [stack.enter_context(_line_file(path)) for path in paths]
        yield tuple(LineFile(path, stream) for path, (stream, _) in zip(paths, opened, strict=True))
        for path, (stream, _) in zip(paths, opened, strict=True):
            with _storage_errors(path):
                stream.flush()
        for stream, draft in opened:
            if draft is not None:
                os.fsync(stream.fileno())
                draft.path.replace(draft.target)


@contextmanager
def _line_file(path: Path) -> Iterator[tuple[BinaryIO, _Draft | None]]:
    """The stream, and its draft; None where it writes to its end at once."""
    if path == STANDARD_OUTPUT:
        sys.stdout.flush()
        yield sys.stdout.buffer, None  # bytes: UTF-8 whatever the locale says
        return
    if path.is_dir() or not path.parent.is_dir():
        raise TerminalError(
            f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'its folder is missing'}"
        )
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream, None
        return
    target = path.resolve()  # through a link to the file itself
    draft = _Draft(target.with_name(f".{target.name}.{os.getpid()}.tmp"), target)
    try:
        with _storage_errors(path), draft.path.open("wb") as stream:
            yield stream, draft
    finally:
        draft.path.unlink(missing_ok=True)


def _check_distinct(paths: Iterable[Path]) -> None:
    seen: set[Path] = set()
    for path in (path for path in paths if path != STANDARD_OUTPUT):
        if path.resolve() in seen:
            raise TerminalError(f"{path} is named twice: documents and quarantined rows go to files of their own")
        seen.add(path.resolve())


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        free = shutil.disk_usage(path.resolve().parent).free
        raise StorageFull(
            f"no space left to write {path}: {os.strerror(error.errno or 0)}; {free:,} bytes are free there. "
            "What was there before is intact. Free some space, or write to another disk."
        ) from error
