"""CSV files: fast where they are well-formed, careful where they are not."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO, Final

import polars as pl

from attrgen_assets.adapters.feeds.csv_fast import parse_block
from attrgen_assets.adapters.feeds.csv_records import CarefulParser, RecordSplitter
from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.adapters.feeds.frames import MAX_ROW_BYTES, Note, check_width, raw_frame, rows_frame, unique_names
from attrgen_assets.adapters.feeds.text_encoding import BLOCK_BYTES, Utf8Blocks, decode_row
from attrgen_assets.errors import FeedError

_DELIMITERS: Final = ",;\t|"
_SAMPLE_BYTES: Final = 256 << 10
_SAMPLE_ROWS: Final = 100
_ROWS_A_FRAME: Final = 20_000  # of the careful parser, whose cells are Python objects; then the fast one tries again
_CELLS_A_FRAME: Final = 1_000_000


def csv_reader(
    *, encoding: str | None, delimiter: str | None, fast: bool = True, block_bytes: int = BLOCK_BYTES
) -> ReadFile:
    """How files of CSV are read; without `fast` every row goes through the careful parser, with the same result."""
    delimiter = "\t" if delimiter in ("\\t", "tab") else delimiter  # what a command line can easily say
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0'):
        raise FeedError(
            f"{delimiter!r} cannot be the delimiter of a CSV feed; one ASCII character other than a quote or a "
            "line break can (',', ';', '\\t', '|'). Correct `feed.delimiter`, or leave it out to have it detected."
        )

    def read_file(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
        source = Utf8Blocks(stream, declared=encoding, place=file.name, block_bytes=block_bytes)
        return _read_csv(file, source, note, delimiter, fast)

    return read_file


def detect_delimiter(head: bytes, *, final: bool = True) -> str:
    r"""The delimiter that cuts the header into columns, and most rows into as many.

    Where none cuts the header there is one column, and the delimiter is the one that cuts the fewest rows.

    final: whether `head` is the whole file, and not only its beginning.

    >>> detect_delimiter(b'sku;price\n1;"2,50"\n2;3,00\n')
    ';'
    """
    final = final and len(head) <= _SAMPLE_BYTES
    best, best_score = ",", (False, 0.0, 0)
    for candidate in _DELIMITERS:
        widths = _widths(head[:_SAMPLE_BYTES], RecordSplitter(candidate), final=final)
        if widths:
            same = sum(width == widths[0] for width in widths) / len(widths)
            score = (widths[0] > 1, same, widths[0])
            best, best_score = (candidate, score) if score > best_score else (best, best_score)
    return best


def _widths(head: bytes, splitter: RecordSplitter, *, final: bool) -> list[int]:
    """Cells of the first records that are not blank."""
    widths: list[int] = []
    position = 0
    while position < len(head) and len(widths) < _SAMPLE_ROWS:
        record = splitter.split(head, position, final=final)
        if record is None:
            break
        if record.cells not in (None, [b""]):
            widths.append(len(record.cells or ()))
        position = record.end
    return widths


def _read_csv(
    file: FeedFile, source: Utf8Blocks, note: Note, delimiter: str | None, fast: bool
) -> Iterator[pl.DataFrame]:
    blocks = iter(source)
    head, final = _head(blocks, delimiter or _DELIMITERS)
    if not head.strip(b"\r\n"):
        note("the file is empty: no header and no rows")
        return
    delimiter = delimiter or detect_delimiter(head, final=final)
    header, start = _header(head, RecordSplitter(delimiter), file.name, final=final)
    check_width(len(header), file.name)
    names = unique_names(header, note)
    yield rows_frame([], names, source_file=file.name, first_row=1)
    rows = _CsvRows(file.name, names, delimiter=delimiter, fast=fast)
    for block in chain([head[start:]], blocks):
        yield from rows.frames(block, final=False, damaged=source.damaged)
    yield from rows.frames(b"", final=True, damaged=source.damaged)
    rows.tell(note, codec=source.codec)


def _head(blocks: Iterator[bytes], delimiters: str) -> tuple[bytes, bool]:
    """The beginning of the file, with a whole header whichever the delimiter is; and whether that is all of it."""
    splitters = [RecordSplitter(delimiter) for delimiter in delimiters]
    head = b""
    for block in blocks:
        head += block
        start = _first_line(head)
        if len(head) > MAX_ROW_BYTES or all(splitter.split(head, start, final=False) for splitter in splitters):
            return head, False
    return head, True


def _first_line(head: bytes) -> int:
    """Where the first line begins that is not blank."""
    return len(head) - len(head.lstrip(b"\r\n"))


def _header(head: bytes, splitter: RecordSplitter, place: str, *, final: bool) -> tuple[list[str], int]:
    """The cells of the first line that is not blank, and where the rows begin."""
    record = splitter.split(head, _first_line(head), final=final)
    if record is None or record.cells is None:
        problem = record.problem if record else "it never ends"
        raise FeedError(f"{place}: the header cannot be read: {problem}. Correct the first line of the file.")
    return decode_row(record.cells)[0], record.end


class _CsvRows:
    """The rows of one file, from blocks of bytes to frames."""

    def __init__(self, source_file: str, names: Sequence[str], *, delimiter: str, fast: bool) -> None:
        self._source_file = source_file
        self._names = names
        self._delimiter = delimiter
        self._fast = fast
        self._parser = CarefulParser(delimiter=delimiter, width=len(names))
        self._rows_a_frame = max(1, min(_ROWS_A_FRAME, _CELLS_A_FRAME // len(names)))
        self._rest = b""
        self._next_row = 1

    def frames(self, block: bytes, *, final: bool, damaged: bool) -> Iterator[pl.DataFrame]:
        """Frames of the rows that are complete with this block."""
        data = self._rest + block
        while data:
            frame, size = self._fast_frame(data, final=final) if self._fast and not damaged else (None, 0)
            if frame is None:
                frame, size = self._careful_frame(data, final=final, damaged=damaged)
            if not size:
                break
            data = data[size:]
            self._next_row += frame.height
            yield frame
        self._rest = data

    def _fast_frame(self, data: bytes, *, final: bool) -> tuple[pl.DataFrame | None, int]:
        if self._parser.inside_long_line:
            return None, 0
        parsed = parse_block(data, delimiter=self._delimiter, names=self._names, final=final)
        if parsed is None:
            return None, 0
        columns, height, size = parsed
        return raw_frame(columns, source_file=self._source_file, first_row=self._next_row, height=height), size

    def _careful_frame(self, data: bytes, *, final: bool, damaged: bool) -> tuple[pl.DataFrame, int]:
        rows, size = self._parser.parse(data, final=final, damaged=damaged, max_rows=self._rows_a_frame)
        return rows_frame(rows, self._names, source_file=self._source_file, first_row=self._next_row), size

    def tell(self, note: Note, *, codec: str) -> None:
        """Note what the careful parser did on the way."""
        for encoding, rows in sorted(self._parser.encodings.items()):
            note(f"{rows:,} rows are not {codec} and were read as {encoding}; if that is wrong, set `feed.encoding`")
        if self._parser.trimmed:
            note(f"{self._parser.trimmed:,} rows have empty cells beyond the header; they were dropped")
