"""What a validated table says of itself: coverage, refusals, reasons. Table in, small table out."""

from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.tables import Status

COVERAGE_SCHEMA: Final = {
    "attribute": pl.String,
    "required": pl.Boolean,
    "found": pl.UInt32,
    "not_applicable": pl.UInt32,
    "not_found": pl.UInt32,
    "found_fraction": pl.Float64,
}


def coverage(validated: pl.LazyFrame, product_type: ProductType) -> pl.DataFrame:
    """How many documents have each attribute: one line per attribute, in the order of the config.

    `found_fraction` is found / (found + not_found), in 0-1: a document to which an attribute does not apply says
    nothing about coverage. It is 1.0 where the attribute applies to no document, null for an empty table.

    Args:
        validated: the VALIDATED table of `domain.tables`; one pass, whatever its size.
        product_type: whose attributes are counted.
    """
    counts = (
        validated.select(
            pl.len().alias("rows"),
            *(
                (pl.col(f"{attribute.name}.status").cast(pl.String) == status.value)
                .sum()
                .cast(pl.UInt32)
                .alias(f"{attribute.name}.{status.name.lower()}")
                for attribute in product_type.attributes
                for status in Status
            ),
        )
        .collect(engine="streaming")
        .row(0, named=True)
    )
    lines = []
    for attribute in product_type.attributes:
        found, not_applicable, not_found = (counts[f"{attribute.name}.{status.name.lower()}"] for status in Status)
        applies = found + not_found
        fraction = None if counts["rows"] == 0 else (found / applies if applies else 1.0)
        lines.append((attribute.name, attribute.required, found, not_applicable, not_found, fraction))
    return pl.DataFrame(lines, schema=COVERAGE_SCHEMA, orient="row")


def overall_coverage(coverage_table: pl.DataFrame, *, required_only: bool) -> float | None:
    """Found share over all attributes together, 0-1; null where there is nothing to count.

    >>> lines = [("color", True, 3, 0, 1, 0.75), ("weave", False, 0, 4, 0, 1.0)]
    >>> table = pl.DataFrame(lines, COVERAGE_SCHEMA, orient="row")
    >>> overall_coverage(table, required_only=True)
    0.75
    """
    table = coverage_table.filter(pl.col("required")) if required_only else coverage_table
    found = int(table["found"].sum())
    applies = found + int(table["not_found"].sum())
    return found / applies if applies else None


def top_refusals(table: pl.LazyFrame, *, limit: int) -> pl.DataFrame:
    """The refused texts that occur most in a VALIDATED or QUARANTINED table, with the legal values nearest to them.

    Returns columns attribute, reason, text, nearest (joined by ", "), rows; most frequent first, ties by name.
    Refusals of a whole row (no attribute) come as attribute "(row)".
    """
    return (
        table.select("refusals")
        .explode("refusals")
        .drop_nulls("refusals")
        .unnest("refusals")
        .with_columns(pl.col("attribute").fill_null("(row)"), pl.col("nearest").list.join(", ").fill_null(""))
        .group_by("attribute", "reason", "text")
        .agg(pl.col("nearest").first(), pl.len().alias("rows"))
        .sort(["rows", "attribute", "reason", "text"], descending=[True, False, False, False], nulls_last=True)
        .head(limit)
        .collect(engine="streaming")
    )


def quarantine_reasons(quarantined: pl.LazyFrame) -> dict[str, int]:
    """{reason: rows}, most frequent first. A row with two reasons counts under both."""
    counted = (
        quarantined.select(pl.col("reasons").list.unique())
        .explode("reasons")
        .drop_nulls()
        .group_by("reasons")
        .agg(pl.len().alias("rows"))
        .sort(["rows", "reasons"], descending=[True, False])
        .collect(engine="streaming")
    )
    return dict(zip(counted["reasons"].to_list(), counted["rows"].to_list(), strict=True))
