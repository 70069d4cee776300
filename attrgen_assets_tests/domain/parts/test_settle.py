"""What a new record does to the stored one: people win, policies hold, silence empties nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from attrgen_assets.domain.parts.check import PRICES, hard_failures
from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, LosingValue, PartRecord, PartRules
from attrgen_assets.domain.parts.settle import settled_record
from attrgen_assets.domain.parts.withheld import withheld_failures
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.tables import Status

AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_record(*, source: str = "marcone", chain: tuple[str, ...] = ("A1",), **values: Any) -> PartRecord:
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    for name, value in values.items():
        fields[name] = FieldValue(status=Status.FOUND, value=value, source=source, confidence=0.6, method="accu")
    return PartRecord(part_number=chain[0], mpn=chain[-1], chain=chain, fields=fields)


def said(field: str, value: Any, *, sku: str = "A1") -> Override:
    return Override(
        product_type="appliance_part", sku=sku, attribute=field, value=value, by="ann", at=AT, reason="scales"
    )


def settled(record: PartRecord, **options: Any) -> PartRecord:
    return settled_record(record, **({"stored": None, "reviewed": (), "rules": PartRules()} | options))


def policy(name: str, how: str) -> PartRules:
    return PartRules.model_validate({"update_policies": {name: how}})


def test_a_value_of_a_person_wins_and_the_machine_s_is_kept_beside_it() -> None:
    value = settled(make_record(weight_lbs=2.0), reviewed=[said("weight_lbs", 0.5)]).fields["weight_lbs"]
    assert (value.value, value.confidence, value.method, value.source) == (0.5, 1.0, "reviewed", "ann")
    assert [(lost.source, lost.value, lost.why) for lost in value.losing] == [("marcone", "2", "reviewed by ann")]


def test_a_person_may_say_that_a_field_does_not_apply() -> None:
    value = settled(make_record(voltage=120.0), reviewed=[said("voltage", None)]).fields["voltage"]
    assert (value.status, value.value, value.confidence) == (Status.NOT_APPLICABLE, None, None)


def test_a_required_field_that_a_person_gave_is_not_missing_any_more() -> None:
    required = [name for name, field in PART_FIELDS.items() if field.required]
    values: dict[str, Any] = dict.fromkeys([name for name in required if name != "manufacturer"], "x")
    record = make_record(**values | {"current_selling_price": 9.5})
    assert settled(record).missing == ("manufacturer",)
    reviewed = settled(record, reviewed=[said("manufacturer", "GE")])
    assert (reviewed.missing, reviewed.needs_review) == ((), ())


@pytest.mark.parametrize(
    ("field", "value", "same"),
    [
        ("weight_lbs", 0.25, ["0.250", ".25"]),
        ("color", "Off White", ["off  white"]),
        ("compatible_models", ["M1"], ['["m1"]']),
    ],
)
def test_what_equals_the_value_of_a_person_has_not_lost(field: str, value: Any, same: list[str]) -> None:
    machine = make_record(**{field: value})
    lost = tuple(LosingValue(source="amazon", value=text, why="outvoted") for text in [*same, "7"])
    held = machine.fields[field].model_copy(update={"losing": lost})
    record = machine.model_copy(update={"fields": {**machine.fields, field: held}})
    assert [one.value for one in settled(record, reviewed=[said(field, value)]).fields[field].losing] == ["7"]
    assert len(settled(record, reviewed=[said(field, None)]).fields[field].losing) == len(lost) + 1


def test_the_part_number_is_nobody_s_to_change() -> None:
    assert settled(make_record(mpn="A1"), reviewed=[said("mpn", "OTHER")]).fields["mpn"].value == "A1"


def test_a_price_that_contradicts_a_person_s_is_withheld_and_the_record_waits() -> None:
    reviewed = [said("high_avg_price", 1.0)]
    record = settled(make_record(low_avg_price=20.0, high_avg_price=30.0), reviewed=reviewed)
    low, high = (record.fields[name] for name in ("low_avg_price", "high_avg_price"))
    assert (high.value, low.status, low.value) == (1.0, Status.NOT_FOUND, None)
    assert (low.losing[0].source, low.losing[0].value) == ("marcone", "20")
    told = "low_avg_price: withheld: 20 is above high_avg_price, 1; allowed: at most high_avg_price"
    assert told in record.needs_review
    (failure,) = withheld_failures(record)
    assert (failure.field, failure.value, failure.allowed) == ("low_avg_price", "20", "at most high_avg_price")
    assert settled(record, stored=record, reviewed=reviewed).fields == record.fields
    again = settled(make_record(low_avg_price=0.5), stored=record, reviewed=reviewed)
    assert again.fields["low_avg_price"].value == 0.5
    assert not list(withheld_failures(again))


@pytest.mark.parametrize("by_people", [True, False])
def test_of_two_prices_that_nobody_can_tell_right_from_wrong_both_are_withheld(by_people: bool) -> None:
    prices: dict[str, Any] = {"low_avg_price": 20.0, "high_avg_price": 1.0}
    reviewed = [said(name, value) for name, value in prices.items()] if by_people else []
    record = settled(make_record(**prices), reviewed=reviewed)
    assert {one.field for one in withheld_failures(record)} == {"low_avg_price", "high_avg_price"}


@given(
    st.fixed_dictionaries(
        {name: st.sampled_from([-1.0, 0.0, 0.5, 2.0, 3.0, 20_000.0, None]) for name in PRICES},
        optional={"upc_ean_gtin": st.sampled_from(["4006381333931", "123"]), "color": st.sampled_from(["Red", " "])},
    ),
    st.sets(st.sampled_from(PRICES)),
)
def test_whatever_is_settled_breaks_no_hard_rule_and_loses_no_value(values: dict[str, Any], people: set[str]) -> None:
    values = {name: value for name, value in values.items() if value is not None}
    reviewed = [said(name, values[name]) for name in people & values.keys()]
    record = settled(make_record(**values), reviewed=reviewed)
    assert not list(hard_failures(record))
    for name, value in values.items():
        held = record.fields[name]
        assert held.value == value or (held.review and value_text(value) in [lost.value for lost in held.losing])


def test_a_correction_of_another_part_is_of_no_concern() -> None:
    assert settled(make_record(color="Red"), reviewed=[said("color", "Blue", sku="B2")]).fields["color"].value == "Red"


def test_what_only_a_silent_supplier_knew_stays_and_says_so() -> None:
    stored, new = make_record(color="Red"), make_record()
    kept = settled(new, stored=stored, silent=frozenset({"marcone"})).fields["color"]
    assert (kept.value, kept.note) == ("Red", "kept: marcone did not answer")
    assert settled(new, stored=stored).fields["color"].status is Status.NOT_FOUND
    both = make_record(source="amazon, marcone", color="Red")
    assert settled(new, stored=both, silent=frozenset({"marcone"})).fields["color"].value == "Red"
    kept = settled(new, stored=stored, rules=policy("color", "keep")).fields["color"]
    assert (kept.value, kept.note) == ("Red", "kept: the policy of the field is keep")


def test_a_policy_keeps_the_first_value_and_tells_what_came_later() -> None:
    kept = settled(make_record(color="Blue"), stored=make_record(color="Red"), rules=policy("color", "keep"))
    assert kept.fields["color"].value == "Red"
    assert [lost.value for lost in kept.fields["color"].losing] == ["Blue"]
    assert (
        settled(make_record(color="Blue"), stored=make_record(), rules=policy("color", "keep")).fields["color"].value
        == "Blue"
    )


def test_lists_merge_those_that_are_stored_first_each_once() -> None:
    rules = policy("compatible_models", "merge")
    stored, new = (
        make_record(compatible_models=["M2", "m1"]),
        make_record(source="amazon", compatible_models=["M1", "M3"]),
    )
    value = settled(new, stored=stored, rules=rules).fields["compatible_models"]
    assert (value.value, value.source) == (["M2", "m1", "M3"], "amazon, marcone")


def test_former_part_numbers_that_are_known_stay_known() -> None:
    stored = make_record(chain=("OLD", "A1"))
    assert settled(make_record(), stored=stored).chain == ("OLD", "A1")
    assert settled(make_record(chain=("OTHER", "A1")), stored=stored).chain == ("OTHER", "A1")


def test_a_text_cannot_merge() -> None:
    with pytest.raises(ValidationError, match="color cannot merge"):
        policy("color", "merge")


MODELS = st.lists(st.sampled_from(["M1", "m1", "M2", "M3", "M4"]), min_size=1, max_size=4)
RECORDS = st.builds(
    lambda color, models, source: make_record(source=source, color=color, compatible_models=models),
    st.sampled_from(["Red", "Blue", "White"]),
    MODELS,
    st.sampled_from(["marcone", "amazon"]),
)


@given(st.lists(RECORDS, min_size=1, max_size=5), st.sampled_from(["overwrite", "keep"]))
def test_no_sequence_of_machines_changes_what_a_person_said(records: list[PartRecord], how: str) -> None:
    stored = None
    for record in records:
        stored = settled(record, stored=stored, reviewed=[said("color", "Green")], rules=policy("color", how))
        assert (stored.fields["color"].value, stored.fields["color"].method) == ("Green", "reviewed")


@given(RECORDS, RECORDS)
def test_settling_twice_is_settling_once(first: PartRecord, second: PartRecord) -> None:
    for rules in (policy("compatible_models", "merge"), policy("color", "keep"), PartRules()):
        once = settled(second, stored=first, rules=rules)
        assert settled(second, stored=once, rules=rules).fields["compatible_models"].value == (
            once.fields["compatible_models"].value
        )
        assert settled(once, stored=once, rules=rules).fields == once.fields


@given(MODELS, MODELS)
def test_a_merge_loses_nothing_and_keeps_the_order(first: list[str], second: list[str]) -> None:
    rules = policy("compatible_models", "merge")
    stored, new = make_record(compatible_models=first), make_record(compatible_models=second)
    merged = settled(new, stored=stored, rules=rules).fields["compatible_models"].value
    folded = [one.casefold() for one in merged]
    assert set(folded) == {one.casefold() for one in [*first, *second]}
    assert folded == list(dict.fromkeys(one.casefold() for one in [*first, *second]))
