"""The sandbox as a server: in the foreground, or in a process of its own that ends with whoever started it.

    python -m attrgen_assets.adapters.suppliers.sandbox.server OPTIONS-AS-JSON

writes its port as the first line of stdout and ends when its stdin does, which a starter's death closes as well.
"""

import asyncio
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from attrgen_assets.adapters.suppliers.sandbox import BASE_PATHS, SANDBOX_SECRETS
from attrgen_assets.adapters.suppliers.sandbox.app import Sandbox, SandboxOptions
from attrgen_assets.adapters.suppliers.sandbox.faults import FaultPlan
from attrgen_assets.errors import StoreUnavailable

_HOST: Final = "127.0.0.1"
_STOP_S: Final = 5.0


def sandbox_base_urls(url: str) -> dict[str, str]:
    """Per supplier its base URL at a sandbox.

    >>> sandbox_base_urls("http://127.0.0.1:8090/")["encompass"]
    'http://127.0.0.1:8090/encompass/v1'
    """
    return {supplier: url.rstrip("/") + path for supplier, path in BASE_PATHS.items()}


def listening(port: int) -> socket.socket:
    """A listening socket of the loopback interface; port 0: any that is free. Raises OSError."""
    # asyncio turns Nagle's algorithm off only where the protocol is said: without it an answer waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen(2_048)
    except BaseException:
        listener.close()
        raise
    return listener


def make_server(options: SandboxOptions) -> Any:
    """A uvicorn server of a sandbox; `await server.serve(sockets=[...])`, `server.should_exit = True`."""
    import uvicorn  # noqa: PLC0415 - heavy, and only a server needs it

    return uvicorn.Server(
        uvicorn.Config(
            Sandbox(options), lifespan="off", log_level="critical", access_log=False,
            timeout_graceful_shutdown=1, timeout_keep_alive=60, backlog=2_048,
        )
    )  # fmt: skip


def serve(
    options: SandboxOptions,
    listener: socket.socket,
    *,
    ready: Callable[[], None],
    until: Callable[[], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM, or until `until`, called in a thread of its own, returns.

    `ready` is called when the catalogue is made, so that nobody's first request waits for it.
    """
    server = make_server(options)
    ready()
    if until is not None:

        def wait() -> None:
            until()
            server.should_exit = True

        threading.Thread(target=wait, daemon=True).start()
    with suppress(KeyboardInterrupt):  # uvicorn raises the signal again after it has stopped
        asyncio.run(server.serve(sockets=[listener]))


@contextmanager
def running_sandbox(
    *, seed: int = 17, parts: int = 5_000, latency_ms: float = 200.0, faults: str = "", token_life_s: float = 600.0,
    start_timeout_s: float = 60.0,
) -> Iterator[str]:  # fmt: skip
    """A sandbox in a process of its own for the length of the block; yields its URL.

    Args:
        seed, parts, latency_ms, token_life_s: see SandboxOptions.
        faults: see FaultPlan.parse.
        start_timeout_s: how long it may take to listen.

    Raises StoreUnavailable where it does not start in time; ValueError for faults that are none.
    """
    FaultPlan.parse(faults)
    options = {"seed": seed, "parts": parts, "latency_ms": latency_ms, "faults": faults, "token_life_s": token_life_s}
    command = [sys.executable, "-m", "attrgen_assets.adapters.suppliers.sandbox.server", json.dumps(options)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - our own
        try:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            ready, _, _ = select.select([process.stdout], [], [], start_timeout_s)
            line = process.stdout.readline().decode().strip() if ready else ""
            if not line.isdecimal():
                raise StoreUnavailable(f"the suppliers' sandbox did not start within {start_timeout_s:.0f} s")
            yield f"http://{_HOST}:{line}"
        finally:
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.close()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()


def main(text: str) -> None:
    """The server's process: options as JSON in, the port out, until stdin ends."""
    options = json.loads(text)
    faults = FaultPlan.parse(options.pop("faults"))
    with listening(0) as listener:

        def say_port() -> None:
            print(listener.getsockname()[1], flush=True)  # noqa: T201 - how the starter learns the port

        given = SandboxOptions(**options, faults=faults)
        serve(given, listener, ready=say_port, until=lambda: _end_of(sys.stdin.fileno()))


def _end_of(descriptor: int) -> None:
    while os.read(descriptor, 1_024):
        continue


__all__ = ["SANDBOX_SECRETS", "listening", "main", "make_server", "running_sandbox", "sandbox_base_urls", "serve"]

if __name__ == "__main__":
    main(sys.argv[1])
