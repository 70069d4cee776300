"""From rows of the QUARANTINED table to entries that wait for a person."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.ports import Document

LARGEST_ENTRY_CHARACTERS: Final = 2_000_000
"""Of all texts of an entry together. A store takes 16 MB; a character has up to 4 bytes; the rest is names."""

_TEXTS: Final = {"fields": ("column", "text"), "refusals": ("text",)}
_COLUMNS: Final = ("entry_id", "sku", "source_file", "row_number", "reasons", "refusals", "fields")


def quarantine_entries(quarantined: pl.DataFrame, *, run_id: str) -> Iterator[Document]:
    """Entries of a QUARANTINED frame in row order: entry_id, sku, source, reasons, refusals, fields, run_id.

    A row of monstrous cells is a bad row like others, so its texts are cut to what a store can take (`cut` tells how
    long the longest was, else it is null); the whole row stays in the table and in the feed.

    >>> from attrgen_assets.domain.tables import QUARANTINED_SCHEMA
    >>> row = {"entry_id": "abc", "sku": None, "source_file": "a.csv", "row_number": 7, "reasons": ["missing_sku"],
    ...        "refusals": [], "fields": [{"column": "title", "text": "Red saree"}]}
    >>> next(quarantine_entries(pl.DataFrame([row], schema=QUARANTINED_SCHEMA), run_id="r1"))["source"]
    {'file': 'a.csv', 'row_number': 7}
    """
    for entry_id, sku, file, row_number, reasons, refusals, fields in quarantined.select(_COLUMNS).iter_rows():
        entry: Document = {
            "entry_id": entry_id,
            "sku": sku,
            "source": {"file": file, "row_number": row_number},
            "reasons": reasons or [],
            "refusals": refusals or [],
            "fields": fields or [],
            "cut": None,
            "run_id": run_id,
        }
        yield _within_limits(entry)


def _within_limits(entry: Document) -> Document:
    lengths = [len(cell[key] or "") for part, keys in _TEXTS.items() for cell in entry[part] for key in keys]
    if sum(lengths) <= LARGEST_ENTRY_CHARACTERS:
        return entry
    each = LARGEST_ENTRY_CHARACTERS // len(lengths)
    parts = {part: [_cut(cell, keys, each) for cell in entry[part]] for part, keys in _TEXTS.items()}
    return {**entry, **parts, "cut": max(lengths)}


def _cut(cell: dict[str, Any], keys: tuple[str, ...], characters: int) -> dict[str, Any]:
    return {key: value[:characters] if key in keys and value is not None else value for key, value in cell.items()}
