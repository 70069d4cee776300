"""Whether a validated table keeps its promises, re-derived from the stored values and not from the validator's word."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.model import (
    Attribute,
    EnumAttribute,
    EnumListAttribute,
    Gate,
    NumberAttribute,
    ProductType,
    TextAttribute,
)
from attrgen_assets.domain.tables import Status

FAILURE_SCHEMA: Final = {
    "sku": pl.String,
    "attribute": pl.String,
    "problem": pl.String,
    "value": pl.String,
    "allowed": pl.String,
}
_ALLOWED_SHOWN: Final = 12  # legal values named in a failure; a fabric vocabulary has sixty


class Verdict(IntEnum):
    """What a gate says, worst last, so that `max` of several is the verdict of all."""

    PASS = 0
    WARN = 1
    ERROR = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueFailures:
    """Values that the config does not allow."""

    rows: int
    counts: Mapping[str, int]
    examples: pl.DataFrame

    @property
    def total(self) -> int:
        """All failing values, not only those shown as examples."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Conservation:
    """Where the rows of a feed went."""

    raw_rows: int
    validated_rows: int
    quarantined_rows: int
    astray: pl.DataFrame

    @property
    def holds(self) -> bool:
        """Every raw row is exactly one document or one quarantined row, and there are no others."""
        return self.astray.is_empty() and self.raw_rows == self.validated_rows + self.quarantined_rows


def failing_values(validated: pl.LazyFrame, product_type: ProductType, *, examples: int = 100) -> ValueFailures:
    """Compare every stored value and status with what the config allows.

    A value fails when it is outside the legal values or the range, when its status and its presence disagree, when
    NOT_APPLICABLE is not a legal answer, or when it is FOUND without confidence (0-1) and provenance.

    Args:
        validated: the VALIDATED table of `domain.tables`. The first pass only counts; a second one runs where
            something fails.
        product_type: the config in force.
        examples: failing values shown per attribute, in row order.
    """
    problems = {attribute.name: _problem(attribute) for attribute in product_type.attributes}
    # `sku` is the key of the table as well as an attribute: a null or repeated one is found apart from it.
    problems["sku"] = pl.coalesce(_key_problem(validated), problems.get("sku", pl.lit(None, dtype=pl.String)))
    first_pass = (
        validated.select(pl.len().alias("rows"), *(p.is_not_null().sum().alias(f"n.{n}") for n, p in problems.items()))
        .collect(engine="streaming")
        .row(0, named=True)
    )
    counts = {name: int(first_pass[f"n.{name}"]) for name in problems if first_pass[f"n.{name}"]}
    by_name = {attribute.name: attribute for attribute in product_type.attributes}
    frames = [
        validated.select(
            pl.col("sku").cast(pl.String),
            pl.lit(name).alias("attribute"),
            problems[name].alias("problem"),
            _shown(by_name.get(name)).alias("value"),
            pl.lit(_allowed(by_name.get(name))).alias("allowed"),
        )
        .filter(pl.col("problem").is_not_null())
        .head(examples)
        .collect(engine="streaming")
        for name in counts
    ]
    shown = pl.concat(frames) if frames else pl.DataFrame(schema=FAILURE_SCHEMA)
    return ValueFailures(rows=int(first_pass["rows"]), counts=counts, examples=shown)


def conservation(
    raw: pl.LazyFrame, validated: pl.LazyFrame, quarantined: pl.LazyFrame, *, examples: int = 100
) -> Conservation:
    """Account for every raw row by its source file and row number.

    Returns counts, and as `astray` (source_file, row_number, raw, validated, quarantined) the rows that do not occur
    once on the left and once on the right.
    """
    key = ["source_file", "row_number"]
    sides = {"raw": raw, "validated": validated, "quarantined": quarantined}
    counted = (
        pl.concat(
            [
                frame.select(
                    pl.col("source_file").cast(pl.String),
                    pl.col("row_number").cast(pl.UInt32),
                    *(pl.lit(int(side == name), dtype=pl.UInt32).alias(side) for side in sides),
                )
                for name, frame in sides.items()
            ]
        )
        .group_by(key)
        .agg(pl.col(side).sum() for side in sides)
    )
    totals = counted.select(pl.col(side).sum() for side in sides).collect(engine="streaming").row(0, named=True)
    astray = (
        counted.filter((pl.col("raw") != 1) | (pl.col("validated") + pl.col("quarantined") != 1))
        .sort(key)
        .head(examples)
        .collect(engine="streaming")
    )
    return Conservation(
        raw_rows=int(totals["raw"]),
        validated_rows=int(totals["validated"]),
        quarantined_rows=int(totals["quarantined"]),
        astray=astray,
    )


def unstored_documents(validated: pl.LazyFrame, stored: Mapping[str, str]) -> pl.DataFrame:
    """Validated products that a store does not hold with the same content hash.

    Args:
        validated: the VALIDATED table.
        stored: {sku: content_hash} of what is stored.

    Returns columns sku, validated (hash), stored (hash or null), by SKU.
    """
    schema = {"sku": pl.String, "stored": pl.String}
    held = pl.LazyFrame({"sku": list(stored.keys()), "stored": list(stored.values())}, schema=schema)
    return (
        validated.select("sku", pl.col("content_hash").alias("validated"))
        .join(held, on="sku", how="left")
        .filter(pl.col("stored").ne_missing(pl.col("validated")))
        .sort("sku")
        .collect(engine="streaming")
    )


def coverage_verdicts(coverage_table: pl.DataFrame, gates: Mapping[str, Gate]) -> pl.DataFrame:
    """Hold the coverage of each gated attribute against its limits.

    Returns columns attribute, found_fraction, warn_below, error_below, verdict (`Verdict` as a number), worst first.
    An empty table (null fractions) breaks no gate: the quarantine gate and the feed's own checks speak of that.
    """
    fractions = dict(zip(coverage_table["attribute"], coverage_table["found_fraction"], strict=True))
    lines = [
        (name, fractions.get(name), gate.warn, gate.error, int(at_least(fractions.get(name), gate)))
        for name, gate in gates.items()
    ]
    schema = {
        "attribute": pl.String,
        "found_fraction": pl.Float64,
        "warn_below": pl.Float64,
        "error_below": pl.Float64,
        "verdict": pl.Int8,
    }
    return pl.DataFrame(lines, schema=schema, orient="row").sort(["verdict", "attribute"], descending=[True, False])


def at_least(fraction: float | None, gate: Gate) -> Verdict:
    """The verdict on a fraction that should be high.

    >>> at_least(0.5, Gate(warn=0.8, error=0.3)).name
    'WARN'
    """
    if fraction is None:
        return Verdict.PASS
    if gate.error is not None and fraction < gate.error:
        return Verdict.ERROR
    return Verdict.WARN if gate.warn is not None and fraction < gate.warn else Verdict.PASS


def at_most(fraction: float | None, gate: Gate) -> Verdict:
    """The verdict on a fraction that should be low.

    >>> at_most(0.6, Gate(warn=0.05, error=0.5)).name
    'ERROR'
    """
    if fraction is None:
        return Verdict.PASS
    if gate.error is not None and fraction > gate.error:
        return Verdict.ERROR
    return Verdict.WARN if gate.warn is not None and fraction > gate.warn else Verdict.PASS


def _problem(attribute: Attribute) -> pl.Expr:
    """What is wrong with an attribute in a row, as text; null where nothing is."""
    value, status = pl.col(attribute.name), pl.col(f"{attribute.name}.status").cast(pl.String)
    confidence, provenance = pl.col(f"{attribute.name}.confidence"), pl.col(f"{attribute.name}.provenance")
    found = status == Status.FOUND.value
    cases: list[tuple[pl.Expr, str]] = [
        (status.is_null() | ~status.is_in([s.value for s in Status]), "no such status"),
        (found & value.is_null(), "FOUND without a value"),
        (~found & value.is_not_null(), "a value although not FOUND"),
        (found & ~confidence.is_between(0, 1).fill_null(value=False), "FOUND without a confidence in 0-1"),
        (found & provenance.is_null(), "FOUND without provenance"),
    ]
    if not attribute.na:
        cases.append((status == Status.NOT_APPLICABLE.value, "NOT_APPLICABLE is not a legal answer"))
    cases.extend((found & broken, text) for broken, text in _illegal(attribute))
    return pl.coalesce(*(pl.when(broken).then(pl.lit(text)) for broken, text in cases))


def _illegal(attribute: Attribute) -> list[tuple[pl.Expr, str]]:
    """What makes a value of this kind illegal."""
    value = pl.col(attribute.name)
    match attribute:
        case EnumAttribute():
            return [(~value.cast(pl.String).is_in(_legal(attribute)), "not a legal value")]
        case EnumListAttribute():
            items = value.cast(pl.List(pl.String))
            legal = items.list.eval(pl.element().is_in(_legal(attribute)).fill_null(value=False)).list.all()
            return [
                (items.list.len() == 0, "FOUND without a value"),
                (~legal, "not a legal value"),
                (items.list.n_unique() != items.list.len(), "a value twice"),
            ]
        case NumberAttribute():
            number = value.cast(pl.Float64)
            inside = number.is_finite() & number.is_between(attribute.minimum, attribute.maximum)
            return [(~inside, "outside the range")]
        case TextAttribute():
            text = value.cast(pl.String)
            return [
                (text.str.len_chars() > attribute.max_length, "too long"),
                (text.str.strip_chars() == "", "an empty text"),
            ]
        case _:
            return []  # a boolean column holds nothing but booleans


def _key_problem(validated: pl.LazyFrame) -> pl.Expr:
    """What is wrong with the key of a row. Repeated keys are found in a pass of their own, which needs one column.

    As an expression, `is_duplicated` would bring the whole table into memory.
    """
    counted = validated.select(pl.col("sku").cast(pl.String)).group_by("sku").len()
    repeated = counted.filter(pl.col("len") > 1).select("sku").collect(engine="streaming")["sku"].drop_nulls()
    sku = pl.col("sku").cast(pl.String)
    return pl.coalesce(
        pl.when(sku.is_null()).then(pl.lit("no SKU")),
        pl.when(sku.is_in(repeated.implode())).then(pl.lit("a SKU twice")),
    )


def _legal(attribute: EnumAttribute | EnumListAttribute) -> list[str]:
    return [legal.value for legal in attribute.values]


def _shown(attribute: Attribute | None) -> pl.Expr:
    """A value as text for a person."""
    if attribute is None:
        return pl.col("sku").cast(pl.String)
    if isinstance(attribute, EnumListAttribute):
        return pl.col(attribute.name).cast(pl.List(pl.String)).list.join(", ")
    return pl.col(attribute.name).cast(pl.String)


def _allowed(attribute: Attribute | None) -> str:
    """What the config allows, in words."""
    match attribute:
        case EnumAttribute() | EnumListAttribute():
            legal = _legal(attribute)
            more = f" and {len(legal) - _ALLOWED_SHOWN} more" if len(legal) > _ALLOWED_SHOWN else ""
            return ", ".join(legal[:_ALLOWED_SHOWN]) + more
        case NumberAttribute():
            unit = f" {attribute.unit}" if attribute.unit else ""
            return f"{attribute.minimum:g} to {attribute.maximum:g}{unit}"
        case TextAttribute():
            once = ", once per table" if attribute.name == "sku" else ""
            return f"1 to {attribute.max_length} characters{once}"
        case _:
            return "one row per SKU" if attribute is None else "true or false"
