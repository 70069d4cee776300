"""Pictures in a local folder or an S3 bucket, through fsspec."""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import fsspec

from attrgen_assets.errors import AttrgenError, MissingExtra, StorageFull, StoreUnavailable, TerminalError

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
)


class FileStore:
    """The ImageStore of `domain.images.ports` over one folder of one file system."""

    def __init__(self, filesystem: Any, root: str, *, shown: str) -> None:
        self._filesystem = filesystem
        self._root = root.rstrip("/")
        self._shown = shown
        self._local = "file" in _protocols(filesystem)

    def holds(self, names: Sequence[str]) -> bool:
        """Whether all files are there.

        Raises StoreUnavailable, or TerminalError.
        """
        with translated(f"looking into {self._shown}"):
            return all(self._filesystem.exists(self._path(name)) for name in names)

    def write(self, files: Mapping[str, bytes]) -> None:
        """Keep files, in this order; each is there as a whole or not at all.

        Raises StoreUnavailable, StorageFull, or TerminalError.
        """
        with translated(f"writing to {self._shown}"):
            for name, data in files.items():
                if self._local:
                    self._move_in(self._path(name), data)
                else:
                    self._filesystem.pipe_file(self._path(name), data)  # an object appears when it is complete

    def read(self, name: str) -> bytes:
        """A file. Raises TerminalError where it is not there; StoreUnavailable."""
        with translated(f"reading from {self._shown}"):
            found: bytes = self._filesystem.cat_file(self._path(name))
            return found

    def _move_in(self, path: str, data: bytes) -> None:
        """Written beside its place, to the disk, and then moved there: a kill leaves a `.part`, never half a file."""
        self._filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
        unfinished = f"{path}.{uuid4().hex}.part"
        try:
            with self._filesystem.open(unfinished, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            self._filesystem.mv(unfinished, path)
        except BaseException:
            if self._filesystem.exists(unfinished):
                self._filesystem.rm_file(unfinished)
            raise

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"


def open_file_store(url: str, **options: Any) -> FileStore:
    """The store at a path, or at an address such as s3://bucket/folder.

    options: of the file system; without them, S3 is reached as the environment says (AWS_ACCESS_KEY_ID,
    AWS_ENDPOINT_URL and so on).

    Raises TerminalError for an address of a kind that is not known; MissingExtra.
    """
    try:
        # Its own instance, which remembers no listing: other processes write there as well.
        filesystem, root = fsspec.core.url_to_fs(url, skip_instance_cache=True, use_listings_cache=False, **options)
    except ImportError as error:
        raise MissingExtra(f'{url.partition("://")[0]}: {error}; pip install "attrgen[images]"') from error
    except ValueError as error:
        message = f"ATTRGEN_IMAGES_URL: {error}; a path or s3://bucket/folder is taken"
        raise TerminalError(message) from error
    return FileStore(filesystem, root, shown=url)


def _protocols(filesystem: Any) -> tuple[str, ...]:
    named = filesystem.protocol
    return (named,) if isinstance(named, str) else tuple(named)


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn errors of file systems inside the block into ours."""
    try:
        yield
    except AttrgenError:
        raise
    except (FileNotFoundError, PermissionError) as error:
        raise TerminalError(f"{doing}: {_said(error)}; does it exist, and is it yours?") from error
    except OSError as error:
        message = f"{doing}: {_said(error)}"
        if error.errno in _FULL:
            raise StorageFull(f"{message}; make room there") from error
        raise (TerminalError if error.errno in _NOT_ALLOWED else StoreUnavailable)(message) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("botocore", "aiobotocore", "aiohttp"):
            raise
        if "Credentials" in type(error).__name__:
            raise TerminalError(f"{doing}: {_said(error)}; set AWS_ACCESS_KEY_ID and its secret") from error
        raise StoreUnavailable(f"{doing}: {_said(error)}") from error


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
