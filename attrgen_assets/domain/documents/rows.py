"""From rows of the VALIDATED table to documents."""

from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.documents.content import CONFIDENCE_STEPS
from attrgen_assets.domain.documents.distinct import distinct_rows
from attrgen_assets.domain.documents.guard import DocumentGuard
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.product_types.model import ProductType

_ENVELOPE: Final = ("sku", "missing", "complete", "refusals", "content_hash", "source_file", "row_number")


def document_rows(
    validated: pl.DataFrame, product_type: ProductType, *, guard: DocumentGuard | None = None
) -> Iterator[Document]:
    """Documents of a VALIDATED frame in row order, each checked against the config.

    They carry sku, product_type, attributes (in the order of the config), missing, complete, refusals,
    config_version, content_hash and source; the store's own keys (_id, version, created_at, updated_at, run_id) are
    put there by who stores them. Documents of one frame share equal attribute entries: do not change them in place.

    Args:
        validated: a batch; the caller chooses how many rows are in memory at once.
        product_type: the config in force.
        guard: the guard of this product type, where several batches are made; else a new one.

    Raises TerminalError when a value, a status or a count is not what the config allows, naming the document.
    """
    checking = guard or DocumentGuard(product_type)
    names = [attribute.name for attribute in product_type.attributes]
    columns = [_entries(validated, name, checking) for name in names]
    # A product type without attributes cannot be; zip(*columns) is one tuple of entries per row.
    for row, entries in zip(validated.select(_ENVELOPE).iter_rows(), zip(*columns, strict=True), strict=True):
        sku, missing, complete, refusals, content_hash, file, row_number = row
        document: Document = {
            "sku": sku,
            "product_type": product_type.name,
            "attributes": dict(zip(names, entries, strict=True)),
            "missing": missing or [],
            "complete": complete,
            "refusals": refusals or [],
            "config_version": product_type.config_version,
            "content_hash": content_hash,
            "source": {"file": file, "row_number": row_number},
        }
        checking.check_envelope(document)
        yield document


def _entries(validated: pl.DataFrame, name: str, guard: DocumentGuard) -> list[dict[str, Any]]:
    """The entry of one attribute for every row, each distinct one made and checked once."""
    frame = validated.select(
        value=_plain(pl.col(name), validated.schema[name]),
        status=pl.col(f"{name}.status").cast(pl.String),
        steps=(pl.col(f"{name}.confidence").cast(pl.Float64) * CONFIDENCE_STEPS).round().cast(pl.Int32),
        provenance=pl.col(f"{name}.provenance"),
    ).unnest("provenance")
    found = distinct_rows(frame, frame.columns)
    entries = []
    for value, status, steps, generator, version, field, text, method in found.rows.iter_rows():
        confidence = None if steps is None else steps / CONFIDENCE_STEPS  # 0.98; polars' own division gives 0.98...01
        provenance = None
        if generator is not None:
            provenance = {"generator": generator, "version": version, "field": field, "text": text, "method": method}
        entries.append({"value": value, "status": status, "confidence": confidence, "provenance": provenance})
    skus = validated["sku"].gather(found.first).to_list()
    for entry, sku in zip(entries, skus, strict=True):
        guard.check_entry(name, entry, sku=sku)
    return [entries[code] for code in found.codes.tolist()]


def _plain(value: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Without categories and narrow numbers, which are a matter of the table."""
    if isinstance(dtype, pl.List):
        return value.cast(pl.List(pl.String))
    if dtype == pl.Boolean:
        return value
    return value.cast(pl.Float64) if dtype.is_numeric() else value.cast(pl.String)
