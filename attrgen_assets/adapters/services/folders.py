"""Folders that only we can enter, and sockets with short enough paths."""

import os
import stat
import tempfile
from hashlib import blake2b
from pathlib import Path
from typing import Final

from attrgen_assets.errors import TerminalError

LONGEST_SOCKET_PATH: Final = 103
"""Bytes of a unix socket's path: Linux has room for 107 and a zero, macOS for 103 and a zero."""


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter, or make sure that it is one.

    Raises TerminalError where something else is in the way: another person's folder, a link, a file.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise TerminalError(f"{path}: cannot be made: {error.strerror}; choose another ATTRGEN_HOME") from error
    if not stat.S_ISDIR(found.st_mode):
        raise TerminalError(f"{path}: found a link or a file, need a folder of our own; remove it")
    if found.st_uid != os.geteuid():
        raise TerminalError(
            f"{path}: belongs to user {found.st_uid}, and this is user {os.geteuid()}; "
            "a server of our own needs a folder of our own: choose another ATTRGEN_HOME or TMPDIR"
        )
    if stat.S_IMODE(found.st_mode) != 0o700:
        path.chmod(0o700)
    return path


def socket_path(folder: Path, name: str, *, temp_folder: Path | None = None) -> Path:
    """Where the server of this folder listens: inside it, or where that is too long, in a short folder under TMPDIR.

    The short folder is named after `folder`, and written down in `folder/socket_folder`, so that processes with
    different TMPDIR agree; `temp_folder` stands for TMPDIR. Raises TerminalError where even that is too long.
    """
    inside = folder / f"{name}.sock"
    if _fits(inside):
        return inside
    short_name = f"attrgen-{os.geteuid()}-{blake2b(os.fsencode(folder), digest_size=6).hexdigest()}"
    record = folder / "socket_folder"
    recorded = Path(record.read_text()) if record.is_file() else None
    # A home that was copied carries the record of its original, whose server must not be mistaken for ours.
    if recorded is not None and recorded.name == short_name and recorded.parent.is_dir():
        return private_folder(recorded) / inside.name
    short = (temp_folder or Path(tempfile.gettempdir())).resolve() / short_name
    if not _fits(short / inside.name):
        raise TerminalError(
            f"{short}: too long for a unix socket (at most {LONGEST_SOCKET_PATH} bytes); set TMPDIR to a shorter folder"
        )
    private_folder(short)
    record.write_text(str(short))
    return short / inside.name


def _fits(path: Path) -> bool:
    return len(os.fsencode(path)) <= LONGEST_SOCKET_PATH
