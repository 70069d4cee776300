"""Reading bytes as a feed without a file in between, and the cells that come out."""

import csv
import io
from pathlib import Path
from typing import Any

import polars as pl

from attrgen_assets.adapters.feeds.csv_file import csv_reader
from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.domain.tables import IN_PREFIX

Cells = list[tuple[str | None, ...]]


def read_bytes(data: bytes, read_file: ReadFile) -> tuple[pl.DataFrame, list[str]]:
    """All rows of a file with these bytes, as one frame, and the notes."""
    notes: list[str] = []
    frames = list(read_file(FeedFile(Path("feed.csv"), "feed.csv"), io.BytesIO(data), notes.append))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(), notes


def read_csv(data: bytes | str, **options: Any) -> pl.DataFrame:
    """The rows of a CSV file; text is written as UTF-8."""
    defaults: dict[str, Any] = {"encoding": None, "delimiter": None}
    return read_bytes(data.encode() if isinstance(data, str) else data, csv_reader(**(defaults | options)))[0]


def csv_notes(data: bytes, **options: Any) -> list[str]:
    """The notes of reading a CSV file."""
    return read_bytes(data, csv_reader(**({"encoding": None, "delimiter": None} | options)))[1]


def columns_of(frame: pl.DataFrame) -> list[str]:
    """The feed's columns."""
    return [name.removeprefix(IN_PREFIX) for name in frame.columns if name.startswith(IN_PREFIX)]


def cells_of(frame: pl.DataFrame) -> Cells:
    """The feed's cells, row by row."""
    return frame.select(IN_PREFIX + name for name in columns_of(frame)).rows()


def refusals_of(frame: pl.DataFrame) -> dict[int, str]:
    """{row number: reason} of the refused rows."""
    return dict(frame.filter(pl.col("refused").is_not_null()).select("row_number", "refused").iter_rows())


def written(rows: list[list[str]], **options: Any) -> bytes:
    """The rows as Python's csv module writes them."""
    target = io.StringIO(newline="")
    csv.writer(target, **options).writerows(rows)
    return target.getvalue().encode()
