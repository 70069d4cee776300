"""Processes that use a server of our own, told from the test when to leave."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pymongo
import redis

SCRIPT = """
import sys
from pathlib import Path
from attrgen_assets.adapters.services import embedded_mongo, embedded_redis
opener = {"mongo": embedded_mongo, "redis": embedded_redis}[sys.argv[1]]
with opener(Path(sys.argv[2])) as address:
    print(address, flush=True)
    sys.stdin.readline()
"""

DEADLINE_S = 60.0


class User:
    """A process that has entered `embedded_<kind>(home)` and stays inside until `leave`."""

    def __init__(self, kind: str, home: Path, *, prefix: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", SCRIPT, kind, str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def wait_until_inside(self) -> str:
        """The address of the server."""
        assert self.process.stdout is not None
        address = self.process.stdout.readline().strip()
        assert address, f"the user ended with status {self.process.wait(DEADLINE_S)}"
        return address

    def leave(self) -> None:
        self.process.communicate("\n", timeout=DEADLINE_S)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_S)


def remember(kind: str, address: str) -> int:
    """Count up in the server; the count so far."""
    if kind == "redis":
        with redis.Redis.from_url(address) as client:
            return int(client.incr("count"))
    with pymongo.MongoClient[dict[str, int]](address) as mongo:
        counted = mongo["test"]["count"].find_one_and_update(
            {}, {"$inc": {"n": 1}}, upsert=True, return_document=pymongo.ReturnDocument.AFTER
        )
        mongo.admin.command("fsync")  # else a kill -9 may cost the last tenth of a second
        assert counted is not None
        return counted["n"]


def server_pid(kind: str, home: Path) -> int:
    return int((home / "services" / kind / "server.lock").read_text())


def parent_pid(pid: int) -> int:
    """The keeper of a server."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        if time.monotonic() > deadline:
            return False
        os.sched_yield()
        time.sleep(0.02)
    return True
