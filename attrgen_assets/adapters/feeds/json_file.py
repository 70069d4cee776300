"""JSON files: an array of objects, or an object with one array of objects; read element by element."""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NoReturn

import polars as pl

from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.adapters.feeds.frames import Note, Row
from attrgen_assets.adapters.feeds.objects import Cells, cells_of, json_decoder, object_frames, unparseable
from attrgen_assets.adapters.feeds.text_encoding import REPLACEMENT, Utf8Blocks
from attrgen_assets.adapters.feeds.values import as_text
from attrgen_assets.errors import FeedError

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_MAX_VALUE_CHARS: Final = 64 << 20  # of one element, or of what stands before and after the array
_HELP: Final = (
    "A .json feed is an array of objects, or an object with one array; for an object a line use format jsonl."
)


def json_reader(*, encoding: str | None) -> ReadFile:
    """How JSON files are read. Elements that are no objects are refusals; broken JSON is a FeedError with its place."""

    def read_file(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
        text = _Text(Utf8Blocks(stream, declared=encoding, place=file.name), place=file.name)
        if not text.peek():
            note("the file is empty: no rows")
            return
        yield from object_frames(_elements(text), source_file=file.name)

    return read_file


class _Text:
    """The text of a file, read on as it is needed and forgotten once it is past."""

    def __init__(self, source: Utf8Blocks, *, place: str) -> None:
        self._source = source
        self._blocks = iter(source)
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._place = place
        self._decode = json_decoder().raw_decode
        self._text = ""
        self._at = 0
        self._line = 1
        self._column = 1
        self._ended = False
        self.element = 0

    @property
    def damaged(self) -> bool:
        """Whether bytes were met that are not of the file's encoding."""
        return self._source.damaged

    def peek(self) -> str:
        """The next character that is not space; an empty string at the end."""
        while True:
            self._go(_SPACE.match(self._text, self._at).end())  # type: ignore[union-attr]  # matches everywhere
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, expected: str) -> str:
        """The next character, which must be one of `expected`."""
        found = self.peek()
        if not found or found not in expected:
            wanted = " or ".join(repr(character) for character in expected)
            self.fail(f"{wanted} expected, found {found!r}" if found else f"the file ends where {wanted} is expected")
        self._go(self._at + 1)
        return found

    def value(self) -> Any:
        """The next JSON value."""
        self.peek()
        while True:
            try:
                value, end = self._decode(self._text, self._at)
            except json.JSONDecodeError as error:
                passed = error.pos - self._at
                if not self._more():
                    self._go(min(self._at + passed, len(self._text)))
                    self.fail(error.msg)
                continue
            except RecursionError:
                self.fail("nested too deeply")
            if end < len(self._text) or not self._more():  # a number may go on in the next block
                self._go(end)
                return value

    def fail(self, problem: str) -> NoReturn:
        """Raises FeedError with the place."""
        element = f", element {self.element} of the array" if self.element else ""
        raise FeedError(f"{self._place}:{self._line}:{self._column}{element}: broken JSON: {problem}. {_HELP}")

    def _go(self, position: int) -> None:
        passed = self._text.count("\n", self._at, position)
        if passed:
            self._line += passed
            self._column = position - self._text.rindex("\n", self._at, position)
        else:
            self._column += position - self._at
        self._at = position

    def _more(self) -> bool:
        """Read on; False at the end of the file, or where a value is too long to be one."""
        if self._ended or len(self._text) - self._at > _MAX_VALUE_CHARS:
            return False
        block = next(self._blocks, None)
        self._ended = block is None
        try:
            decoded = self._decoder.decode(block or b"", final=self._ended)
        except UnicodeDecodeError as error:
            self.fail(f"bytes that are not UTF-8 ({error.reason}); set `feed.encoding`")
        self._text = self._text[self._at :] + decoded
        self._at = 0
        return bool(decoded) or not self._ended


def _elements(text: _Text) -> Iterator[Cells | Row]:
    if text.take("[{") == "[":
        yield from _array(text)
    else:
        yield from _wrapped_array(text)
    if text.peek():
        text.element = 0
        text.fail(f"{text.peek()!r} after the end")


def _wrapped_array(text: _Text) -> Iterator[Cells | Row]:
    """The elements of the one array among an object's values; the other values are about the feed, not rows of it."""
    arrays = 0
    separator = text.take("}") if text.peek() == "}" else ","
    while separator == ",":
        if text.peek() != '"':
            text.take('"')
        key = text.value()
        text.take(":")
        if text.peek() == "[":
            arrays += 1
            if arrays > 1:
                text.fail(f"a second array, {key!r}: which of them holds the rows cannot be told")
            text.take("[")
            yield from _array(text)
        else:
            text.value()
        separator = text.take(",}")
    if not arrays:
        text.fail("the object has no array")


def _array(text: _Text) -> Iterator[Cells | Row]:
    if text.peek() == "]":
        text.take("]")
        return
    separator = ","
    while separator == ",":
        text.element += 1
        yield _row(text.value(), damaged=text.damaged)
        separator = text.take(",]")
    text.element = 0


def _row(value: Any, *, damaged: bool) -> Cells | Row:
    try:
        if not isinstance(value, dict):
            return unparseable("an element that is not an object", as_text(value) or "null")
        cells = cells_of(value)
    except RecursionError:
        return unparseable("an element that is nested too deeply, with the keys", ", ".join(map(str, value)))
    if damaged and any(REPLACEMENT.decode() in (cell or "") for cell in cells.values()):
        return unparseable("the row has bytes that its encoding does not know", as_text(cells) or "")
    return cells
