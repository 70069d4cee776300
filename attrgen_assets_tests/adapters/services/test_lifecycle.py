"""One server for many processes, whatever happens to them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from attrgen_assets.adapters.services.folders import private_folder
from attrgen_assets.adapters.services.lifecycle import Server, shared
from attrgen_assets.adapters.services.locks import is_held_alone
from attrgen_assets.adapters.services.mongod import MONGO
from attrgen_assets.adapters.services.redis_server import REDIS
from attrgen_assets.errors import NoServerError, StoreUnavailable, TerminalError
from attrgen_assets_tests.adapters.services.users import (
    User,
    eventually,
    is_alive,
    parent_pid,
    remember,
    server_pid,
)

KINDS = {"mongo": MONGO, "redis": REDIS}


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home whose servers are all gone when the test ends, even when it fails."""
    yield tmp_path
    for lock in tmp_path.glob("services/*/server.lock"):
        if is_held_alone(lock) and lock.read_text().strip():
            os.kill(int(lock.read_text()), signal.SIGCONT)
            os.kill(int(lock.read_text()), signal.SIGKILL)


def runs(kind: str, home: Path) -> bool:
    return is_held_alone(home / "services" / kind / "server.lock")


def test_six_processes_at_once_share_one_server(kind: str, home: Path) -> None:
    users = [User(kind, home) for _ in range(6)]
    addresses = {user.wait_until_inside() for user in users}
    assert len(addresses) == 1
    pid = server_pid(kind, home)
    counts = [remember(kind, address) for address in addresses for _ in users]
    assert counts == [1, 2, 3, 4, 5, 6]
    for user in users[:-1]:
        user.leave()
        assert is_alive(pid), "somebody still uses it"
    users[-1].leave()
    assert not is_alive(pid), "leaving waits for the server's end"
    assert not runs(kind, home)


def test_six_processes_that_come_and_go_never_meet_a_stopping_server(home: Path) -> None:
    users = [User("redis", home) for _ in range(6)]
    for _ in range(4):
        for position, user in enumerate(users):
            remember("redis", user.wait_until_inside())
            user.leave()
            users[position] = User("redis", home)
    counts = [remember("redis", user.wait_until_inside()) for user in users]
    assert max(counts) == 4 * 6 + 6
    for user in users:
        user.leave()
    assert not runs("redis", home)


def test_the_first_user_may_leave_before_the_others(kind: str, home: Path) -> None:
    first = User(kind, home)
    address = first.wait_until_inside()
    pid = server_pid(kind, home)
    second = User(kind, home)
    assert second.wait_until_inside() == address
    first.leave()
    assert is_alive(pid)
    assert remember(kind, address) == 1
    second.leave()
    assert not is_alive(pid)


def test_the_server_ends_when_its_only_user_is_killed(kind: str, home: Path) -> None:
    user = User(kind, home)
    assert remember(kind, user.wait_until_inside()) == 1
    user.kill()
    assert eventually(lambda: not runs(kind, home))
    with shared(KINDS[kind], home), shared(KINDS[kind], home) as socket:  # twice in one process is fine
        assert socket.exists()


def test_a_killed_user_is_no_loss_to_the_others(kind: str, home: Path) -> None:
    first, second = User(kind, home), User(kind, home)
    address = first.wait_until_inside()
    second.wait_until_inside()
    assert remember(kind, address) == 1
    first.kill()
    assert remember(kind, address) == 2
    second.leave()
    assert not runs(kind, home)


def test_a_server_that_outlived_everybody_is_adopted(kind: str, home: Path) -> None:
    user = User(kind, home)
    address = user.wait_until_inside()
    assert remember(kind, address) == 1
    pid = server_pid(kind, home)
    os.kill(parent_pid(pid), signal.SIGKILL)  # its keeper
    user.kill()
    assert is_alive(pid)
    heir = User(kind, home)
    assert heir.wait_until_inside() == address
    assert server_pid(kind, home) == pid
    assert remember(kind, address) == 2
    heir.leave()
    assert not is_alive(pid)


def test_a_killed_server_is_started_again_on_its_data(kind: str, home: Path) -> None:
    user = User(kind, home)
    address = user.wait_until_inside()
    assert remember(kind, address) == 1
    pid = server_pid(kind, home)
    os.kill(pid, signal.SIGKILL)
    heir = User(kind, home)
    assert heir.wait_until_inside() == address
    assert server_pid(kind, home) != pid
    assert remember(kind, address) == 2
    user.leave()  # no harm done to the new one
    assert remember(kind, address) == 3
    heir.leave()
    assert not runs(kind, home)


def test_a_server_that_hangs_is_replaced(kind: str, home: Path) -> None:
    user = User(kind, home)
    assert remember(kind, user.wait_until_inside()) == 1
    pid = server_pid(kind, home)
    os.kill(pid, signal.SIGSTOP)
    with shared(KINDS[kind], home, start_timeout_s=3):
        assert server_pid(kind, home) != pid
        assert not is_alive(pid)
        user.leave()


def test_ctrl_c_reaches_the_user_and_not_the_server(home: Path) -> None:
    user = User("mongo", home)
    user.wait_until_inside()
    pid = server_pid("mongo", home)
    watcher = User("mongo", home)
    watcher.wait_until_inside()
    os.killpg(user.process.pid, signal.SIGINT)
    assert user.process.wait(60) != 0
    user.process.communicate()
    assert is_alive(pid)
    watcher.leave()
    assert (home / "services/mongo/data/mongod.lock").read_bytes() == b"", "mongod empties it in an orderly stop"


def test_signals_that_the_starter_ignores_are_not_ignored_by_the_server(home: Path) -> None:
    user = User("redis", home, prefix=("sh", "-c", 'trap "" INT TERM; exec "$@"', "sh"))
    user.wait_until_inside()
    status = Path(f"/proc/{server_pid('redis', home)}/status").read_text()
    ignored = int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigIgn:")), 16)
    assert not ignored & (1 << (signal.SIGINT - 1))
    assert not ignored & (1 << (signal.SIGTERM - 1))
    user.leave()


def test_stale_files_are_no_obstacle(kind: str, home: Path) -> None:
    folder = private_folder(home / "services" / kind)
    (folder / "server.lock").write_text("1\n")  # a recorded id, and that process exists, but nobody holds the lock
    (folder / "users.lock").write_text("")
    (folder / "start.lock").write_text("")
    (folder / f"{kind}.sock").write_text("")
    with shared(KINDS[kind], home):
        assert server_pid(kind, home) != 1


def test_a_server_that_does_not_start_says_why(home: Path) -> None:
    data = private_folder(private_folder(home / "services" / "redis") / "data")
    (data / "appendonly.aof").write_bytes(b"*2\r\n$6\r\nthis is no command file\r\n")
    with pytest.raises(TerminalError, match=r"(?s)redis: the server ended as it started.*AOF"), shared(REDIS, home):
        pytest.fail("must not get here")
    assert not runs("redis", home)


def test_a_server_that_never_answers_is_killed(home: Path) -> None:
    def sleeper(folder: Path) -> Path:
        script = folder / "sleeper"
        script.write_text("#!/bin/sh\necho I sleep\nexec sleep 600\n")
        script.chmod(0o700)
        return script

    server = Server(name="sleeper", find=sleeper, arguments=lambda place: [], answers=lambda socket: False)
    with (
        pytest.raises(StoreUnavailable, match=r"(?s)did not answer within 1 s.*I sleep"),
        shared(server, home, start_timeout_s=1),
    ):
        pytest.fail("must not get here")
    assert eventually(lambda: not runs("sleeper", home))


def test_no_server_to_be_found_leaves_nothing_behind(home: Path) -> None:
    def nothing(folder: Path) -> Path:
        raise NoServerError("there are three ways")

    server = Server(name="nothing", find=nothing, arguments=lambda place: [], answers=lambda socket: False)
    for _ in range(2):
        with pytest.raises(NoServerError), shared(server, home):
            pytest.fail("must not get here")
    assert not runs("nothing", home)


def test_a_home_with_a_long_path_works(kind: str, home: Path) -> None:
    deep = home / ("long " * 20) / ("länger" * 20)
    with shared(KINDS[kind], deep) as socket:
        assert len(os.fsencode(socket)) < 108
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        user = User(kind, deep)
        assert remember(kind, user.wait_until_inside()) == 1
        user.leave()
    socket.parent.rmdir()  # servers remove their sockets, or the next line of a test would not be reached
