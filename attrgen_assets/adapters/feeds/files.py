"""Which files a feed consists of, and opening them: a feed path may not leave the feeds folder."""

import errno
import glob
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Self

import polars as pl

from attrgen_assets.adapters.feeds.frames import Note, rebatch
from attrgen_assets.domain.ports import FeedInfo
from attrgen_assets.domain.product_types.fields import nearest_names
from attrgen_assets.errors import FeedError


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A file, and how RAW calls it."""

    path: Path
    name: str

    @classmethod
    def relative(cls, path: Path, folder: Path) -> Self:
        """The file, called by its path in the folder; bytes of its name that are not UTF-8 become U+FFFD."""
        return cls(path, os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "replace"))


_MAX_NOTES = 100  # 10,000 unnamed columns are one finding, not 10,000

ReadFile = Callable[[FeedFile, BinaryIO, Note], Iterator[pl.DataFrame]]
"""A format: frames of the rows of an open file, from row 1, of any size."""


def find_files(pattern: str, *, feeds_dir: Path) -> list[FeedFile]:
    """The files that a feed path or glob names, in order of their names.

    Raises: FeedError where there is none, or where it is outside the feeds folder.
    """
    parts = PurePosixPath(pattern)
    if not pattern or parts.is_absolute() or ".." in parts.parts or "\0" in pattern or "\\" in pattern:
        raise FeedError(
            f"the feed path {pattern!r} is not allowed: it must be relative to the feeds folder ({feeds_dir}), "
            "with / and without '..'. Move the file there, or set ATTRGEN_FEEDS_DIR."
        )
    exact = feeds_dir / parts
    found = [exact] if os.path.lexists(exact) else _matches(pattern, feeds_dir)
    if not found:
        raise FeedError(_nothing_found(pattern, feeds_dir))
    root = feeds_dir.resolve()
    for path in found:
        if not path.resolve().is_relative_to(root):
            raise FeedError(
                f"the feed {path.relative_to(feeds_dir)} is a link that leaves the feeds folder ({root}): "
                f"it leads to {path.resolve()}. Copy the file into the folder."
            )
    return [FeedFile.relative(path, feeds_dir) for path in found]


def _matches(pattern: str, feeds_dir: Path) -> list[Path]:
    if not glob.has_magic(pattern):
        return []
    return sorted(path for path in feeds_dir.glob(pattern) if not path.is_dir())


def _nothing_found(pattern: str, feeds_dir: Path) -> str:
    if not feeds_dir.is_dir():
        return f"there is no feeds folder {feeds_dir}: create it, or set ATTRGEN_FEEDS_DIR to where the feeds are"
    there = sorted(path.relative_to(feeds_dir).as_posix() for path in feeds_dir.rglob("*") if path.is_file())
    near = nearest_names(pattern, there)
    hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"the folder holds {len(there)} files."
    return f"no feed file matches {pattern!r} in {feeds_dir}; {hint} Correct `feed.path`, or put the file there."


@contextmanager
def feed_errors(name: str) -> Iterator[None]:
    """Translate what the file system says of a feed to a FeedError that says what to do."""
    advice = {
        errno.ENOENT: "there is no such file; check the path",
        errno.EACCES: "this user may not read it; change its permissions (chmod a+r)",
        errno.EPERM: "this user may not read it; change its permissions (chmod a+r)",
        errno.EISDIR: "it is a folder; name a file in it, or a glob such as folder/*.csv",
        errno.ELOOP: "it is a link to itself",
    }
    try:
        yield
    except OSError as error:
        reason = advice.get(error.errno or 0, f"{error.strerror or error}; check the disk, then run again")
        raise FeedError(f"the feed {name} cannot be read: {reason}") from error


@contextmanager
def open_regular(file: FeedFile) -> Iterator[BinaryIO]:
    """The file, open for reading.

    Raises: FeedError for a missing or unreadable file, a folder, a pipe, a device or a socket.
    """
    with feed_errors(file.name):
        # a pipe opened without O_NONBLOCK would wait for a writer for ever
        handle = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _check_regular(os.fstat(handle).st_mode, file)
            stream = os.fdopen(handle, "rb")
        except BaseException:
            os.close(handle)
            raise
        with stream:
            yield stream


def _check_regular(mode: int, file: FeedFile) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(file.path))
    if not stat.S_ISREG(mode):
        raise FeedError(
            f"the feed {file.name} is not a regular file but a pipe, a socket or a device; "
            "save its content to a file first, and name that"
        )


class FileFeed:
    """A FeedReader over files of one format, in order."""

    def __init__(self, files: Sequence[FeedFile], *, read_file: ReadFile) -> None:
        self._files = tuple(files)
        self._read_file = read_file
        self._notes: list[str] = []
        self._mtimes: list[float] = []

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """Frames of RAW without `sku`, at most `batch_rows` rows each, file after file.

        Raises: FeedError where a file cannot be read at all, also in the middle of one.
        """
        self._notes, self._mtimes = [], []
        for file in self._files:
            with open_regular(file) as stream:
                self._mtimes.append(os.fstat(stream.fileno()).st_mtime)
                frames = self._read_file(file, stream, self._noter(file))
                yield from rebatch(frames, batch_rows=batch_rows)

    def info(self) -> FeedInfo:
        """The files, and what was found worth noting in them so far."""
        names = tuple(file.name for file in self._files)
        return FeedInfo(files=names, newest_mtime=max(self._mtimes, default=None), notes=tuple(self._notes))

    def _noter(self, file: FeedFile) -> Note:
        def note(text: str) -> None:
            if len(self._notes) < _MAX_NOTES:
                self._notes.append(f"{file.name}: {text}")

        return note
