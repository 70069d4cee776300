"""What a catalogue of parts is like as a whole: how complete, how sure, whom it comes from, and what it cost."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from attrgen_assets.domain.parts.check import supplier_success
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.tables import Status

CONFIDENCE_BINS: Final = 10
"""Of equal width: [0, 0.1) ... [0.9, 1]."""

_UNKNOWN: Final = "(not found)"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Totals(_Frozen):
    """Counts of records. values: FOUND fields over all of them; mean_confidence: of those, 0-1."""

    records: int
    complete: int
    held_for_review: int
    replaced: int
    values: int
    mean_confidence: float | None = None


class FieldCoverage(_Frozen):
    """How often a field has a value. coverage: found / (found + not_found), None where it applies to no record."""

    field: str
    required: bool
    found: int
    not_applicable: int
    not_found: int
    coverage: float | None
    mean_confidence: float | None


class ManufacturerCoverage(_Frozen):
    """The records of one manufacturer. coverage: share of applicable fields that are FOUND."""

    manufacturer: str
    records: int
    complete: int
    coverage: float | None


class SupplierQuality(_Frozen):
    """What a supplier is worth. agreement: share of its usable values that are those of the records, 0-1.

    success: share of requests that it answered, a "we do not have it" included. not_usable: claims that could not be
    read, cannot be true, or were too old. p50_s, p95_s: until its answer was whole, in seconds.
    """

    supplier: str
    requests: int
    success: float | None
    p50_s: float | None
    p95_s: float | None
    claims: int
    not_usable: int
    agreed: int
    lost: int
    agreement: float | None


class Cost(_Frozen):
    """What language models took, over all records. cost: in the currency of the prices; None where none is known."""

    records_asked: int = 0
    tokens: int = 0
    cost: float | None = None
    cost_per_record: float | None = None


class CatalogueAnalytics(_Frozen):
    """All of it. confidence: values per bin of `CONFIDENCE_BINS`."""

    totals: Totals
    fields: tuple[FieldCoverage, ...]
    manufacturers: tuple[ManufacturerCoverage, ...]
    confidence: tuple[int, ...] = Field(min_length=CONFIDENCE_BINS, max_length=CONFIDENCE_BINS)
    suppliers: tuple[SupplierQuality, ...]
    cost: Cost

    def coverage(self, *, required_only: bool) -> float | None:
        """FOUND share of all applicable fields, or of the required ones; None where there are no records."""
        counted = [one for one in self.fields if one.required or not required_only]
        found = sum(one.found for one in counted)
        return _share(found, found + sum(one.not_found for one in counted))

    def tables(self) -> Mapping[str, pl.DataFrame]:
        """The same as tables, by name: what is written as CSV."""
        width = 1 / CONFIDENCE_BINS
        bins = [
            {"from": round(at * width, 2), "to": round((at + 1) * width, 2), "values": count}
            for at, count in enumerate(self.confidence)
        ]
        totals = {**self.totals.model_dump(), **{f"llm_{name}": value for name, value in self.cost}}
        return {
            "totals": pl.DataFrame([totals]),
            "fields": _frame(FieldCoverage, self.fields),
            "manufacturers": _frame(ManufacturerCoverage, self.manufacturers),
            "confidence": pl.DataFrame(bins),
            "suppliers": _frame(SupplierQuality, self.suppliers),
        }


def _frame(model: type[_Frozen], rows: Sequence[_Frozen]) -> pl.DataFrame:
    kinds = {"int": pl.Int64, "float | None": pl.Float64, "bool": pl.Boolean, "str": pl.String}
    schema = {name: kinds[str(info.annotation).replace("<class '", "").replace("'>", "")]
              for name, info in model.model_fields.items()}  # fmt: skip
    return pl.DataFrame([row.model_dump() for row in rows], schema=schema)


@dataclass(slots=True)
class _Tally:
    """Counts while records go by."""

    counts: Counter[str] = field(default_factory=Counter)
    status: dict[str, Counter[Status]] = field(default_factory=lambda: defaultdict(Counter))
    sure: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    makers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    agreed: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)


def analyse(
    records: Iterable[PartRecord], *, responses: pl.LazyFrame, offers: pl.LazyFrame, cost: Cost
) -> CatalogueAnalytics:
    """Go through all records once.

    responses, offers: the tables supplier_responses and supplier_offers of the same run.
    """
    tally = _Tally()
    for record in records:
        _count(record, tally)
    sure = [one for found in tally.sure.values() for one in found]
    bins = Counter(min(int(one * CONFIDENCE_BINS), CONFIDENCE_BINS - 1) for one in sure)
    counts = tally.counts
    return CatalogueAnalytics(
        totals=Totals(
            records=counts["records"],
            complete=counts["complete"],
            held_for_review=counts["held"],
            replaced=counts["replaced"],
            values=len(sure),
            mean_confidence=_mean(sure),
        ),
        fields=tuple(_field_coverage(name, tally) for name in PART_FIELDS),
        manufacturers=tuple(
            ManufacturerCoverage(
                manufacturer=name,
                records=made["records"],
                complete=made["complete"],
                coverage=_share(made["found"], made["found"] + made["not_found"]),
            )
            for name, made in sorted(tally.makers.items(), key=lambda item: (-item[1]["records"], item[0]))
        ),
        confidence=tuple(bins[at] for at in range(CONFIDENCE_BINS)),
        suppliers=tuple(_supplier_qualities(responses, offers, tally)),
        cost=cost.model_copy(update={"cost_per_record": _share(cost.cost, counts["records"])}),
    )


def _count(record: PartRecord, tally: _Tally) -> None:
    tally.counts.update(
        records=1, complete=record.complete, held=bool(record.needs_review), replaced=len(record.chain) > 1
    )
    maker = tally.makers[str(record.fields["manufacturer"].value or _UNKNOWN)]
    maker.update(records=1, complete=record.complete)
    for name, value in record.fields.items():
        tally.status[name][value.status] += 1
        if value.status is not Status.NOT_APPLICABLE:
            maker["found" if value.status is Status.FOUND else "not_found"] += 1
        if value.confidence is not None:
            tally.sure[name].append(value.confidence)
            tally.agreed.update(source for source in value.source.split(", ") if source)
            winners = set(value.source.split(", "))
            tally.lost.update({lost.source for lost in value.losing} - winners)


def _field_coverage(name: str, tally: _Tally) -> FieldCoverage:
    counted = tally.status[name]
    found, missing = counted[Status.FOUND], counted[Status.NOT_FOUND]
    return FieldCoverage(
        field=name,
        required=PART_FIELDS[name].required,
        found=found,
        not_applicable=counted[Status.NOT_APPLICABLE],
        not_found=missing,
        coverage=_share(found, found + missing),
        mean_confidence=_mean(tally.sure[name]),
    )


def _supplier_qualities(responses: pl.LazyFrame, offers: pl.LazyFrame, tally: _Tally) -> Iterable[SupplierQuality]:
    barred = pl.col("flags").list.set_intersection(["suspect", "malformed", "stale"]).list.len() > 0
    counted = offers.group_by("source").agg(claims=pl.len(), not_usable=barred.sum()).collect()
    claims = {source: (total, unusable) for source, total, unusable in counted.iter_rows()}
    for row in supplier_success(responses).iter_rows(named=True):
        name = row["supplier"]
        total, unusable = claims.get(name, (0, 0))
        agreed, lost = tally.agreed[name], tally.lost[name]
        yield SupplierQuality(
            supplier=name,
            requests=row["requests"],
            success=row["success_fraction"],
            p50_s=row["p50_s"],
            p95_s=row["p95_s"],
            claims=total,
            not_usable=unusable,
            agreed=agreed,
            lost=lost,
            agreement=_share(agreed, agreed + lost),
        )


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _share(part: float | None, whole: float) -> float | None:
    return round(part / whole, 4) if part is not None and whole else None
