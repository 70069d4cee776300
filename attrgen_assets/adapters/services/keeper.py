"""Runs a server until nobody uses it. A script of its own, with nothing but the standard library:

    python -I -S keeper.py SERVER_LOCK_FD USERS_LOCK BINARY ARGUMENT...

It goes to the background under a session of its own, so that no Ctrl-C aimed at whoever started it arrives, undoes
what that process ignored or blocked, and hands the open (and locked) descriptor SERVER_LOCK_FD on to the server:
the lock lasts as long as the server does. Then it waits for the exclusive right to USERS_LOCK, which it gets when
the last user is gone, however that user ended, and stops the server.
"""

import fcntl
import os
import signal
import subprocess
import sys
import threading

STOP_TIMEOUT_S = 60.0  # after which a server that was asked to stop is killed; both survive that


def main(server_lock: int, users_lock: str, command: list[str]) -> None:
    """Start the server and stay until it ends."""
    _detach()
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(server_lock,), close_fds=True)
    os.pwrite(server_lock, f"{server.pid}\n".encode(), 0)
    threading.Thread(target=_stop_when_unused, args=(server, users_lock), daemon=True).start()
    server.wait()
    os._exit(0)  # the thread waits in the kernel and cannot be asked to end


def _detach() -> None:
    if os.fork():
        os._exit(0)  # whoever started us waits for this one, and never has a child to look after
    os.setsid()
    os.chdir("/")
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def _stop_when_unused(server: "subprocess.Popen[bytes]", users_lock: str) -> None:
    users = os.open(users_lock, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(users, fcntl.LOCK_EX)  # held until we end: who comes now waits for the server's end
    server.terminate()
    try:
        server.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        server.kill()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
