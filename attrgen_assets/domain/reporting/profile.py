"""What is remembered of a run, so that the next one can be compared with it: counts only, a few kilobytes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict

from attrgen_assets.domain.attributes.summary import quarantine_reasons, top_refusals
from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
    ProductType,
)
from attrgen_assets.domain.tables import RefusalReason, Status

VALUES_KEPT: Final = 100
"""Values counted by name per attribute; a vocabulary of fabrics has sixty. The rest is counted together."""
REFUSALS_KEPT: Final = 100
TEXT_KEPT: Final = 500
"""Characters of a refused text: a cell may hold a megabyte, and a document of MongoDB at most sixteen."""
PROPOSAL: Final = RefusalReason.NEEDS_REVIEW.value
"""The reason of a refusal that is a proposal: a legal value, less sure than the attribute's `accept` asks for."""
CONFIDENCE_BINS: Final = 20
"""Of equal width 0.05 from 0 to 1; a bin has its lower edge, the last both."""

_SEPARATOR: Final = "\x1f"  # between the values of a list; no cleaned value holds a control character


class _Frozen(BaseModel):
    """Immutable. Unknown keys are ignored: what a later release remembers besides is still readable by this one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Count(_Frozen):
    """How many rows have something; pairs and not a mapping, because MongoDB's keys may not be any text."""

    name: str
    rows: int


class AttributeProfile(_Frozen):
    """One attribute over all documents.

    statuses: {status: documents}.  values: of the found ones, most frequent first; a number counts under its first
    digit ("1000" is 1,000 to 1,999), a text attribute has none, a list counts under each of its values.
    other_values: rows whose value is not among `values`.  generators: who gave the value, NOT_APPLICABLE included.
    confidence: answers per bin, of `CONFIDENCE_BINS`.
    """

    name: str
    required: bool
    statuses: dict[str, int]
    values: tuple[Count, ...] = ()
    other_values: int = 0
    generators: tuple[Count, ...] = ()
    confidence: tuple[int, ...] = ()

    @property
    def found_fraction(self) -> float | None:
        """Found / (found + not found), 0-1; None where it applies to no document."""
        found, absent = (self.statuses.get(status.value, 0) for status in (Status.FOUND, Status.NOT_FOUND))
        return found / (found + absent) if found + absent else None


class RefusedText(_Frozen):
    """A text that was refused, in documents and in quarantined rows together; no attribute: of the whole row."""

    attribute: str
    reason: str
    text: str | None
    nearest: str
    rows: int


class Profile(_Frozen):
    """A run of one product type, counted. Of refusals and proposals the most frequent texts are kept."""

    documents: int
    quarantined: int
    incomplete: int
    attributes: tuple[AttributeProfile, ...]
    quarantined_by_reason: tuple[Count, ...] = ()
    refusals: tuple[RefusedText, ...] = ()
    proposals: tuple[RefusedText, ...] = ()
    refused_values: int = 0
    proposed_values: int = 0

    @property
    def rows(self) -> int:
        """Rows read."""
        return self.documents + self.quarantined

    def coverage(self, *, required_only: bool) -> float | None:
        """Found / (found + not found) over all attributes together, 0-1; None where there is nothing to count."""
        counted = [one.statuses for one in self.attributes if one.required or not required_only]
        found, absent = (
            sum(one.get(status.value, 0) for one in counted) for status in (Status.FOUND, Status.NOT_FOUND)
        )
        return found / (found + absent) if found + absent else None


def profile_of(validated: pl.LazyFrame, quarantined: pl.LazyFrame, product_type: ProductType) -> Profile:
    """Count the tables VALIDATED and QUARANTINED of a run."""
    totals = validated.select(pl.len().alias("documents"), (~pl.col("complete")).sum().alias("incomplete"))
    row = totals.collect(engine="streaming").row(0, named=True)
    reasons = quarantine_reasons(quarantined)
    rows = quarantined.select(pl.len()).collect(engine="streaming").item()
    both = pl.concat([validated.select("refusals"), quarantined.select("refusals")])
    refusals, refused = _texts(both, proposals=False)
    proposals, proposed = _texts(both, proposals=True)
    return Profile(
        documents=row["documents"],
        quarantined=rows,
        incomplete=row["incomplete"],
        attributes=tuple(_attribute_profile(validated, attribute) for attribute in product_type.attributes),
        quarantined_by_reason=_counts(reasons),
        refusals=refusals,
        proposals=proposals,
        refused_values=refused,
        proposed_values=proposed,
    )


def _texts(table: pl.LazyFrame, *, proposals: bool) -> tuple[tuple[RefusedText, ...], int]:
    """The most frequent refused (or proposed) texts, and how many times anything was refused (or proposed)."""
    is_proposal = pl.element().struct.field("reason") == PROPOSAL
    wanted = table.select(pl.col("refusals").list.filter(is_proposal if proposals else ~is_proposal))
    texts = top_refusals(wanted, limit=REFUSALS_KEPT)
    times = wanted.select(pl.col("refusals").list.len().sum()).collect(engine="streaming").item()
    kept = texts.with_columns(pl.col("text", "nearest").str.head(TEXT_KEPT))
    return tuple(RefusedText(**line) for line in kept.iter_rows(named=True)), int(times or 0)


def _attribute_profile(validated: pl.LazyFrame, attribute: Attribute) -> AttributeProfile:
    """One grouped pass over the columns of the attribute; what comes back has a line per distinct combination."""
    name = attribute.name
    confidence = pl.col(f"{name}.confidence").cast(pl.Float64).round(4)
    groups = (
        validated.select(
            pl.col(f"{name}.status").cast(pl.String).alias("status"),
            _value_text(attribute).alias("value"),
            pl.col(f"{name}.provenance").struct.field("generator").alias("generator"),
            # a hair is added, lest 0.95 / 0.05 come to a little less than 19
            (confidence * CONFIDENCE_BINS + 1e-6).floor().clip(0, CONFIDENCE_BINS - 1).cast(pl.Int32).alias("bin"),
        )
        .group_by("status", "value", "generator", "bin")
        .agg(pl.len().alias("rows"))
        .collect(engine="streaming")
    )
    statuses, values, generators, bins = Counter[str](), Counter[str](), Counter[str](), Counter[int]()
    for status, value, generator, bin_, rows in groups.iter_rows():
        statuses[status] += rows
        for part in () if value is None else value.split(_SEPARATOR):
            values[part] += rows
        if generator is not None:
            generators[generator] += rows
        if bin_ is not None:
            bins[bin_] += rows
    kept = _counts(values)
    return AttributeProfile(
        name=name,
        required=attribute.required,
        statuses=dict(sorted(statuses.items())),
        values=kept[:VALUES_KEPT],
        other_values=sum(count.rows for count in kept[VALUES_KEPT:]),
        generators=_counts(generators),
        confidence=tuple(bins[at] for at in range(CONFIDENCE_BINS)) if bins else (),
    )


def _value_text(attribute: Attribute) -> pl.Expr:
    """The value as a text to count by, null where it is none or not counted."""
    value = pl.col(attribute.name)
    match attribute:
        case EnumAttribute():
            return value
        case EnumListAttribute():
            return value.list.join(_SEPARATOR)
        case BooleanAttribute():
            return pl.when(value).then(pl.lit("true")).when(~value).then(pl.lit("false"))
        case NumberAttribute():
            return _first_digit(value)
        case _:
            return pl.lit(None, dtype=pl.String)


def _first_digit(value: pl.Expr) -> pl.Expr:
    """A number cut to its first digit: bins that are the same for every run, whatever its range."""
    size = value.abs()
    power = pl.lit(10.0).pow((size.log10() + 1e-9).floor())
    cut = ((size / power + 1e-9).floor() * power).round_sig_figs(1) * value.sign()
    whole = pl.when(value == 0).then(0.0).otherwise(cut)
    text = pl.when(whole == whole.floor()).then(whole.cast(pl.Int64).cast(pl.String)).otherwise(whole.cast(pl.String))
    return pl.when(value.is_not_null()).then(text)


def _counts(counts: Mapping[str, int] | Iterable[tuple[str, int]]) -> tuple[Count, ...]:
    pairs = counts.items() if isinstance(counts, Mapping) else counts
    return tuple(Count(name=name, rows=rows) for name, rows in sorted(pairs, key=lambda pair: (-pair[1], pair[0])))
