"""CSV, record by record: slow, and with an answer to everything that a file may hold.

Well-formed input is read as Python's `csv` module reads it (dialect excel, any delimiter). Beyond that:
- a quoted cell that is never closed, or that spans lines and is closed in the middle of a text, is an unclosed quote:
  its line is refused, and reading goes on at the next line instead of swallowing the file;
- a row longer than MAX_ROW_BYTES is refused; a row that is not UTF-8 is decoded on its own;
- missing cells are null, surplus ones refuse the row (surplus empty ones say nothing and are dropped).
"""

import json
import re
from collections import Counter
from typing import NamedTuple

from attrgen_assets.adapters.feeds.frames import MAX_ROW_BYTES, Row, clip
from attrgen_assets.adapters.feeds.text_encoding import REPLACEMENT, decode_row
from attrgen_assets.domain.tables import RefusalReason

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE_ENDS = re.compile(rb"[\r\n]++")


class Record(NamedTuple):
    """A record of the file: its cells as bytes (None where it could not be split) and where the next one begins."""

    cells: list[bytes] | None
    end: int
    problem: str = ""


class RecordSplitter:
    """Splits bytes into records.

    >>> RecordSplitter(",").split(b'a,"b ""x""\\n",\\nnext', 0, final=True)
    Record(cells=[b'a', b'b "x"\\n', b''], end=14, problem='')
    """

    def __init__(self, delimiter: str) -> None:
        mark = re.escape(delimiter.encode())
        plain = rb"[^" + mark + rb"\r\n]*+"
        # a cell: quoted (1), and what follows the closing quote (2); or unquoted (3); then what ends it (4).
        # possessive, so that a hostile file cannot make it backtrack
        self._cell = re.compile(
            rb'(?:"((?:[^"]++|"")*+)"(' + plain + rb')|(?!")(' + plain + rb"))(" + mark + rb"|\r\n|\r|\n|\Z)"
        )
        self._delimiter = delimiter.encode()

    def split(self, data: bytes, start: int, *, final: bool) -> Record | None:
        """The record at `start`; None where it is not complete and more bytes may come (not `final`)."""
        cells: list[bytes] = []
        position = start
        while match := self._cell.match(data, position):
            quoted, tail, plain, end = match.groups()
            if not final and (not end or (end == b"\r" and match.end() == len(data))):
                return self._incomplete(data, start, start)
            if quoted is None:
                cells.append(plain)
            elif tail and (b"\n" in quoted or b"\r" in quoted):
                return self._unclosed(data, start, position)
            else:
                cells.append(quoted.replace(b'""', b'"') + tail)
            position = match.end()
            if end != self._delimiter:
                return self._checked(cells, data, start, position)
        return self._unclosed(data, start, position) if final else self._incomplete(data, start, position)

    def _incomplete(self, data: bytes, start: int, position: int) -> Record | None:
        """Wait for more bytes, unless the record is too long already."""
        return None if len(data) - start <= MAX_ROW_BYTES else self._unclosed(data, start, position)

    @staticmethod
    def _checked(cells: list[bytes], data: bytes, start: int, end: int) -> Record:
        if end - start > MAX_ROW_BYTES:
            return Record(None, end, f"the row is {end - start:,} bytes long, and at most {MAX_ROW_BYTES:,} are read")
        return Record(cells, end)

    @staticmethod
    def _unclosed(data: bytes, start: int, position: int) -> Record:
        """Refuse up to the end of the line in which the cell at `position` begins."""
        line_end = _LINE_END.search(data, position)
        end = line_end.end() if line_end else len(data)
        if end - start > MAX_ROW_BYTES:
            return Record(None, end, f"the row is longer than the {MAX_ROW_BYTES:,} bytes that are read")
        return Record(None, end, "a quote is opened and never closed")


class CarefulParser:
    """Rows of a CSV file with `width` columns, from blocks of bytes."""

    def __init__(self, *, delimiter: str, width: int) -> None:
        self._splitter = RecordSplitter(delimiter)
        self._width = width
        self.inside_long_line = False
        self.encodings: Counter[str] = Counter()
        self.trimmed = 0

    def parse(self, data: bytes, *, final: bool, damaged: bool, max_rows: int) -> tuple[list[Row], int]:
        """The rows at the beginning of `data`, and how many bytes they were; the rest needs more bytes or another call.

        damaged: bytes of the file were not of its encoding; rows with U+FFFD are those.
        """
        rows: list[Row] = []
        position = self._skip_long_line(data)
        while position < len(data) and len(rows) < max_rows:
            if blank := _LINE_ENDS.match(data, position):  # blank lines are no rows
                position = blank.end()
                if position == len(data) and data.endswith(b"\r") and not final:
                    position -= 1  # its line feed may come with the next block
                    break
                continue
            record = self._splitter.split(data, position, final=final)
            if record is None:
                break
            raw = data[position : record.end]
            rows.append(self._row(record, raw, damaged=damaged and REPLACEMENT in raw))
            position = record.end
            self.inside_long_line = not final and not raw.endswith((b"\n", b"\r"))
        return rows, position

    def _skip_long_line(self, data: bytes) -> int:
        """The rest of a refused line that was longer than a block."""
        if not self.inside_long_line:
            return 0
        line_end = _LINE_END.search(data)
        self.inside_long_line = line_end is None
        return line_end.end() if line_end else len(data)

    def _row(self, record: Record, raw: bytes, *, damaged: bool) -> Row:
        unparseable = RefusalReason.UNPARSEABLE_ROW.value
        if record.cells is None or damaged:
            problem = record.problem or "the row has bytes that its encoding does not know"
            text = clip(decode_row([raw[: 4 * MAX_ROW_BYTES]])[0][0].rstrip("\r\n"))
            return Row((), unparseable, f"{problem}: {text}")
        decoded, encoding = decode_row(record.cells)
        if encoding:
            self.encodings[encoding] += 1
        cells: list[str | None] = [*decoded[: self._width], *[None] * (self._width - len(decoded))]
        extra = decoded[self._width :]
        if any(extra):
            found = f"{len(extra)} more than the {self._width} columns of the header: "
            return Row(cells, RefusalReason.EXTRA_CELLS.value, found + json.dumps(extra, ensure_ascii=False))
        self.trimmed += bool(extra)
        return Row(cells)
