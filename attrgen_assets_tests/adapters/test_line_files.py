"""Files of lines appear whole or not at all."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from attrgen_assets.adapters.line_files import STANDARD_OUTPUT, line_files
from attrgen_assets.errors import TerminalError
from attrgen_assets_tests.cli.calling import PROJECT


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_lines_are_utf8_and_end_with_a_newline(tmp_path: Path) -> None:
    with line_files(tmp_path / "a") as (file,):
        file.write(["é", "b"])
        file.write(["c"])
    assert (tmp_path / "a").read_bytes() == b"\xc3\xa9\nb\nc\n"
    assert names_in(tmp_path) == ["a"]


def test_nothing_is_seen_before_the_end_and_nothing_changes_on_an_error(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("old\n")
    with pytest.raises(RuntimeError), line_files(first, second) as (one, two):  # noqa: PT012 - the block is the point
        one.write(["new"])
        two.write(["new"])
        assert first.read_text() == "old\n"
        raise RuntimeError
    assert first.read_text() == "old\n"
    assert names_in(tmp_path) == ["first"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_text("old\n")
    with line_files(tmp_path / "link") as (file,):
        file.write(["new"])
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "file").read_text() == "new\n"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with line_files(pipe) as (file,):
        file.write(["a"])
    reader.join(timeout=30)
    assert read == ["a\n"]
    assert pipe.is_fifo()


@pytest.mark.parametrize("name", ["", "missing/file"])
def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(TerminalError, match="cannot be written"), line_files(tmp_path / name):
        pytest.fail("it was opened")


def test_one_file_cannot_take_two(tmp_path: Path) -> None:
    with pytest.raises(TerminalError, match="named twice"), line_files(tmp_path / "a", tmp_path / "." / "a"):
        pytest.fail("it was opened")


def test_standard_output_is_utf8_whatever_the_locale() -> None:
    code = (
        "from pathlib import Path; from attrgen_assets.adapters.line_files import line_files\n"
        "with line_files(Path('-')) as (file,): file.write(['é'])\n"
        "print('after')"
    )
    environment = {"PYTHONPATH": str(PROJECT), "PYTHONIOENCODING": "latin-1", "PATH": os.environ["PATH"]}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert result.stdout == b"\xc3\xa9\nafter\n"
    assert Path("-") == STANDARD_OUTPUT


FULL = """
import resource, signal, sys
from pathlib import Path
from attrgen_assets.adapters.line_files import line_files
from attrgen_assets.errors import StorageFull
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    with line_files(Path(sys.argv[1])) as (file,):
        file.write("x" * 100 for _ in range(int(sys.argv[2])))
except StorageFull as error:
    print(error)
"""


@pytest.mark.parametrize("lines", [pytest.param(10_000, id="while writing"), pytest.param(210, id="at the end")])
def test_a_full_disk_leaves_what_was_there(tmp_path: Path, lines: int) -> None:
    (tmp_path / "a").write_text("old\n")
    result = subprocess.run(
        [sys.executable, "-c", FULL, tmp_path / "a", str(lines)],
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.startswith("no space left to write"), result.stderr
    assert (tmp_path / "a").read_text() == "old\n"
    assert names_in(tmp_path) == ["a"]
