"""Runs a command in a process group of its own, and ends the whole group when whoever started it is gone.

    python -I -S group_keeper.py COMMAND ARGUMENT...

The command's own children (code servers, runs) are in the group as well. The starter holds the other end of our
stdin: closing it is how it asks for the end, and its death, however sudden, closes it too. A script of its own, with
nothing but the standard library.
"""

import os
import signal
import subprocess
import sys
import threading
import time

TERM_S = 15.0  # after which what is left of the group is killed; a run needs a moment to say that it was stopped
_POLL_S = 0.05


def main(command: list[str]) -> int:
    """Start the command and stay until its group is gone; the command's exit code."""
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # The end of stdin is the one way to stop us. A handler, and not SIG_IGN: that would be inherited by the
        # command, as what a background shell ignores is, and servers stop by these signals.
        signal.signal(number, lambda *_: None)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)  # noqa: S603 - our starter's
    threading.Thread(target=_end_with_starter, args=(process.pid,), daemon=True).start()
    code = process.wait()
    _end_group(process.pid)
    return code


def _end_with_starter(group: int) -> None:
    while os.read(0, 1024):
        continue
    _end_group(group)


def _end_group(group: int) -> None:
    if not _send(group, signal.SIGTERM):
        return
    deadline = time.monotonic() + TERM_S
    while time.monotonic() < deadline:
        if not _send(group, 0):
            return
        time.sleep(_POLL_S)
    _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    """Send a signal to all of the group; False where there is nobody left."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
