"""How rows become frames: the fixed columns of RAW, unique column names, batches of bounded size."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets.errors import FeedError

Note = Callable[[str], None]
"""Where a reader says what a person should know: renamed columns, rows of another encoding, an empty file."""

MAX_COLUMNS: Final = 12_000
"""More is a wrong delimiter or a hostile file. With a new key in each line, so many cost 3 GB and a minute."""

MAX_ROW_BYTES: Final = 4 << 20
"""A longer row is refused: even with every character escaped it must fit a 16 MB MongoDB document."""

MAX_DETAIL_CHARS: Final = 10_000
"""Of the text of a row that could not be parsed; file and row number lead to the rest."""

_BATCH_BYTES: Final = 128 << 20  # a batch is cut here too, so that wide columns do not fill the memory,
_BATCH_CELLS: Final = 4_000_000  # and here, so that many do not: a null takes 16 bytes too
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")

FIXED_SCHEMA: Final = {
    "source_file": pl.String,
    "row_number": pl.UInt32,
    "refused": pl.String,
    "refused_detail": pl.String,
}


class Row(NamedTuple):
    """One row: a cell a column (None: absent), or why there is none."""

    cells: Sequence[str | None]
    refused: str | None = None
    detail: str | None = None


class ColumnNames:
    """Gives columns names without surplus spaces or control characters, each once.

    >>> names = ColumnNames()
    >>> names.add(" sku "), names.add("title"), names.add("title"), names.add("")
    ('sku', 'title', 'title_2', 'column_4')
    """

    def __init__(self, note: Note = lambda _: None, *, reserved: Iterable[str] = ()) -> None:
        self._note = note
        self._used: set[str] = set()
        self._reserved = set(reserved)

    def __len__(self) -> int:
        return len(self._used)

    def add(self, name: str) -> str:
        """The name of the next column; it is noted where it is another than the feed's."""
        position = len(self._used) + 1
        clean = clean_name(name)
        unique = base = clean or f"column_{position}"
        number = 1
        while unique in self._used or (unique != clean and unique in self._reserved):
            number += 1
            unique = f"{base}_{number}"
        if unique != clean:
            self._note(f"column {position} is called {clean!r} and is read as {unique!r}")
        self._used.add(unique)
        return unique


def clean_name(name: str) -> str:
    """A column name with control characters and runs of spaces made one space each, and none at its ends."""
    return " ".join(_CONTROLS.sub(" ", name).split())


def unique_names(header: Sequence[str], note: Note = lambda _: None) -> list[str]:
    """The names of a header's columns; a name that is made up never takes that of a later column.

    >>> unique_names(["a", "a", "a_2"])
    ['a', 'a_3', 'a_2']
    """
    names = ColumnNames(note, reserved=map(clean_name, header))
    return [names.add(name) for name in header]


def check_width(columns: int, place: str) -> None:
    """Raises FeedError for a header of too many columns."""
    if columns > MAX_COLUMNS:
        raise FeedError(
            f"{place}: the header has {columns:,} columns; at most {MAX_COLUMNS:,} are read. "
            "Is the delimiter right? Set `feed.delimiter`."
        )


def raw_frame(
    columns: Mapping[str, pl.Series],
    *,
    source_file: str,
    first_row: int,
    height: int,
    refused: Sequence[str | None] | None = None,
    detail: Sequence[str | None] | None = None,
) -> pl.DataFrame:
    """A frame of RAW (without sku) of consecutive rows; `columns` are keyed by feed name, without prefix."""
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, height)
    return pl.DataFrame(
        [
            pl.Series("source_file", [source_file], dtype=pl.String).new_from_index(0, height),
            pl.int_range(first_row, first_row + height, dtype=pl.UInt32, eager=True).alias("row_number"),
            (nothing if refused is None else pl.Series(refused, dtype=pl.String)).alias("refused"),
            (nothing if detail is None else pl.Series(detail, dtype=pl.String)).alias("refused_detail"),
            *(series.alias(IN_PREFIX + name) for name, series in columns.items()),
        ]
    )


def rows_frame(rows: Sequence[Row], names: Sequence[str], *, source_file: str, first_row: int) -> pl.DataFrame:
    """A frame of RAW of rows with one cell a name (refused ones may have none)."""
    empty = [None] * len(names)
    cells = zip(*(row.cells or empty for row in rows), strict=True) if rows else (() for _ in names)
    return raw_frame(
        {name: pl.Series(column, dtype=pl.String) for name, column in zip(names, cells, strict=True)},
        source_file=source_file,
        first_row=first_row,
        height=len(rows),
        refused=[row.refused for row in rows],
        detail=[row.detail for row in rows],
    )


def clip(text: str) -> str:
    """The beginning of a text that may be very long, saying how long it was."""
    if len(text) <= MAX_DETAIL_CHARS:
        return text
    return f"{text[:MAX_DETAIL_CHARS]}... ({len(text):,} characters)"


def rebatch(frames: Iterable[pl.DataFrame], *, batch_rows: int) -> Iterator[pl.DataFrame]:
    """The same rows, `batch_rows` at a time, fewer where they are very wide; always at least one frame, if any came."""
    held: list[pl.DataFrame] = []
    columns: set[str] = set()
    rows = size = 0
    yielded = False
    for frame in frames:
        held.append(frame)
        columns.update(frame.columns)
        rows += frame.height
        size += int(frame.estimated_size())
        full = size >= _BATCH_BYTES or rows * len(columns) >= _BATCH_CELLS
        if rows < batch_rows and not full:
            continue
        joined = _joined(held)
        keep = 0 if full else rows % batch_rows
        for start in range(0, rows - keep, batch_rows):
            yield joined.slice(start, min(batch_rows, rows - keep - start))
            yielded = True
        held = [joined.tail(keep)] if keep else []
        columns = {name for rest in held for name in rest.columns}
        rows, size = keep, sum(int(rest.estimated_size()) for rest in held)
    if held and (rows or not yielded):
        yield _joined(held)


def _joined(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return frames[0] if len(frames) == 1 else pl.concat(frames, how="diagonal", rechunk=True)
