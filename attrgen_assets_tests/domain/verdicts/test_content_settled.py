"""Texts are held against the record that is stored, not the one they were written for."""

from typing import Any

import pytest

from attrgen_assets.domain.parts.record import FieldValue, PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.content_settled import settled_content, template_of
from attrgen_assets.domain.verdicts.model import RecordContent
from attrgen_assets.domain.verdicts.template import template_content
from attrgen_assets_tests.domain.verdicts.making import MPN, make_record

TITLE = f"GE Temperature Sensor {MPN}"
TEXT = f"A beige 12 V temperature sensor by GE for model GE04886, {MPN}."
RECORD = make_record()


def content(title: str = TITLE, description: str = TEXT, **changes: Any) -> dict[str, Any]:
    written = RecordContent(title=title, description=description, method="model", by="grok")
    return written.model_copy(update=changes).model_dump(mode="json")


def changed(method: str = "accu", **values: Any) -> PartRecord:
    given = {
        name: FieldValue(status=Status.FOUND, value=value, source="shop", confidence=0.9, method=method)
        if value is not None
        else FieldValue(status=Status.NOT_APPLICABLE, method=method)
        for name, value in values.items()
    }
    return RECORD.model_copy(update={"fields": {**RECORD.fields, **given}})


def settled(made: dict[str, Any], stored: PartRecord) -> RecordContent:
    return RecordContent.model_validate(settled_content(made, written_for=RECORD, stored=stored))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"voltage": 240.0}, "12 V is not among the facts"),
        ({"voltage": None}, "12 V is not among the facts"),
        ({"voltage": 240.0, "box_width_in": 12.0}, "12 V is not among the facts"),
        ({"color": "White"}, "color is no longer Beige"),
        ({"manufacturer": "Fictiva"}, "manufacturer is no longer GE"),
        ({"primary_category": "Valves"}, "primary_category is no longer Sensors"),
        ({"compatible_models": ["DA97-12345A"]}, "GE04886 is not among the facts"),
    ],
)
def test_a_text_that_says_what_is_no_longer_so_gives_way_to_the_template(values: dict[str, Any], reason: str) -> None:
    stored = changed(**values)
    found = settled(content(), stored)
    assert (found.method, (found.title, found.description)) == ("template", template_content(stored))
    (refused,) = found.refused
    assert (refused.name, refused.description) == ("grok", TEXT)
    assert reason in refused.reasons


def test_a_side_that_became_another_s_is_no_longer_this_one_s() -> None:
    before = changed(product_length_in=5.0, product_width_in=6.0)
    after = changed(product_length_in=6.0, product_width_in=5.0)
    text = f"A temperature sensor by GE, 5 in long, with the number {MPN}."
    found = settled_content(content(description=text), written_for=before, stored=after)
    assert found is not None
    assert found["refused"][0]["reasons"][0] == "product_length_in is no longer 5 in"


@pytest.mark.parametrize("values", [{"weight_lbs": 9.0}, {"msrp": 12.0}, {"color": "beige"}, {"finish": "Chrome"}])
def test_a_text_that_still_holds_stays(values: dict[str, Any]) -> None:
    assert settled(content(), changed(**values)).model_dump(mode="json") == content()


def test_nothing_is_done_where_nothing_changed_and_for_no_text() -> None:
    made = content(description="It says 999 V, and nobody reads it here.")
    assert settled_content(made, written_for=RECORD, stored=RECORD) is made
    assert settled_content(None, written_for=RECORD, stored=changed(color="Red")) is None


def test_the_template_writes_again_and_a_person_s_words_are_taken() -> None:
    stored = changed("reviewed", part_title="Ann's title", voltage=240.0)
    found = settled(template_of(RECORD).model_dump(mode="json"), stored)
    assert (found.title, found.method) == ("Ann's title", "template")
    assert "Voltage: 240 V." in found.description
    both = changed("reviewed", part_title="Ann's title", long_description="12 V, says Ann.", voltage=240.0)
    found = settled(content(), both)
    assert (found.title, found.description, found.method, found.refused) == (
        "Ann's title", "12 V, says Ann.", "reviewed", (),
    )  # fmt: skip
    later = settled_content(found.model_dump(mode="json"), written_for=both, stored=changed(voltage=240.0))
    assert later is not None
    assert (later["method"], later["title"]) == ("template", template_content(changed(voltage=240.0))[0])
