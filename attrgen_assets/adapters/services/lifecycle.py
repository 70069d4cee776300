"""One server for many processes: started by the first, stopped by the last; see the package's docstring."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import filelock

from attrgen_assets.adapters.services import keeper
from attrgen_assets.adapters.services.folders import private_folder, socket_path
from attrgen_assets.adapters.services.locks import (
    holder,
    is_held_alone,
    open_lock,
    opened,
    take_alone,
    take_share,
)
from attrgen_assets.errors import StoreUnavailable, TerminalError

_POLL_S: Final = 0.02
_LOG_TAIL_BYTES: Final = 2_000
_LOG_LIMIT_BYTES: Final = 10_000_000  # a log longer than this is set aside when the server starts


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server lives. `folder` is 0700; `socket` may lie elsewhere when its path would be too long."""

    folder: Path
    socket: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def start_lock(self) -> Path:
        return self.folder / "start.lock"

    @property
    def server_lock(self) -> Path:
        return self.folder / "server.lock"

    @property
    def users_lock(self) -> Path:
        return self.folder / "users.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A kind of server.

    name: of its folder.  find: its binary, given the server's folder.  arguments: its command line, without the
    binary.  answers: whether the server behind a socket serves; waits a second or two at most.
    """

    name: str
    find: Callable[[Path], Path]
    arguments: Callable[[Place], Sequence[str]]
    answers: Callable[[Path], bool]


@contextmanager
def shared(
    server: Server, home: Path, *, start_timeout_s: float = 60.0, stop_timeout_s: float = 60.0
) -> Iterator[Path]:
    """Use the server of this home for the length of the block, starting it if it does not run; yields its socket.

    Args:
        server: which kind.
        home: ATTRGEN_HOME.
        start_timeout_s: how long the server may take to answer; recovery after a crash is part of it.
        stop_timeout_s: how long it may take to stop before it is killed (the data survives that).

    Raises NoServerError where there is no binary, TerminalError where it does not start, StoreUnavailable where it
    starts and does not answer in time.
    """
    folder = private_folder(home.resolve() / "services" / server.name)
    place = Place(folder=folder, socket=socket_path(folder, server.name))
    private_folder(place.data)
    patience_s = start_timeout_s + stop_timeout_s
    with _start_lock(place, patience_s):
        share = _join(place, stop_timeout_s)
        try:
            _ensure_serving(server, place, start_timeout_s)
        except BaseException:
            os.close(share)
            raise
    try:
        yield place.socket
    finally:
        os.close(share)
        with _start_lock(place, patience_s):
            _stop_if_unused(place, stop_timeout_s)


@contextmanager
def _start_lock(place: Place, patience_s: float) -> Iterator[None]:
    try:
        with filelock.FileLock(place.start_lock, timeout=patience_s, mode=0o600):
            yield
    except filelock.Timeout as error:
        raise StoreUnavailable(
            f"{place.start_lock}: held for {patience_s:.0f} s by another process that starts or stops the server"
        ) from error


def _join(place: Place, stop_timeout_s: float) -> int:
    """A share of the users' lock; where the keeper holds it, the old server is on its way down and is waited for."""
    descriptor = open_lock(place.users_lock)
    try:
        if _poll(lambda: take_share(descriptor), stop_timeout_s):
            return descriptor
        _kill(place)
        if _poll(lambda: take_share(descriptor), stop_timeout_s):
            return descriptor
        raise StoreUnavailable(f"{place.users_lock}: the former server does not go away; see {place.log}")
    except BaseException:
        os.close(descriptor)
        raise


def _ensure_serving(server: Server, place: Place, timeout_s: float) -> None:
    """Come back when the server answers: the running one, or a new one where none runs or the running one hangs."""
    launched = _launch(server, place)
    settled = _poll(lambda: _settled(server, place), timeout_s)
    if settled and is_held_alone(place.server_lock):
        return
    if not settled:  # it hangs
        _kill(place)
    if launched:
        said = f"its log {place.log} ends:\n{_tail(place)}"
        if settled:
            raise TerminalError(f"{server.name}: the server ended as it started; {said}")
        raise StoreUnavailable(
            f"{server.name}: the server did not answer within {timeout_s:.0f} s, and was killed; {said}"
        )
    if not _poll(lambda: not is_held_alone(place.server_lock), timeout_s):
        raise StoreUnavailable(f"{server.name}: the running server hangs and cannot be killed; see {place.log}")
    # The one that was there is gone, killed by us or by somebody: the next round starts our own.
    _ensure_serving(server, place, timeout_s)


def _settled(server: Server, place: Place) -> bool:
    """The server answers, or it is gone."""
    return not is_held_alone(place.server_lock) or server.answers(place.socket)


def _launch(server: Server, place: Place) -> bool:
    """Start the server under a keeper, which inherits the lock that says that it lives; False where one lives."""
    with opened(place.server_lock) as descriptor:
        if not take_alone(descriptor):
            return False
        os.ftruncate(descriptor, 0)
        binary = server.find(place.folder)
        place.socket.unlink(missing_ok=True)  # nobody listens: the lock was free
        if place.log.exists() and place.log.stat().st_size > _LOG_LIMIT_BYTES:
            place.log.replace(place.log.with_suffix(".log.old"))
        command = [sys.executable, "-I", "-S", keeper.__file__, str(descriptor), str(place.users_lock), str(binary)]
        with place.log.open("ab") as log:
            subprocess.run(
                [*command, *server.arguments(place)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(descriptor,),
                check=True,
            )
    return True


def _stop_if_unused(place: Place, timeout_s: float) -> None:
    """Stop the server and wait for its end, unless somebody else uses it. Called with the start lock held."""
    with opened(place.users_lock) as descriptor:
        if take_alone(descriptor):
            _signal(place, signal.SIGTERM)
        elif take_share(descriptor):
            return  # others hold shares: the last of them stops it
        # Else the keeper was quicker, and stops it at this moment.
        if not _poll(lambda: not is_held_alone(place.server_lock), timeout_s):
            _kill(place)
            _poll(lambda: not is_held_alone(place.server_lock), timeout_s)


def _kill(place: Place) -> None:
    _signal(place, signal.SIGKILL)


def _signal(place: Place, number: signal.Signals) -> None:
    """Send a signal to the server; while the lock is held, the id in it is the server's and of nobody since."""
    process = holder(place.server_lock)
    if process is not None and is_held_alone(place.server_lock):
        with suppress(ProcessLookupError):
            os.kill(process, number)


def _poll(true: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def _tail(place: Place) -> str:
    with place.log.open("rb") as log:
        log.seek(max(0, place.log.stat().st_size - _LOG_TAIL_BYTES))
        return log.read().decode(errors="replace")
