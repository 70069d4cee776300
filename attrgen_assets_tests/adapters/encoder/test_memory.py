"""What the C library keeps of freed memory goes back to the system."""

import sys
from pathlib import Path

import pytest

from attrgen_assets.adapters.encoder.memory import give_back

PIECE = 100_000  # bytes: pieces of that size are parts of the heap


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_free_memory_between_pieces_in_use_is_given_back() -> None:
    pieces = [b"x" * PIECE for _ in range(2_000)]
    last = pieces[-1]  # the heap cannot shrink below it
    pieces.clear()
    before = _resident()
    give_back()
    assert before - _resident() > 1_900 * PIECE
    assert len(last) == PIECE


def _resident() -> int:
    """Bytes of this process in memory."""
    status = Path("/proc/self/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024
