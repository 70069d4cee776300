"""Records: what counts, what loses and why, and what a person has to see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.fused_record import fused_record
from attrgen_assets.domain.parts.record import NotApplicable, PartRecord, PartRules
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.tables import Status

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
CHAIN = SupersessionChain(asked="X1", end="current")
REQUIRED = [name for name, field in PART_FIELDS.items() if field.required]


def claim(attribute: str, value: Any, source: str = "marcone", **more: Any) -> Claim:
    """A claim about the part X1."""
    return Claim(object="X1", attribute=attribute, source=source, value=value, raw=str(value), observed_at=SEEN, **more)


def record(*claims: Claim, rules: PartRules | None = None, chain: SupersessionChain = CHAIN) -> PartRecord:
    """The record of these claims."""
    return fused_record(chain, claims, rules or PartRules())


def test_a_record_has_all_fields_in_order_and_names_the_required_ones_that_are_missing() -> None:
    made = record(claim("mpn", "X1"))
    assert list(made.fields) == list(PART_FIELDS)
    assert made.missing == tuple(name for name in REQUIRED if name != "mpn")
    assert not made.complete
    assert "manufacturer is required and not FOUND" in made.needs_review


@given(
    suspect=st.floats(min_value=200, max_value=10_000),
    sound=st.lists(st.floats(min_value=1, max_value=90), max_size=3),
)
def test_a_suspect_claim_is_never_published_and_is_kept_with_its_reason(suspect: float, sound: list[float]) -> None:
    bad = claim("box_length_in", suspect, "encompass", unit="in", flags=("suspect",), note="too long")
    good = [claim("box_length_in", value, f"s{at}", unit="in") for at, value in enumerate(sound)]
    made = record(bad, *good).fields["box_length_in"]
    assert made.value != round(suspect, 4)
    assert (made.status is Status.FOUND) == bool(good)
    assert ("encompass", "suspect: too long") in [(lost.source, lost.why) for lost in made.losing]


def test_a_number_with_a_wrong_check_digit_is_no_gtin() -> None:
    made = record(claim("upc_ean_gtin", "036000291453"), claim("upc_ean_gtin", "036000291452", "amazon"))
    field = made.fields["upc_ean_gtin"]
    assert (field.value, field.source) == ("036000291452", "amazon")
    assert [lost.value for lost in field.losing] == ["036000291453"]


def test_a_stale_price_loses_to_a_fresh_one_and_stands_where_it_is_alone() -> None:
    stale = claim("msrp", 10.0, flags=("stale",))
    assert record(stale).fields["msrp"].value == 10.0
    both = record(stale, claim("msrp", 30.0, "encompass")).fields["msrp"]
    assert (both.value, both.source) == (30.0, "encompass")
    assert both.losing[0].why.startswith("stale")


def test_prices_are_the_median_and_an_outlier_counts_for_nothing() -> None:
    prices = {"a": 29.0, "b": 30.0, "c": 31.0, "d": 900.0}
    field = record(*(claim("current_selling_price", value, source) for source, value in prices.items())).fields
    assert field["current_selling_price"].value == 30.0


def test_lists_are_united_and_tables_have_each_name_once() -> None:
    made = record(
        claim("compatible_models", ["A", "B"]),
        claim("compatible_models", ["b", "C"], "encompass"),
        claim("specification_table", [{"name": "Volts", "value": "12 V"}]),
        claim("specification_table", [{"name": "volts", "value": "12 V"}], "encompass"),
    )
    assert sorted(text.casefold() for text in made.fields["compatible_models"].value) == ["a", "b", "c"]
    assert len(made.fields["specification_table"].value) == 1
    assert made.fields["compatible_models"].losing == ()


PREFERS = PartRules(specification_sources=("encompass",), specifications=("voltage",))


def test_a_preferred_source_wins_a_specification_and_the_others_are_on_record() -> None:
    voltage = [claim("voltage", 120.0, "amazon", unit="V"), claim("voltage", 12.0, "encompass", unit="V")]
    for rules, value in ((PREFERS, 12.0), (PREFERS.model_copy(update={"specification_sources": ("amazon",)}), 120.0)):
        field = record(*voltage, rules=rules).fields["voltage"]
        assert (field.value, field.method) == (value, "priority")
        assert len(field.losing) == 1


def test_evidence_overrules_a_preferred_source() -> None:
    others = [claim("voltage", 120.0, source, unit="V") for source in ("amazon", "marcone", "reliable_parts")]
    field = record(*others, claim("voltage", 12.0, "encompass", unit="V"), rules=PREFERS).fields["voltage"]
    assert (field.value, [lost.source for lost in field.losing]) == (120.0, ["encompass"])
    assert field.confidence is not None
    assert field.confidence > 0.5


@pytest.mark.parametrize(("floor", "held"), [(0.0, False), (0.9, True)])
def test_any_field_that_is_found_and_unsure_waits_for_a_person(floor: float, held: bool) -> None:
    made = record(claim("color", "Red"), claim("color", "Blue", "amazon"), rules=PartRules(review_floor=floor))
    assert any(reason.startswith("color is less sure than 0.9") for reason in made.needs_review) == held


HINGED = PartRules(not_applicable=(NotApplicable(words=("bin", "belt", "knob", "gasket"), fields=("voltage",)),))


@pytest.mark.parametrize(
    "title", ["GE Ice Bin Auger Motor WR60X1", "Dryer Drum Belt Switch", "Control Panel and Knob Assembly"]
)
def test_a_word_in_a_title_is_not_what_the_part_is(title: str) -> None:
    made = record(claim("part_title", title), claim("voltage", 120.0, unit="V"), rules=HINGED)
    assert (made.fields["voltage"].status, made.fields["voltage"].value) == (Status.FOUND, 120.0)


@pytest.mark.parametrize(
    "title", ["Control Knob 123 Replacement Kit", "GASKET-DOOR, FF", "Drive Belts for GE dryer motors"]
)
def test_the_head_noun_of_a_title_is_what_the_part_is(title: str) -> None:
    field = record(claim("part_title", title), claim("voltage", 120.0, unit="V"), rules=HINGED).fields["voltage"]
    assert field.status is Status.NOT_APPLICABLE
    assert field.losing[0].value == "120.0"


def test_a_rule_yields_to_a_value_that_several_suppliers_have_and_a_person_looks() -> None:
    said = [claim("voltage", 120.0, source, unit="V") for source in ("marcone", "encompass", "amazon")]
    made = record(claim("part_title", "Lighted Control Knob"), *said, rules=HINGED)
    field = made.fields["voltage"]
    assert (field.status, field.value) == (Status.FOUND, 120.0)
    assert field.note == "a knob has none by the rules, but amazon, encompass, marcone have a value"
    assert any(reason.startswith("voltage: the rules say") for reason in made.needs_review)


def test_a_rule_makes_a_field_not_applicable_by_category_and_only_there() -> None:
    rules = PartRules(not_applicable=(NotApplicable(words=("gasket",), fields=("voltage",)),))
    gasket = record(claim("primary_category", "Door Gaskets"), claim("voltage", 12.0, unit="V"), rules=rules)
    assert gasket.fields["voltage"].status is Status.NOT_APPLICABLE
    assert [lost.value for lost in gasket.fields["voltage"].losing] == ["12.0"]
    sensor = record(claim("primary_category", "Sensors"), claim("voltage", 12.0, unit="V"), rules=rules)
    assert sensor.fields["voltage"].value == 12.0


def test_a_source_can_say_not_applicable_where_none_has_a_value() -> None:
    none = claim("voltage", None, flags=("not_applicable",))
    assert record(none).fields["voltage"].status is Status.NOT_APPLICABLE
    assert record(none, claim("voltage", 12.0, "encompass")).fields["voltage"].status is Status.FOUND


def test_a_loop_of_replacements_waits_for_a_person() -> None:
    made = record(claim("mpn", "X1"), chain=SupersessionChain(asked="X1", end="loop"))
    assert "the chain of replacements has no end: loop" in made.needs_review


def test_unsure_required_fields_wait_for_a_person() -> None:
    rules = PartRules(confidence_floor=0.999)
    made = record(claim("manufacturer", "GE"), claim("manufacturer", "Whirlpool", "amazon"), rules=rules)
    assert any(reason.startswith("manufacturer is less sure than") for reason in made.needs_review)
