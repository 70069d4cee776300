"""Which format a file is of: what the config says, else its suffix, else its first bytes."""

from collections.abc import Iterator
from pathlib import PurePath
from typing import BinaryIO, Final

import polars as pl

from attrgen_assets.adapters.feeds.csv_file import csv_reader
from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.adapters.feeds.frames import Note
from attrgen_assets.adapters.feeds.json_file import json_reader
from attrgen_assets.adapters.feeds.jsonl_file import jsonl_reader
from attrgen_assets.adapters.feeds.parquet_file import read_parquet
from attrgen_assets.errors import FeedError

_SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PARQUET: Final = b"PAR1\x15"  # the magic and the first byte after it, which no text has
_PACKED: Final = {
    b"\x1f\x8b": "a gzip file: unpack it first (gunzip)",
    b"PK\x03\x04": "a zip file or an Excel workbook: unpack it, or save the sheet as CSV UTF-8",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "an old Excel workbook: save the sheet as CSV UTF-8",
    b"BZh91AY&SY": "a bzip2 file: unpack it first (bunzip2)",
    b"\xfd7zXZ\x00": "an xz file: unpack it first (unxz)",
    b"\x28\xb5\x2f\xfd": "a zstd file: unpack it first (unzstd)",
    b"%PDF-": "a PDF file: export the table behind it as CSV",
}


def read_any(format: str, *, encoding: str | None, delimiter: str | None) -> ReadFile:
    """How files are read, each by its own format where `format` is auto.

    Raises: FeedError for a delimiter that cannot be one.
    """
    readers: dict[str, ReadFile] = {
        "csv": csv_reader(encoding=encoding, delimiter=delimiter),
        "jsonl": jsonl_reader(encoding=encoding),
        "json": json_reader(encoding=encoding),
        "parquet": read_parquet,
    }

    def read_file(file: FeedFile, stream: BinaryIO, note: Note) -> Iterator[pl.DataFrame]:
        head = stream.read(64)
        stream.seek(0)
        for magic, what in _PACKED.items():
            if head.startswith(magic):
                raise FeedError(f"the feed {file.name} is {what}")
        kind = guess_format(file.name, head) if format == "auto" else format
        yield from readers[kind](file, stream, note)

    return read_file


def guess_format(name: str, head: bytes) -> str:
    r"""The format of a file by its suffix, else by its first bytes; CSV where neither tells.

    >>> guess_format("sarees.JSONL", b""), guess_format("export", b"PAR1\x15"), guess_format("export", b'[{"sku"')
    ('jsonl', 'parquet', 'json')
    """
    if head.startswith(_PARQUET):
        return "parquet"
    known = _SUFFIXES.get(PurePath(name).suffix.lower())
    if known:
        return known
    return {b"{": "jsonl", b"[": "json"}.get(head.lstrip()[:1], "csv")
