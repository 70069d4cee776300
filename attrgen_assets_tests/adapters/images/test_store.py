"""Files of pictures in a folder, and in a bucket of a real S3 server."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from attrgen_assets.adapters.images.store import FileStore, open_file_store, translated
from attrgen_assets.errors import StorageFull, StoreUnavailable, TerminalError

FILES = {"ab/cd/200.webp": b"small", "ab/cd/original.jpg": b"large"}
CREDENTIALS = {"key": "any", "secret": "any"}


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """A running S3."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def bucket(address: str, name: str = "pictures") -> FileStore:
    store = open_file_store(f"s3://{name}/parts", endpoint_url=address, **CREDENTIALS)
    store._filesystem.mkdirs(name, exist_ok=True)
    return store


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> FileStore:
    """A store of each kind."""
    if request.param == "folder":
        return open_file_store(str(tmp_path / "images"))
    return bucket(request.getfixturevalue("s3_address"))


def test_what_is_written_is_held_and_read(store: FileStore) -> None:
    assert not store.holds(["no/such"])
    store.write(FILES)
    assert store.holds(list(FILES))
    assert not store.holds([*FILES, "no/such"])
    assert {name: store.read(name) for name in FILES} == FILES
    store.write({"ab/cd/200.webp": b"other"})
    assert store.read("ab/cd/200.webp") == b"other"
    with pytest.raises(TerminalError, match="does it exist"):
        store.read("no/such")


def test_another_process_sees_objects_at_once(s3_address: str) -> None:
    one, other = bucket(s3_address, "seen"), bucket(s3_address, "seen")
    assert not other.holds(["new"])
    one.write({"new": b"x"})
    assert other.holds(["new"])


def test_a_folder_has_files_and_nothing_else(tmp_path: Path) -> None:
    open_file_store(str(tmp_path)).write(FILES)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")) == sorted(FILES)


def test_a_process_that_is_killed_leaves_no_half_file_under_its_name(tmp_path: Path) -> None:
    """It is killed as soon as the unfinished file is there; the name is free or holds all."""
    code = (
        "import sys; from attrgen_assets.adapters.images.store import open_file_store\n"
        "store = open_file_store(sys.argv[1])\n"
        "while True: store.write({'a/original.jpg': b'x' * 8_000_000})\n"
    )
    for _ in range(3):
        writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parents[3])
        while writer.poll() is None and not list(tmp_path.rglob("*.part")):
            os.sched_yield()
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        for path in tmp_path.rglob("original.jpg"):
            assert path.stat().st_size == 8_000_000
        for path in tmp_path.rglob("*.part"):
            path.unlink()


def test_a_place_that_cannot_be_written_to_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TerminalError, match=r"writing to .*file"):
        open_file_store(str(tmp_path / "file")).write(FILES)
    with pytest.raises(TerminalError, match="a path or s3://bucket/folder"):
        open_file_store("nosuch://x")


def test_a_full_disk_is_worth_another_try() -> None:
    with pytest.raises(StorageFull, match="make room"), translated("writing"):
        Path("/dev/full").write_bytes(b"x")


def test_a_bucket_that_is_not_there_and_a_server_that_is_down_are_told_apart(s3_address: str) -> None:
    missing = open_file_store("s3://missing/parts", endpoint_url=s3_address, **CREDENTIALS)
    with pytest.raises(TerminalError, match="does it exist"):
        missing.write(FILES)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: nothing answers
        port = taken.getsockname()[1]
        down = open_file_store(
            "s3://pictures/parts",
            endpoint_url=f"http://127.0.0.1:{port}",
            config_kwargs={"retries": {"max_attempts": 1}},
            **CREDENTIALS,
        )
        with pytest.raises(StoreUnavailable, match="s3://pictures"):
            down.write(FILES)
