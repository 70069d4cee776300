"""Tables between steps as Parquet files: `<root>/<product type>/<table>.parquet`, each replaced as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from attrgen_assets.adapters.table_files import TableFolder, TempFile, storage_errors
from attrgen_assets.errors import NotFoundError

# Row groups: small frames are gathered, so that batch_rows=100 does not make groups of 100 rows; long, wide and many
# columns end a group early, which bounds the memory of a writer. Much smaller ones would be mostly metadata.
_ROW_GROUP_ROWS = 50_000
_ROW_GROUP_BYTES = 64 << 20
_ROW_GROUP_CELLS = 12_000_000
_BATCH_CELLS = 4_000_000  # 64 MB of string cells, however short: of 10,000 columns 400 rows at a time


def path_segment(name: str) -> str:
    """`name` as one path segment: what is not a letter, a digit, `_` or `-` is percent-encoded.

    Raises: ValueError for a name that no file system would take.

    >>> path_segment("saree_blouse"), path_segment("../x")
    ('saree_blouse', '%2E%2E%2Fx')
    """
    segment = quote(name, safe="").replace(".", "%2E").replace("~", "%7E")
    if not segment or len(segment) > 200:  # 255 bytes is the usual limit, less room for the suffixes
        raise ValueError(f"{name[:80]!r} cannot be a file's name: 1 to 200 characters, percent-encoded, are allowed")
    return segment


_RANGES: Final = ("row",)


class _Piece:
    """One Parquet file being written, of one schema."""

    def __init__(self, temp: TempFile, schema: Mapping[str, pl.DataType]) -> None:
        self.temp = temp
        self.schema = dict(schema)
        empty = pl.DataFrame(schema=self.schema).to_arrow(compat_level=pl.CompatLevel.oldest())
        # Statistics cost a quarter of the writing; a range of rows is all that is ever looked for in a table.
        ranges = [name for name in _RANGES if name in self.schema]
        self._writer = pq.ParquetWriter(temp.stream, empty.schema, compression="zstd", write_statistics=ranges or False)

    def write(self, frames: Sequence[pl.DataFrame]) -> None:
        table = pl.concat([_aligned(frame, self.schema) for frame in frames], rechunk=False)
        self._writer.write_table(table.to_arrow(compat_level=pl.CompatLevel.oldest()))

    def finish(self) -> None:
        self._writer.close()

    def abandon(self) -> None:
        self._writer.is_open = False  # else its destructor writes a footer to a file that is gone
        self.temp.discard()


class ParquetTableWriter:
    """Takes frames of one table. Columns may come and go between frames: those a frame lacks are null in its rows."""

    def __init__(self, folder: TableFolder, table: str) -> None:
        self._folder = folder
        self._table = table
        self._name = path_segment(table)
        self._schema: dict[str, pl.DataType] = {}
        self._pieces: list[_Piece] = []
        self._buffer: list[pl.DataFrame] = []
        self._buffer_rows = 0
        self._buffer_bytes = 0

    def write(self, frame: pl.DataFrame) -> None:
        """Append the frame's rows.

        Raises: StorageFull; TypeError where a column changes its type between frames.
        """
        schema = _unified(self._schema, frame.schema, table=self._table)
        if schema != self._schema:
            self._flush()  # what came before is written as it was; `finish` makes one file of all pieces
            self._schema = schema
        most_rows = min(_ROW_GROUP_ROWS, max(1, _ROW_GROUP_CELLS // max(1, len(schema))))
        for part in frame.iter_slices(most_rows):
            self._buffer.append(part)
            self._buffer_rows += part.height
            self._buffer_bytes += int(part.estimated_size())
            if self._buffer_rows >= most_rows or self._buffer_bytes >= _ROW_GROUP_BYTES:
                self._flush()

    def finish(self) -> tuple[TempFile, str]:
        """Write out everything; the temporary file with the whole table, and its final name."""
        self._flush()
        with storage_errors(self._folder.path):
            piece = self._open_piece()
            piece.finish()
            if len(self._pieces) > 1:
                piece = self._merge(self._pieces)
        return piece.temp, f"{self._name}.parquet"

    def discard(self) -> None:
        """Remove all temporary files; harmless after a commit."""
        for piece in self._pieces:
            piece.abandon()

    def _flush(self) -> None:
        if self._buffer_rows:
            with storage_errors(self._folder.path):
                self._open_piece().write(self._buffer)
        self._buffer, self._buffer_rows, self._buffer_bytes = [], 0, 0

    def _open_piece(self) -> _Piece:
        if self._pieces and self._pieces[-1].schema == self._schema:
            return self._pieces[-1]
        if self._pieces:
            self._pieces[-1].finish()
        self._pieces.append(_Piece(self._folder.new_temp(self._name), self._schema))
        return self._pieces[-1]

    def _merge(self, pieces: Sequence[_Piece]) -> _Piece:
        """One file of the pieces, row group by row group."""
        merged = _Piece(self._folder.new_temp(self._name), self._schema)
        self._pieces = [*pieces, merged]
        for piece in pieces:
            piece.temp.stream.flush()
            for frame in _frames_of(piece.temp.path, batch_rows=_ROW_GROUP_ROWS):
                merged.write([frame])
        merged.finish()
        return merged


class ParquetTables:
    """A TableStore in a folder.

    Tables written together become visible together, also after a kill (see `table_files`). Several processes may
    write the same table: the last to finish wins, whole.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, table: str, *, product_type: str) -> Path:
        """Where the table lies once it is written."""
        return self._root / path_segment(product_type) / f"{path_segment(table)}.parquet"

    @contextmanager
    def writer(self, *tables: str, product_type: str) -> Iterator[tuple[ParquetTableWriter, ...]]:
        """Writers of the tables, put in place together when the block ends; on an error all former ones stay.

        Raises: StorageFull.
        """
        folder = TableFolder(self._root / path_segment(product_type))
        writers = tuple(ParquetTableWriter(folder, table) for table in tables)
        try:
            yield writers
            folder.commit([writer.finish() for writer in writers])
        finally:
            for writer in writers:
                writer.discard()

    def scan(self, table: str, *, product_type: str) -> pl.LazyFrame:
        """The table, lazily.

        Raises: NotFoundError when it was never written.
        """
        return pl.scan_parquet(self._existing(table, product_type), glob=False)

    def read_batches(self, table: str, *, product_type: str, batch_rows: int) -> Iterator[pl.DataFrame]:
        """The table's rows in order, at most `batch_rows` at a time; an empty table gives one frame without rows.

        Of a very wide table fewer rows come at a time, so that a batch stays below 4 million cells.
        The file is held open, so a table that is replaced meanwhile is read to its end as it was.

        Raises: NotFoundError when it was never written.
        """
        yield from _frames_of(self._existing(table, product_type), batch_rows=batch_rows)

    def _existing(self, table: str, product_type: str) -> Path:
        path = self.path(table, product_type=product_type)
        TableFolder(path.parent).recover()
        if not path.is_file():
            raise NotFoundError(
                f"there is no table {table!r} of product type {product_type!r} (looked for {path}); "
                "run the step that writes it first"
            )
        return path


def _frames_of(path: Path, *, batch_rows: int) -> Iterator[pl.DataFrame]:
    # pre_buffer would keep every row group that was read in memory until the file is closed
    with path.open("rb") as stream, pq.ParquetFile(stream, pre_buffer=False) as file:
        if file.metadata.num_rows == 0:
            yield _frame(file.schema_arrow.empty_table())
        most_rows = max(1, _BATCH_CELLS // max(1, file.metadata.num_columns))
        for batch in file.iter_batches(min(batch_rows, most_rows)):
            yield _frame(batch)


def _frame(batch: pa.RecordBatch | pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"a record batch became a {type(frame).__name__}")
    return frame


def _unified(
    known: Mapping[str, pl.DataType], found: Mapping[str, pl.DataType], *, table: str
) -> dict[str, pl.DataType]:
    """The schema of rows of both; a column of nulls only takes the type of the other."""
    unified = dict(known)
    for name, dtype in found.items():
        former = unified.get(name, dtype)
        if dtype not in (former, pl.Null) and former != pl.Null:
            raise TypeError(f"table {table!r}: column {name!r} is {former}, and {dtype} in a later frame")
        unified[name] = dtype if former == pl.Null else former
    return unified


def _aligned(frame: pl.DataFrame, schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    if dict(frame.schema) == dict(schema) and frame.columns == list(schema):
        return frame
    present = set(frame.columns)
    return frame.select(
        pl.col(name).cast(dtype) if name in present else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in schema.items()
    )
