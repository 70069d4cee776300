"""JSON lines: an object a line; every other line is a refusal."""

import json
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import polars as pl

from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.adapters.feeds.frames import MAX_ROW_BYTES, Note, Row
from attrgen_assets.adapters.feeds.objects import Cells, cells_of, json_decoder, object_frames, unparseable
from attrgen_assets.adapters.feeds.text_encoding import REPLACEMENT, Utf8Blocks, decode_row


def jsonl_reader(*, encoding: str | None) -> ReadFile:
    """How files of JSON lines are read. Blank lines are no rows."""

    def read_file(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
        source = Utf8Blocks(stream, declared=encoding, place=file.name)
        encodings: Counter[str] = Counter()
        yield from object_frames(_rows(source, encodings), source_file=file.name)
        for name, rows in sorted(encodings.items()):
            note(f"{rows:,} rows are not {source.codec} and were read as {name}; if that is wrong, set `feed.encoding`")

    return read_file


def _rows(source: Utf8Blocks, encodings: Counter[str]) -> Iterator[Cells | Row]:
    decoder = json_decoder()
    for line in _lines(source):
        (text,), other = decode_row([line])
        if not text.strip():
            continue
        if other:
            encodings[other] += 1
        if source.damaged and REPLACEMENT in line:
            yield unparseable("the row has bytes that its encoding does not know", text)
        elif len(line) > MAX_ROW_BYTES:
            yield unparseable(f"the row is longer than the {MAX_ROW_BYTES:,} bytes that are read", text)
        else:
            yield _row(text.strip(), decoder)


def _row(text: str, decoder: json.JSONDecoder) -> Cells | Row:
    try:
        value = decoder.decode(text)
        if isinstance(value, dict):
            return cells_of(value)
    except json.JSONDecodeError as error:
        return unparseable(f"not JSON ({error.msg} at character {error.pos + 1})", text)
    except RecursionError:
        return unparseable("nested too deeply", text)
    return unparseable("a JSON value that is not an object", text)


def _lines(source: Utf8Blocks) -> Iterator[bytes]:
    """Lines without their ends; of one longer than MAX_ROW_BYTES only the beginning, one byte longer than that."""
    rest = b""
    skipping = False
    for block in chain(source, [b"\n"]):
        lines = (rest + block).split(b"\n")  # a carriage return before it is space to JSON
        rest = lines.pop()
        for line in lines:
            if not skipping:
                yield line[: MAX_ROW_BYTES + 1]
            skipping = False
        if len(rest) > MAX_ROW_BYTES:
            if not skipping:
                yield rest[: MAX_ROW_BYTES + 1]
            skipping = True
            rest = b""
