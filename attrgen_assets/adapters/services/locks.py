"""The kernel locks that tell who uses a server and whether it lives; see the package's docstring."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of a lock file, closed at the end, which gives up what it holds."""
    descriptor = open_lock(path)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_lock(path: Path) -> int:
    """A new descriptor of a lock file; not inherited by programs that are started."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def take_alone(descriptor: int) -> bool:
    """Take the lock if nobody else holds it or a share of it."""
    return _take(descriptor, fcntl.LOCK_EX)


def take_share(descriptor: int) -> bool:
    """Take a share of the lock if nobody holds it alone."""
    return _take(descriptor, fcntl.LOCK_SH)


def is_held_alone(path: Path) -> bool:
    """Whether some process holds the lock alone at this moment."""
    with opened(path) as descriptor:
        return not take_share(descriptor)


def holder(path: Path) -> int | None:
    """The process id that the holder wrote into its lock file, None where there is none."""
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return None


def _take(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
