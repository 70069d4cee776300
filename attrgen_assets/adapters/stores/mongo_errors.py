"""Errors of pymongo, translated where they enter: worth another try, or not."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from bson.errors import BSONError
from pymongo import errors

from attrgen_assets.errors import AttrgenError, StorageFull, StoreUnavailable, TerminalError

DUPLICATE_KEY: Final = 11000
_OUT_OF_DISK_SPACE: Final = 14031
_NOT_ALLOWED: Final = {13, 18, 8000}  # Unauthorized, AuthenticationFailed, the same in Atlas
_PASSING: Final = {
    6,  # HostUnreachable
    7,  # HostNotFound
    43,  # CursorNotFound: the server was restarted under a cursor
    50,  # MaxTimeMSExpired
    64,  # WriteConcernFailed
    89,  # NetworkTimeout
    91,  # ShutdownInProgress
    112,  # WriteConflict
    133,  # FailedToSatisfyReadPreference
    134,  # ReadConcernMajorityNotAvailableYet
    189,  # PrimarySteppedDown
    237,  # CursorKilled
    262,  # ExceededTimeLimit
    9001,  # SocketException
    10107,  # NotWritablePrimary
    11600,  # InterruptedAtShutdown
    11602,  # InterruptedDueToReplStateChange
    13435,  # NotPrimaryNoSecondaryOk
    13436,  # NotPrimaryOrSecondary
}
_DRIVER_STATE: Final = re.compile(r"(?: \(configured timeouts|, Timeout: |, Topology Description)")
"""Where the reason ends and pymongo begins to describe itself."""

_SHOWN: Final = 600  # characters of the server's words; it repeats whole documents


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn errors of pymongo inside the block into ours.

    >>> with translated("reading documents"):
    ...     raise errors.AutoReconnect("connection closed")
    Traceback (most recent call last):
    attrgen_assets.errors.StoreUnavailable: MongoDB: reading documents: AutoReconnect: connection closed; ...
    """
    try:
        yield
    except (errors.PyMongoError, BSONError, OverflowError) as error:
        raise translation(error, doing) from error


def translation(error: Exception, doing: str) -> AttrgenError:
    """Our error for one of pymongo's or bson's."""
    words = _DRIVER_STATE.split(str(error), maxsplit=1)[0]
    said = f"MongoDB: {doing}: {type(error).__name__}: {words[:_SHOWN]}"
    codes = _codes(error)
    if codes & {_OUT_OF_DISK_SPACE}:
        return StorageFull(f"{said}; make room where MongoDB keeps its data")
    if codes & _NOT_ALLOWED:
        return TerminalError(f"{said}; check user, password and authSource in MONGODB_URI, and the user's roles")
    passing = errors.ConnectionFailure, errors.ExecutionTimeout, errors.WTimeoutError, errors.WaitQueueTimeoutError
    if isinstance(error, passing) or (codes and codes <= _PASSING):
        return StoreUnavailable(f"{said}; is it running, and is MONGODB_URI right?")
    return TerminalError(said)


def _codes(error: Exception) -> set[int]:
    """The server's error codes: several for a batch of writes."""
    if isinstance(error, errors.BulkWriteError):
        details: Any = error.details
        return {int(e["code"]) for key in ("writeErrors", "writeConcernErrors") for e in details.get(key) or ()}
    if isinstance(error, errors.OperationFailure) and error.code is not None:
        return {error.code}
    return set()
