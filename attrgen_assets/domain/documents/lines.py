"""Documents and quarantined rows as lines of JSON: one spelling, so that the same answers are the same bytes.

UTF-8 as it is, no spaces, keys in the order of the document (attributes in the order of the config).
"""

import json
from collections.abc import Iterator
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.product_types.model import ProductType

_CONFIDENCE_DECIMALS: Final = 4  # as in `content`: they come as 32-bit floats, whose further digits mean nothing


def document_lines(validated: pl.DataFrame, product_type: ProductType) -> pl.Series:
    """One line per row of a VALIDATED frame, without the line's end: what `rows.document_rows` makes, as JSON.

    About 100,000 documents of 25 attributes (4 kB) a second, where building dicts and encoding them gives 17,000.
    Nothing is checked here: see `attributes.check.failing_values`.
    """
    attributes = pl.struct(_entry(attribute.name) for attribute in product_type.attributes)
    document = pl.struct(
        pl.col("sku"),
        pl.lit(product_type.name).alias("product_type"),
        attributes.alias("attributes"),
        pl.col("missing"),
        pl.col("complete"),
        pl.col("refusals"),
        pl.lit(product_type.config_version).alias("config_version"),
        pl.col("content_hash"),
        pl.struct(pl.col("source_file").alias("file"), pl.col("row_number")).alias("source"),
    )
    return validated.select(document.struct.json_encode().alias("line"))["line"]


def _entry(name: str) -> pl.Expr:
    return pl.struct(
        pl.col(name).alias("value"),
        pl.col(f"{name}.status").cast(pl.String).alias("status"),
        pl.col(f"{name}.confidence").cast(pl.Float64).round(_CONFIDENCE_DECIMALS).alias("confidence"),
        pl.col(f"{name}.provenance").alias("provenance"),
    ).alias(name)


def quarantine_lines(quarantined: pl.DataFrame) -> Iterator[str]:
    """One line per row of a QUARANTINED frame, without the line's end.

    Keys: entry_id, sku, source, reasons, refusals, fields. `fields` is {column: text} of the cells that the row has.
    """
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
    for row in quarantined.iter_rows(named=True):
        yield encode(_quarantined(row))


def _quarantined(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_id": row["entry_id"],
        "sku": row["sku"],
        "source": {"file": row["source_file"], "row_number": row["row_number"]},
        "reasons": row["reasons"],
        "refusals": row["refusals"],
        "fields": {cell["column"]: cell["text"] for cell in row["fields"]},
    }
