"""CSV, a block at a time: the well-formed beginning of a block is proven to be so, and pyarrow parses it.

The proof: outside quotes a quote may only open a cell, inside it may only be doubled or close the cell. When that holds
for every quote, the number of quotes before a line break tells whether it ends a record, and all CSV parsers agree on
what the file says. When it does not hold, or pyarrow counts other records or other cells, the caller goes slowly.
"""

import codecs
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray
from pyarrow import csv

from attrgen_assets.adapters.feeds.frames import MAX_ROW_BYTES

_QUOTE: Final = ord('"')
_LF: Final = ord("\n")
_CR: Final = ord("\r")

Bytes = NDArray[np.uint8]
Positions = NDArray[np.int64]


def parse_block(
    data: bytes, *, delimiter: str, names: Sequence[str], final: bool
) -> tuple[dict[str, pl.Series], int, int] | None:
    """(columns, rows, bytes read) of the complete records at the beginning of `data`; None: go slowly.

    >>> columns, rows, size = parse_block(b'1,"a"\\n2,b\\n3', delimiter=",", names=["n", "x"], final=False)
    >>> columns["x"].to_list(), rows, size
    (['a', 'b'], 2, 10)
    """
    if data.startswith(codecs.BOM_UTF8):  # pyarrow would take the character at a block's start for a mark
        return None
    buffer = np.frombuffer(data, dtype=np.uint8)
    ends = _record_ends(buffer, has_cr=b"\r" in data, delimiter=ord(delimiter), final=final)
    if ends is None or not len(ends):
        return None
    size = int(ends[-1])
    starts = np.concatenate(([0], ends[:-1]))
    lengths = ends - starts
    if int(lengths.max()) > MAX_ROW_BYTES:
        return None
    blank = (lengths == 1) & (buffer[starts] == _LF) | (lengths == 2) & (buffer[starts] == _CR)
    rows = len(ends) - int(blank.sum())
    try:
        table = _parsed(data, size, delimiter=delimiter, width=len(names))
    except pa.ArrowInvalid:  # rows of several lengths, or bytes that are not UTF-8
        return None
    if table.num_rows != rows:
        return None
    frame = pl.DataFrame(pl.from_arrow(table))
    return dict(zip(names, frame.get_columns(), strict=True)), rows, size


def _record_ends(buffer: Bytes, *, has_cr: bool, delimiter: int, final: bool) -> Positions | None:
    """Where the complete records end (after their line break); None where the quotes prove nothing."""
    quotes = np.flatnonzero(buffer == _QUOTE)
    breaks = np.flatnonzero(buffer == _LF)
    if len(quotes):
        breaks = breaks[np.searchsorted(quotes, breaks) % 2 == 0]
    ends = breaks + 1
    if final and (not len(ends) or ends[-1] < len(buffer)):
        if len(quotes) % 2:
            return None
        ends = np.append(ends, len(buffer))
    if not len(ends):
        return ends
    quotes = quotes[: np.searchsorted(quotes, ends[-1])]
    if not _quotes_are_proper(buffer, quotes, delimiter) or (has_cr and _lone_cr(buffer[: ends[-1]], quotes)):
        return None
    return ends


def _quotes_are_proper(buffer: Bytes, quotes: Positions, delimiter: int) -> bool:
    """Whether separators stand before each opening quote and after each closing one; a doubled one closes and opens."""
    if not len(quotes):
        return True
    opening, closing = quotes[0::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    separator = np.zeros(256, dtype=bool)
    separator[[delimiter, _LF, _CR, _QUOTE]] = True
    before = buffer[opening[opening > 0] - 1]
    after = buffer[closing[closing < len(buffer) - 1] + 1]
    return bool(separator[before].all() and separator[after].all())


def _lone_cr(buffer: Bytes, quotes: Positions) -> bool:
    """Whether a carriage return without line feed stands outside quotes: a line break of its own to some parsers."""
    returns = np.flatnonzero(buffer == _CR)
    followed = np.append(buffer, 0)[returns + 1] == _LF
    lone = returns[~followed]
    return bool((np.searchsorted(quotes, lone) % 2 == 0).any())


def _parsed(data: bytes, size: int, *, delimiter: str, width: int) -> Any:
    columns = [f"c{index}" for index in range(width)]
    return csv.read_csv(
        pa.BufferReader(pa.py_buffer(memoryview(data)[:size])),
        # one block: rows that span lines cannot be cut, and the order of rows is that of the file
        read_options=csv.ReadOptions(column_names=columns, block_size=size + 1, use_threads=True),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(columns, pa.large_string()),
            strings_can_be_null=False,
            check_utf8=True,
        ),
    )
