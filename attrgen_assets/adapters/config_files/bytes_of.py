"""Bytes of a config file, from inside the config folder, and only of a regular file of sensible size."""

import codecs
import os
import re
import stat
from pathlib import Path
from typing import Final

from attrgen_assets.adapters.config_files.limits import MAX_BYTES, UnreadableFileError
from attrgen_assets.errors import Problem

_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def read_bytes(path: Path, *, root: Path, shown: str) -> bytes:
    """The bytes of a regular file below `root` (links followed first); `shown` is how problems call it.

    Raises UnreadableFileError.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve()):
            raise _unreadable(shown, "the file is a link that leads out of the config folder", str(real))
        state = real.stat()
        _check(state, shown)  # before opening: opening a pipe would wait, opening a device may do things
        descriptor = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
        with os.fdopen(descriptor, "rb") as file:
            _check(os.fstat(descriptor), shown)
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: NUL in a name; RuntimeError: links in a circle
        reason = getattr(error, "strerror", None) or str(error)
        raise _unreadable(shown, f"the file cannot be read: {reason}") from error
    if len(data) > MAX_BYTES:
        raise _too_large(shown, f"more than {MAX_BYTES} bytes")
    return data


def _check(state: os.stat_result, shown: str) -> None:
    if not stat.S_ISREG(state.st_mode):
        kind = "a folder" if stat.S_ISDIR(state.st_mode) else "a pipe, socket or device"
        raise _unreadable(shown, "not a regular file", kind)
    if state.st_size > MAX_BYTES:
        raise _too_large(shown, f"{state.st_size} bytes")


def _too_large(shown: str, found: str) -> UnreadableFileError:
    help = f"at most {MAX_BYTES} bytes; split it with `extends`"
    return UnreadableFileError(Problem(shown, None, "", "the file is too large for a config file", found, help))


def _unreadable(shown: str, message: str, found: str | None = None) -> UnreadableFileError:
    return UnreadableFileError(Problem(shown, None, "", message, found))


def decode(data: bytes, *, shown: str) -> str:
    """The text of a file: UTF-8, with or without a byte order mark, free of control characters.

    Raises UnreadableFileError.
    """
    for mark in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        if data.startswith(mark):
            raise UnreadableFileError(
                Problem(shown, 1, "", "the file is not UTF-8", "UTF-16 or UTF-32", "save it as UTF-8")
            )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}"
        raise UnreadableFileError(
            Problem(shown, line, "", "the file is not UTF-8", found, "save it as UTF-8")
        ) from error
    control = _CONTROL.search(text)
    if control:
        line = text.count("\n", 0, control.start()) + 1
        found = f"U+{ord(control[0]):04X}"
        raise UnreadableFileError(
            Problem(shown, line, "", "a control character does not belong in a config file", found)
        )
    return text


def has_control(text: str) -> bool:
    """Whether a text that was written with escapes has characters that no text of a config may have."""
    return _CONTROL.search(text) is not None
