"""Parquet files: columns of any type, as text."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from attrgen_assets.adapters.feeds.files import FeedFile
from attrgen_assets.adapters.feeds.frames import Note, check_width, raw_frame, unique_names
from attrgen_assets.adapters.feeds.values import as_text
from attrgen_assets.errors import FeedError

_ROWS_A_BATCH: Final = 20_000


def read_parquet(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
    """Frames of a Parquet file; null cells are absent ones. See `values` for how other types become text.

    Raises: FeedError for a file that is not Parquet, or a damaged one.
    """
    try:
        yield from _frames(file, stream, note)
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:  # the latter two: dates Python cannot hold
        first_line = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise FeedError(
            f"the feed {file.name} is not a Parquet file, or is damaged: {first_line}. "
            "Export it again, or set `feed.format` to what it is."
        ) from error


def _frames(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(stream, pre_buffer=False) as parquet:  # pre_buffer keeps all that was read in memory
        schema = parquet.schema_arrow
        check_width(len(schema), file.name)
        names = unique_names(schema.names, note)
        if not parquet.metadata.num_rows:
            empty = {name: pl.Series([], dtype=pl.String) for name in names}
            yield raw_frame(empty, source_file=file.name, first_row=1, height=0)
        first_row = 1
        for batch in parquet.iter_batches(max(1, min(_ROWS_A_BATCH, 2_000_000 // max(1, len(names))))):
            columns = {name: _texts(column) for name, column in zip(names, batch.columns, strict=True)}
            yield raw_frame(columns, source_file=file.name, first_row=first_row, height=batch.num_rows)
            first_row += batch.num_rows


def _texts(column: Any) -> pl.Series:
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column.validate(full=True)  # the file only claims that it is UTF-8, and polars takes its word
        return pl.Series(pl.from_arrow(column))
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)  # Python's datetime ends there
    return pl.Series([as_text(value) for value in column.to_pylist()], dtype=pl.String)
