"""Serving the graph: Dagster's webserver and daemon as processes of ours, gone when we are.

Under `<home>/dagster/`: `up.lock` is held by the one `attrgen up` there may be, `groups.lock` by the keepers of its
process groups, `up.json` says where it serves. The locks are the kernel's, so that kill -9 leaves no stale one.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, NoReturn

import yaml

from attrgen_assets.cli import group_keeper
from attrgen_assets.cli.graph_client import LOCATION, GraphClient
from attrgen_assets.errors import StoreUnavailable, TerminalError

DEFAULT_PORT: Final = 3000
_PORTS_TRIED: Final = 20
_START_S: Final = 180.0  # a cold start on a busy machine reads some 3,000 Python files
_POLL_S: Final = 0.2
_PORT_TAKEN: Final = "address already in use"  # how the webserver says so
_LOG_TAIL_BYTES: Final = 3_000


@dataclass(frozen=True, slots=True)
class Child:
    """A process group of ours: its name, its keeper, its log."""

    name: str
    keeper: "subprocess.Popen[bytes]"
    log: Path


def serving_url(home: Path) -> str | None:
    """Where an `attrgen up` of this home serves; None where there is none (yet)."""
    folder = home.absolute() / "dagster"
    try:
        with (folder / "up.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return None
    except BlockingIOError:
        with suppress(FileNotFoundError, ValueError, KeyError):
            return str(json.loads((folder / "up.json").read_text(encoding="utf-8"))["url"])
    except FileNotFoundError:
        return None
    return None


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and SIGHUP end the block, also where a shell had them ignored; later ones do not disturb that."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def on_signal(_number: int, _frame: Any) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    former = {number: signal.signal(number, on_signal) for number in signals}
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def only_one(folder: Path) -> Iterator[IO[bytes]]:
    """Be the one `attrgen up` of this folder; yields the lock that keepers hold as well.

    Raises:
        TerminalError: there is another one.
        StoreUnavailable: the processes of a former one do not end.
    """
    with (folder / "up.lock").open("ab") as mine, (folder / "groups.lock").open("ab") as groups:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            url = serving_url(folder.parent)
            raise TerminalError(f"attrgen is up already{f': {url}' if url else ' (it is starting)'}") from error
        (folder / "up.json").unlink(missing_ok=True)  # a killed one's
        deadline = time.monotonic() + 2 * group_keeper.TERM_S
        while not _taken(groups):
            if time.monotonic() > deadline:
                raise StoreUnavailable(f"{groups.name}: the processes of a former `attrgen up` do not end")
            time.sleep(_POLL_S)
        yield groups


def free_ports(host: str, wanted: int | None) -> Iterator[int]:
    """The port asked for, or those that are free from 3000 on. Somebody else may still be quicker to take one.

    Raises: TerminalError where it is taken, or when there is no other.
    """
    candidates = [wanted] if wanted is not None else range(DEFAULT_PORT, DEFAULT_PORT + _PORTS_TRIED)
    for port in candidates:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
        yield port
    taken = f"port {wanted} is" if wanted is not None else f"ports {DEFAULT_PORT} to {candidates[-1]} are"
    raise TerminalError(f"{taken} taken on {host}; name a free one with --port")


@contextmanager
def served(
    folder: Path, *, host: str, port: int | None, logs: Path, environment: Mapping[str, str], lock: IO[bytes]
) -> Iterator[tuple[str, list[Child]]]:
    """Webserver and daemon, up and with the graph loaded, for the length of the block; yields the URL.

    Args:
        folder: DAGSTER_HOME.
        environment: of the processes.
        lock: inherited by the keepers; free again when all processes are gone.

    Raises: TerminalError where one of them ends or the graph does not load; StoreUnavailable where that takes long.
    """
    workspace = folder / "workspace.yaml"
    location = {"module_name": "attrgen_assets.definitions", "location_name": LOCATION}
    workspace.write_text(yaml.safe_dump({"load_from": [{"python_module": location}]}), encoding="utf-8")
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        children: list[Child] = []
        stack.callback(_stop, children)

        def start(name: str, *command: str) -> None:
            arguments = [sys.executable, "-m", *command, "-w", str(workspace)]
            children.append(_start(name, arguments, logs / f"dagster-{name}.log", environment, lock))

        start("daemon", "dagster._daemon", "run")
        for free in free_ports(host, port):
            start("webserver", "dagster_webserver", "-h", host, "-p", str(free))
            url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{free}"  # noqa: S104 - compared, not bound
            if _is_loaded(GraphClient(url), folder, children):
                break
            children.pop()
        where = folder / "up.json"
        where.write_text(json.dumps({"url": url, "process_id": os.getpid()}), encoding="utf-8")
        stack.callback(where.unlink, missing_ok=True)
        yield url, children


def watch(children: list[Child]) -> NoReturn:
    """Stay until a process ends by itself.

    Raises: TerminalError then.
    """
    while True:
        _check_alive(children)
        time.sleep(1)


def _start(name: str, command: list[str], log: Path, environment: Mapping[str, str], lock: IO[bytes]) -> Child:
    with log.open("wb") as output:
        keeper = subprocess.Popen(  # noqa: S603 - commands of our own
            [sys.executable, "-I", "-S", group_keeper.__file__, *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=dict(environment),
            pass_fds=(lock.fileno(),),
            start_new_session=True,  # Ctrl-C in the terminal is for us alone
        )
    return Child(name, keeper, log)


def _stop(children: list[Child]) -> None:
    """Ask all to end at once, then wait for each; a keeper takes 15 s at most."""
    for child in children:
        if child.keeper.stdin is not None:
            child.keeper.stdin.close()
    for child in children:
        child.keeper.wait()


def _is_loaded(client: GraphClient, folder: Path, children: list[Child]) -> bool:
    """Wait until the webserver has loaded the graph; False where somebody else was quicker to take its port."""
    deadline = time.monotonic() + _START_S
    while True:
        webserver = children[-1]
        if webserver.keeper.poll() is not None and _PORT_TAKEN in _tail(webserver.log):
            return False
        _check_alive(children)
        try:
            error = client.load_error(folder)
        except StoreUnavailable:
            if time.monotonic() > deadline:
                tails = "\n".join(f"{child.log} ends:\n{_tail(child.log)}" for child in children)
                raise StoreUnavailable(f"Dagster did not answer within {_START_S:.0f} s.\n{tails}") from None
            time.sleep(_POLL_S)
            continue
        if error is not None:
            raise TerminalError(f"Dagster cannot load the graph: {error}")
        return True


def _check_alive(children: list[Child]) -> None:
    for child in children:
        code = child.keeper.poll()
        if code is not None:
            raise TerminalError(
                f"Dagster's {child.name} ended (exit code {code}); {child.log} ends:\n{_tail(child.log)}"
            )


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - _LOG_TAIL_BYTES))
        return file.read().decode(errors="replace").strip()


def _taken(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
