"""Processes that share work end with the one that started them."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

PROGRAM = """
import os, time
from attrgen_assets.adapters.processes import process_pool
with process_pool(2) as pool:
    busy = [pool.submit(time.sleep, 600) for _ in range(2)]
    while not all(future.running() for future in busy):
        time.sleep(0.05)
    print(*pool._processes, flush=True)
"""


def test_processes_end_when_the_one_that_started_them_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout is not None
            workers = [int(pid) for pid in parent.stdout.readline().split()]
            assert len(workers) == 2
            _wait_until(lambda: all(_threads(pid) > 1 for pid in workers))  # they have started to watch
        finally:
            parent.kill()
    _wait_until(lambda: not any(_threads(pid) for pid in workers))


def _wait_until(done: Callable[[], bool]) -> None:
    deadline = monotonic() + 30
    while not done():
        assert monotonic() < deadline
        sleep(0.05)


def _threads(pid: int) -> int:
    """Threads of a process; none of one that has ended, whether or not anybody has asked how."""
    try:
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return 0 if status["State"].strip().startswith("Z") else int(status["Threads"])
