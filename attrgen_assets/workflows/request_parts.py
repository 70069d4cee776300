"""Read which parts are wanted: every row of the request file becomes a part number or a refusal."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.tables import REQUESTS, REQUESTS_SCHEMA
from attrgen_assets.domain.ports import FeedReader, TableStore
from attrgen_assets.domain.product_types.fields import field_text, map_field, missing_field_message
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets.errors import FeedError, InvalidPartNumber

PART_NUMBER: Final = "part_number"
"""The field of the feed that names the part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReport:
    """What was read. rows = parts + the sum of refused."""

    rows: int
    parts: int
    refused: dict[str, int]
    files: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    rows: int = 0
    columns: dict[str, None] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)  # part number -> where it was asked for first


def request_parts(
    feed: Feed, *, reader: FeedReader, tables: TableStore, product_type: str, batch_rows: int
) -> RequestReport:
    """Write the table part_requests: each part number once, as suppliers are asked for it.

    A row without a part number, with a text that is none, or with one that an earlier row has, is refused and kept.

    Raises FeedError where the feed cannot be read or no column carries the part number; StorageFull.
    """
    seen = _Seen()
    with tables.writer(REQUESTS, product_type=product_type) as (writer,):
        for frame in _requests(feed, reader, seen, batch_rows=batch_rows):
            writer.write(frame)
        if seen.columns and not map_field(feed, list(seen.columns), PART_NUMBER):
            raise FeedError(missing_field_message(feed, list(seen.columns), PART_NUMBER))
    info = reader.info()
    return RequestReport(
        rows=seen.rows,
        parts=len(seen.first),
        refused=dict(sorted(seen.refused.items())),
        files=info.files,
        notes=info.notes,
    )


def _requests(feed: Feed, reader: FeedReader, seen: _Seen, *, batch_rows: int) -> Iterator[pl.DataFrame]:
    yield pl.DataFrame(schema=REQUESTS_SCHEMA)
    for frame in reader.read_batches(batch_rows=batch_rows):
        seen.columns.update(dict.fromkeys(name for name in frame.columns if name.startswith(IN_PREFIX)))
        given = frame.select(
            "source_file", "row_number", "refused", "refused_detail",
            given=field_text(feed, frame.columns, PART_NUMBER),
        )  # fmt: skip
        rows = [_request(row, seen) for row in given.iter_rows(named=True)]
        yield pl.DataFrame(rows, schema=REQUESTS_SCHEMA, orient="row")


def _request(row: dict[str, str | None], seen: _Seen) -> tuple[object, ...]:
    seen.rows += 1
    number: str | None = None
    refused, detail = row["refused"], row["refused_detail"]
    given = row["given"]
    if refused is None and not (given or "").strip():
        refused, detail = "missing_part_number", "the row has no part number"
    elif refused is None:
        try:
            number = canonical_part_number(given or "")
        except InvalidPartNumber as error:
            refused, detail = "invalid_part_number", str(error)
    if number is not None and number in seen.first:
        refused, detail = "duplicate", f"{number} is asked for in {seen.first[number]}"
        number = None
    if number is not None:
        seen.first[number] = f"{row['source_file']}, row {row['row_number']}"
    if refused is not None:
        seen.refused[refused] += 1
    return (row["source_file"], row["row_number"], given, number, refused, detail)
