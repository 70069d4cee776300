"""A feed in memory."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from attrgen_assets.domain.ports import FeedInfo
from attrgen_assets.domain.tables import IN_PREFIX

FILE = "feed.csv"


class RowsReader:
    """A FeedReader over rows of {column: text}; a row that is a str could not be read, and the str says why."""

    def __init__(self, *rows: Mapping[str, str | None] | str) -> None:
        self._rows: Sequence[Mapping[str, str | None] | str] = rows
        self._columns = list(dict.fromkeys(name for row in rows if not isinstance(row, str) for name in row))

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """Frames of RAW without `sku`."""
        for start in range(0, len(self._rows) or 1, batch_rows):
            yield self._frame(self._rows[start : start + batch_rows], start)

    def info(self) -> FeedInfo:
        """The one file."""
        return FeedInfo(files=(FILE,))

    def _frame(self, rows: Sequence[Mapping[str, str | None] | str], start: int) -> pl.DataFrame:
        broken = [row if isinstance(row, str) else None for row in rows]
        cells = {
            IN_PREFIX + name: [None if isinstance(row, str) else row.get(name) for row in rows]
            for name in self._columns
        }
        data = {
            "source_file": [FILE] * len(rows),
            "row_number": range(start + 1, start + len(rows) + 1),
            "refused": [text and "unparseable_row" for text in broken],
            "refused_detail": broken,
            **cells,
        }
        return pl.DataFrame(data, schema={name: pl.UInt32 if name == "row_number" else pl.String for name in data})
