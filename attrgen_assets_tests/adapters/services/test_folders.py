"""Folders that only we can enter."""

import os
from pathlib import Path

import pytest

from attrgen_assets.adapters.services.folders import LONGEST_SOCKET_PATH, private_folder, socket_path
from attrgen_assets.errors import TerminalError


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    assert mode(private_folder(tmp_path / "a" / "b")) == 0o700


@pytest.mark.parametrize("open_mode", [0o755, 0o777, 0o750, 0o500])
def test_an_open_folder_of_ours_is_closed(tmp_path: Path, open_mode: int) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    folder.chmod(open_mode)
    assert mode(private_folder(folder)) == 0o700


def test_a_link_or_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(TerminalError, match="found a link or a file"):
        private_folder(tmp_path / "link")
    (tmp_path / "file").write_text("")
    with pytest.raises(TerminalError, match=str(tmp_path / "file")):
        private_folder(tmp_path / "file")
    with pytest.raises(TerminalError, match="cannot be made"):
        private_folder(tmp_path / "file" / "below")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    folder.mkdir()
    os.chown(folder, 12345, 12345)
    with pytest.raises(TerminalError, match="belongs to user 12345"):
        private_folder(folder)


def test_a_socket_is_inside_its_folder_where_that_fits(tmp_path: Path) -> None:
    assert socket_path(tmp_path, "mongo") == tmp_path / "mongo.sock"


def deep_folder(parent: Path) -> Path:
    folder = parent / ("x" * LONGEST_SOCKET_PATH)
    folder.mkdir()
    return folder


def test_else_it_is_in_a_short_private_folder_that_everybody_finds(tmp_path: Path) -> None:
    folder = deep_folder(tmp_path)
    found = socket_path(folder, "mongo")
    assert mode(found.parent) == 0o700
    assert socket_path(folder, "mongo") == found
    other = tmp_path / "t"
    other.mkdir()
    assert socket_path(folder, "mongo", temp_folder=other) == found, "the record in the folder decides"
    found.parent.rmdir()


def test_a_copied_home_does_not_reach_its_original(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first, second = deep_folder(tmp_path / "a"), deep_folder(tmp_path / "b")
    original = socket_path(first, "mongo")
    (second / "socket_folder").write_bytes((first / "socket_folder").read_bytes())
    copy = socket_path(second, "mongo")
    assert copy.parent != original.parent
    original.parent.rmdir()
    copy.parent.rmdir()


def test_a_temp_folder_that_is_too_long_as_well_is_an_error(tmp_path: Path) -> None:
    folder = deep_folder(tmp_path)
    with pytest.raises(TerminalError, match="set TMPDIR to a shorter folder"):
        socket_path(folder, "mongo", temp_folder=folder)
