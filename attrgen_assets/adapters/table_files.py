"""Files that appear whole or not at all: temporary files, one commit for several of them, cleaning up after a kill.

A folder holds the tables of one product type. Writers fill hidden temporary files, each locked by its process for as
long as it lives; `commit` puts them in place under the folder's lock. With several files a journal is written first,
and whoever comes next finishes a journal that a killed process left: after a kill all files are the new ones or none.
The window that remains: a reader that opened one table before a commit and opens another after it sees both states.
"""

import errno
import fcntl
import io
import json
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from attrgen_assets.errors import StorageFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Translate "no space left" on `path` (a full disk, a quota, a file size limit) to StorageFull.

    Raises: StorageFull, with the folder and its free bytes.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        free = shutil.disk_usage(path).free
        raise StorageFull(
            f"no space left to write under {path}: {os.strerror(error.errno or 0)}; {free:,} bytes are free there. "
            "The former tables are intact. Free some space, or set ATTRGEN_HOME to a larger disk, and run again."
        ) from error


class TempFile:
    """A temporary file in the folder of its target, locked while its process lives."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.stream = io.BufferedWriter(io.FileIO(path, "xb"))
        fcntl.flock(self.stream.fileno(), fcntl.LOCK_EX)

    def sync(self) -> None:
        """Flush to the disk itself, so that a renamed file is never an empty one after a power cut."""
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def close(self) -> None:
        """Release the file; what is still buffered is thrown away."""
        self.stream.raw.close()  # closing the buffer first would try once more to write to a full disk

    def discard(self) -> None:
        """Close and remove; harmless when it is in place already."""
        self.close()
        self.path.unlink(missing_ok=True)


class TableFolder:
    """One folder of files that are replaced whole."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def new_temp(self, name: str) -> TempFile:
        """A new temporary file for `name`; leftovers of killed processes are removed on the way.

        Raises: StorageFull.
        """
        with storage_errors(self.path.parent):
            self.path.mkdir(parents=True, exist_ok=True)
        with storage_errors(self.path), self._lock():
            self._finish_commits()
            self._remove_leftovers()
            return TempFile(self.path / f".{name}.{uuid.uuid4().hex}.tmp")

    def commit(self, files: Sequence[tuple[TempFile, str]]) -> None:
        """Put every temporary file in place under its name: all of them or, on an error, none.

        Raises: StorageFull.
        """
        with storage_errors(self.path):
            for temp, _ in files:
                temp.sync()
            moves = [(temp.path.name, name) for temp, name in files]
            with self._lock():
                for _, name in moves:
                    if (self.path / name).is_dir():
                        raise IsADirectoryError(errno.EISDIR, "a folder is in the way of a table", self.path / name)
                journal = self._write_journal(moves)
                self._move(moves)
                journal.unlink()
                self._sync_folder()

    def recover(self) -> None:
        """Finish a commit that a killed process left half done; costs one listing when there is none."""
        if any(self.path.glob(".commit-*.json")):
            with self._lock():
                self._finish_commits()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        with (self.path / ".lock").open("ab") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _write_journal(self, moves: Sequence[tuple[str, str]]) -> Path:
        """The point of no return is the rename of the journal; before it nothing has changed."""
        draft = self.path / f".commit-{uuid.uuid4().hex}.tmp"
        try:
            with draft.open("w", encoding="utf-8") as stream:
                json.dump(moves, stream)
                stream.flush()
                os.fsync(stream.fileno())
            journal = draft.with_suffix(".json")
            draft.replace(journal)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        self._sync_folder()
        return journal

    def _finish_commits(self) -> None:
        for journal in sorted(self.path.glob(".commit-*.json")):
            self._move(json.loads(journal.read_text(encoding="utf-8")))
            journal.unlink()
            self._sync_folder()

    def _move(self, moves: Sequence[tuple[str, str]]) -> None:
        for temp, name in moves:
            if (self.path / temp).exists():  # else the killed process had come as far as this one
                (self.path / temp).replace(self.path / name)

    def _remove_leftovers(self) -> None:
        """Remove temporary files that no living process holds locked; the kernel drops the locks of killed ones."""
        for path in self.path.glob(".*.tmp"):
            with path.open("rb") as handle:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                path.unlink()

    def _sync_folder(self) -> None:
        handle = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
