"""A log file that several processes write to, rotated by whichever of them fills it."""

import contextlib
import fcntl
import io
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path


class SharedRotatingFileHandler(logging.Handler):
    """Appends lines to `path`; beyond `max_bytes` it becomes `path.1`, that `path.2`, ... up to `backups`.

    The standard library's handler keeps writing to the renamed file when another process rotates, and two may rotate at
    once. Here a lock file is held for each line, and the file is opened anew when it is no longer the one at `path`.
    """

    def __init__(self, path: Path, *, max_bytes: int, backups: int) -> None:
        super().__init__()
        self._path = path
        self._max_bytes = max_bytes
        self._backups = backups
        self._stream: io.BufferedWriter | None = None
        self._failed = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; where that fails, say so once on stderr and do without the file."""
        if self._failed:
            return
        try:
            line = self.format(record).encode("utf-8", "replace") + b"\n"
            with self._locked():
                stream = self._current(len(line))
                stream.write(line)
                stream.flush()
        except OSError as error:
            self._failed = True
            self._close_stream()
            print(f"the log file {self._path} cannot be written ({error}); going on without it", file=sys.stderr)  # noqa: T201  the log itself is what failed

    def close(self) -> None:
        """Close the file; the handler opens it again when it is used again."""
        self._close_stream()
        super().close()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.with_name(f".{self._path.name}.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _current(self, more: int) -> io.BufferedWriter:
        """The file at `path`, with room for `more` bytes."""
        if self._stream is not None and not self._is_at_path(self._stream):
            self._close_stream()
        if self._stream is None:
            self._stream = self._path.open("ab")
        size = os.fstat(self._stream.fileno()).st_size
        if size and size + more > self._max_bytes:
            self._close_stream()
            self._rotate()
            self._stream = self._path.open("ab")
        return self._stream

    def _is_at_path(self, stream: io.BufferedWriter) -> bool:
        try:
            return os.path.samestat(os.fstat(stream.fileno()), self._path.stat())
        except FileNotFoundError:
            return False

    def _rotate(self) -> None:
        for number in range(self._backups, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}") if number else self._path

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._stream.raw.close()  # every line was flushed; a buffer that could not be is not tried again
            self._stream = None
