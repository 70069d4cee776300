"""A record as a document and back, and what its hash covers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.parts.record import LosingValue, PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import parts_config_version, record_document, record_of_document
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.tables import Status
from attrgen_assets_tests.domain.parts.test_settle import make_record

AT = datetime(2026, 1, 1, tzinfo=UTC)
RECORD = make_record(
    chain=("OLD", "A1"),
    color="Red",
    weight_lbs=0.5,
    compatible_models=["M1", "M2"],
    specification_table=[{"name": "Shaft: size", "value": "6 mm"}, {"name": "Note", "value": "a: b"}],
)


def document_of(record: PartRecord, *, at: datetime = AT, run_id: str = "r", **blocks: Any) -> Document:
    return record_document(record, run_id=run_id, at=at, config_version="parts-1", blocks=blocks)


def with_field(name: str, **changes: Any) -> PartRecord:
    fields = dict(RECORD.fields)
    fields[name] = fields[name].model_copy(update=changes)
    return RECORD.model_copy(update={"fields": fields})


def test_a_document_gives_the_record_back() -> None:
    told = with_field("color", losing=(LosingValue(source="a", value="Blue", why="fewer"),), note="n", review="look")
    told = told.model_copy(update={"needs_review": ("color: look",), "missing": ("mpn",), "chain_end": "loop"})
    again = record_of_document(document_of(told))
    shaft = again.fields["specification_table"].value[0]
    assert shaft == {"name": "Shaft", "value": "size: 6 mm"}  # the first colon parts name and value
    fields = dict(again.fields) | {"specification_table": told.fields["specification_table"]}
    assert again.model_copy(update={"fields": fields}).model_dump() == told.model_dump()


def test_the_hash_covers_what_is_said_and_not_when() -> None:
    base = document_of(RECORD)["content_hash"]
    assert document_of(RECORD, at=AT + timedelta(days=1), run_id="other")["content_hash"] == base
    assert document_of(RECORD, verdicts={"latency_s": 1.0})["content_hash"] == base


@pytest.mark.parametrize(
    "changed",
    [
        document_of(with_field("color", value="Blue")),
        document_of(with_field("color", confidence=0.7)),
        document_of(with_field("color", source="amazon")),
        document_of(with_field("color", losing=(LosingValue(source="a", value="Blue", why="fewer"),))),
        document_of(with_field("color", review="look")),
        document_of(RECORD.model_copy(update={"chain": ("A1",)})),
        document_of(RECORD.model_copy(update={"needs_review": ("look",)})),
        document_of(RECORD, content={"title": "T"}),
        document_of(RECORD, images={"stored": 1}),
    ],
    ids=["value", "confidence", "source", "losing", "review", "chain", "needs_review", "content", "images"],
)
def test_whatever_is_said_of_the_part_is_in_the_hash(changed: Document) -> None:
    assert changed["content_hash"] != document_of(RECORD)["content_hash"]


def test_a_document_of_a_former_release_can_be_read() -> None:
    old = {"sku": "A1", "attributes": {"color": _entry("Red")}, "missing": [], "complete": True}
    record = record_of_document(old)
    assert (record.chain, record.fields["color"].value, record.fields["mpn"].status) == (
        ("A1",), "Red", Status.NOT_FOUND,
    )  # fmt: skip


def _entry(value: Any) -> dict[str, Any]:
    return {"value": value, "status": "FOUND", "confidence": 0.5, "provenance": {"field": "a", "method": "accu"}}


def test_the_version_of_the_config_tells_what_changes_an_answer() -> None:
    base = parts_config_version(PartRules(), AttributeRegistry())
    assert parts_config_version(PartRules(refresh_after_h=1), AttributeRegistry()) == base
    assert parts_config_version(PartRules(confidence_floor=0.6), AttributeRegistry()) != base
