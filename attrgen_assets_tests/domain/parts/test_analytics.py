"""Figures of a catalogue, counted by hand."""

from typing import Any

import polars as pl

from attrgen_assets.adapters.part_charts import as_markdown, catalogue_chart
from attrgen_assets.domain.parts.analytics import Cost, analyse
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, LosingValue, PartRecord
from attrgen_assets.domain.tables import Status

RESPONSES = pl.LazyFrame(
    [("marcone", "x", "ok", 0.2), ("marcone", "x", "failed", 9.0), ("amazon", "", "skipped", 0.0)],
    schema=["supplier", "place", "outcome", "elapsed_s"],
    orient="row",
)
OFFERS = pl.LazyFrame(
    {"source": ["marcone", "marcone", "amazon"], "flags": [[], ["suspect"], ["stale"]]},
    schema={"source": pl.String, "flags": pl.List(pl.String)},
)


def make_record(number: str, *, chain: tuple[str, ...] = (), **values: Any) -> PartRecord:
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    for name, (value, confidence, source) in values.items():
        lost = (LosingValue(source="amazon", value="other", why="fewer"),)
        found = FieldValue(status=Status.FOUND, value=value, confidence=confidence, source=source, losing=lost)
        fields[name] = found if value is not None else FieldValue(status=Status.NOT_APPLICABLE)
    return PartRecord(part_number=number, mpn=number, chain=chain or (number,), fields=fields, missing=("mpn",))


def test_figures_are_those_that_a_person_counts() -> None:
    records = [
        make_record("A", manufacturer=("GE", 0.95, "marcone"), color=("White", 0.25, "amazon, marcone")),
        make_record("B", chain=("A", "B"), manufacturer=("GE", 1.0, "marcone"), voltage=(None, None, "")),
    ]
    found = analyse(records, responses=RESPONSES, offers=OFFERS, cost=Cost(records_asked=1, tokens=500, cost=0.03))
    assert found.totals.model_dump() == {
        "records": 2, "complete": 0, "held_for_review": 0, "replaced": 1, "values": 3, "mean_confidence": 0.7333,
    }  # fmt: skip
    fields = {one.field: one for one in found.fields}
    assert (fields["color"].found, fields["color"].coverage, fields["color"].mean_confidence) == (1, 0.5, 0.25)
    assert (fields["voltage"].not_applicable, fields["voltage"].coverage) == (1, 0.0)
    (maker,) = found.manufacturers
    assert (maker.manufacturer, maker.records, maker.coverage) == ("GE", 2, 0.0448)
    assert found.confidence == (0, 0, 1, 0, 0, 0, 0, 0, 0, 2)
    amazon, marcone = found.suppliers
    assert (marcone.success, marcone.agreed, marcone.lost, marcone.agreement, marcone.not_usable) == (0.5, 3, 0, 1.0, 1)
    assert (amazon.success, amazon.agreed, amazon.lost, amazon.agreement) == (None, 1, 2, 0.3333)
    assert found.cost.cost_per_record == 0.015


def test_an_empty_catalogue_has_figures_tables_and_a_chart() -> None:
    found = analyse([], responses=RESPONSES.head(0), offers=OFFERS.head(0), cost=Cost())
    assert (found.totals.records, found.totals.mean_confidence, found.suppliers) == (0, None, ())
    assert {name: table.height for name, table in found.tables().items()} == {
        "totals": 1, "fields": 34, "manufacturers": 0, "confidence": 10, "suppliers": 0,
    }  # fmt: skip
    picture = catalogue_chart(found)
    assert picture.startswith(b"\x89PNG")
    assert as_markdown(picture, label="chart").startswith("![chart](data:image/png;base64,iVBOR")
