"""The log file that processes share."""

import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from attrgen_assets.adapters.log_file import SharedRotatingFileHandler


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("attrgen_assets", logging.INFO, __file__, 1, text, None, None)


def test_a_full_file_is_rotated_and_only_so_many_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "a.log"
    handler = SharedRotatingFileHandler(path, max_bytes=25, backups=2)

    for number in range(7):
        handler.emit(record(f"line number {number}"))
    handler.close()

    found = {file.name: file.read_text().split("\n")[:-1] for file in path.parent.glob("a.log*")}
    assert found == {
        "a.log": ["line number 6"],
        "a.log.1": ["line number 5"],
        "a.log.2": ["line number 4"],
    }


def test_a_line_longer_than_a_file_gets_a_file_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    handler = SharedRotatingFileHandler(path, max_bytes=10, backups=2)

    for text in ("short", "x" * 100, "end"):
        handler.emit(record(text))
    handler.close()

    assert [file.read_text() for file in (path, tmp_path / "a.log.1", tmp_path / "a.log.2")] == [
        "end\n",
        "x" * 100 + "\n",
        "short\n",
    ]


def test_a_file_that_somebody_moved_away_is_opened_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    handler = SharedRotatingFileHandler(path, max_bytes=1000, backups=2)

    handler.emit(record("one"))
    path.rename(tmp_path / "moved.log")
    handler.emit(record("two"))
    handler.close()

    assert path.read_text() == "two\n"
    assert (tmp_path / "moved.log").read_text() == "one\n"


def test_several_processes_lose_no_line_while_they_rotate(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    module = "attrgen_assets_tests.adapters.log_users"
    writers = [
        subprocess.Popen([sys.executable, "-m", module, str(path), name, "400", "2000"])
        for name in ("one", "two", "six")
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]

    lines = [line for file in tmp_path.glob("a.log*") for line in file.read_text().splitlines()]
    assert sorted(lines) == sorted(f"{name} {line}" for name in ("one", "two", "six") for line in range(400))
    assert max(file.stat().st_size for file in tmp_path.glob("a.log*")) <= 2000


def test_a_folder_that_cannot_be_written_is_told_once_and_does_no_harm(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file is in the way")
    handler = SharedRotatingFileHandler(tmp_path / "logs" / "a.log", max_bytes=1000, backups=2)

    handler.emit(record("one"))
    handler.emit(record("two"))
    handler.close()

    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 1
    assert "a.log cannot be written" in errors[0]
    assert "going on without it" in errors[0]


def test_a_full_disk_is_told_once_and_does_no_harm(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if not os.path.exists("/dev/full"):  # noqa: PTH110  a device, and only Linux has it
        pytest.skip("this system has no device that is always full")
    (tmp_path / "a.log").symlink_to("/dev/full")
    handler = SharedRotatingFileHandler(tmp_path / "a.log", max_bytes=1000, backups=2)

    handler.emit(record("one"))
    handler.emit(record("two"))
    handler.close()

    assert capsys.readouterr().err.count("No space left on device") == 1
