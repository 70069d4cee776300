"""Memory that libraries keep when tensors of ever-changing sizes are gone."""

import ctypes
import sys
from collections.abc import Mapping
from typing import Final

KEEP_LITTLE: Final[Mapping[str, str]] = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "64"}
"""Environment of a training: oneDNN keeps what it prepared for 64 shapes, enough for a step, instead of for 1,024."""


def give_back() -> None:
    """Let the system have what is free between the pieces in use; without glibc, nothing happens."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
