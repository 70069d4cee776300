"""Specification tables: merged under one name, measured, ordered, and nothing lost."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.catalogue.registry import AttributeRegistry, AttributeSpec, Category, attribute_name
from attrgen_assets.domain.catalogue.specifications import SpecTable, spec_table, with_own_rows
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, PartRecord
from attrgen_assets.domain.tables import Status

SEEN = datetime(2026, 1, 1, tzinfo=UTC)


def known(name: str, category: Category, **options: Any) -> AttributeSpec:
    return AttributeSpec(name=name, display_name=options.pop("shown", name.title()), category=category, **options)


REGISTRY = AttributeRegistry(
    attributes=(
        known("voltage", "electrical", kind="number", unit="V", field="voltage"),
        known("wattage", "electrical", kind="number", unit="W", shown="Power", aliases=("watts",)),
        known("hose", "mechanical", kind="number", unit="in"),
        known("hazardous", "other", kind="boolean"),
        known("material", "physical", field="material"),
    )
)


def listed(source: str, **entries: str) -> Claim:
    rows = [{"name": name.replace("_", " "), "value": value} for name, value in entries.items()]
    return Claim(object="A1", attribute="specification_table", source=source, value=rows, raw="", observed_at=SEEN)


def make_record(**values: Any) -> PartRecord:
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    for name, value in values.items():
        fields[name] = FieldValue(status=Status.FOUND, value=value, source="marcone", confidence=0.8, method="accu")
    return PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields=fields)


def table_of(*claims: Claim, **values: Any) -> SpecTable:
    return spec_table(make_record(**values), claims, REGISTRY)


def test_aliases_and_units_come_together_in_one_line() -> None:
    table = table_of(listed("a", watts="85 W"), listed("b", Power="0.085 kW"), listed("c", Power="60"))
    (row,) = table.rows
    assert (row.name, row.value, row.unit, row.text, row.source) == ("wattage", 85.0, "W", "85 W", "a, b")
    assert [(lost.source, lost.value) for lost in row.losing] == [("c", "60")]
    assert 0 < row.confidence < 1


def test_lines_are_in_the_order_of_categories_then_of_the_registry() -> None:
    claims = [listed("a", Zebra="yes", hazardous="no", Hose="1/2 in", Power="5 W", Gear="12 teeth")]
    table = table_of(*claims, voltage=120.0, material="Steel")
    assert [row.name for row in table.rows] == ["voltage", "wattage", "hose", "gear", "material", "hazardous", "zebra"]
    assert {category: len(rows) for category, rows in table.by_category().items()} == {
        "electrical": 2, "mechanical": 2, "physical": 1, "other": 2,
    }  # fmt: skip
    by_name = {row.name: row for row in table.rows}
    assert (by_name["hazardous"].value, by_name["hazardous"].text) == (False, "No")
    assert (by_name["hose"].value, by_name["hose"].text) == (0.5, "0.5 in (1.27 cm)")
    assert [row.name for row in table.rows if row.discovered] == ["gear", "zebra"]


def test_a_field_of_the_record_is_a_line_as_it_is_and_others_lose_against_it() -> None:
    table = table_of(listed("a", Voltage="240 V"), listed("b", Voltage="120V"), voltage=120.0)
    (row,) = table.rows
    assert (row.value, row.text, row.source, row.confidence) == (120.0, "120 V", "b, marcone", 0.8)
    assert [(lost.source, lost.value) for lost in row.losing] == [("a", "240 V")]


def test_who_agrees_with_a_field_is_among_its_sources_and_a_range_does_not_agree_with_one_end() -> None:
    (row,) = table_of(listed("a", Voltage="120V"), listed("b", Voltage="120-240 V"), voltage=120.0).rows
    assert (row.source, [lost.value for lost in row.losing]) == ("a, marcone", ["120-240 V"])


def test_what_does_not_apply_is_no_line_whatever_a_table_says() -> None:
    record = make_record()
    fields = dict(record.fields) | {"voltage": FieldValue(status=Status.NOT_APPLICABLE)}
    table = spec_table(record.model_copy(update={"fields": fields}), [listed("a", Voltage="120V")], REGISTRY)
    assert (table.rows, [left.why for left in table.left_out]) == ((), ["the field voltage is NOT_APPLICABLE"])


def test_a_range_stays_a_range() -> None:
    (row,) = table_of(listed("a", Power="80-90 W")).rows
    assert (row.value, row.text) == ([80.0, 90.0], "80 to 90 W")


def test_what_cannot_be_used_is_left_out_with_a_reason() -> None:
    table = table_of(listed("a", Power="strong", Hose="5 V", hazardous="n/a"))
    assert table.rows == ()
    assert [(left.name, left.why) for left in table.left_out] == [
        ("Power", "not a number in W"), ("Hose", "not a number in in"), ("hazardous", "says nothing"),
    ]  # fmt: skip


def test_a_corrected_field_changes_its_own_line_alone() -> None:
    claims = [listed("a", Power="5 W", Voltage="24 V")]
    before = spec_table(make_record(voltage=120.0), claims, REGISTRY)
    assert before.rows[0].losing[0].value == "24 V"
    after = with_own_rows(before, make_record(voltage=12.0, material="Steel"), REGISTRY)
    assert [lost.value for lost in after.rows[0].losing] == ["24 V"]
    assert [(row.name, row.text) for row in after.rows] == [
        ("voltage", "12 V"), ("wattage", "5 W"), ("material", "Steel"),
    ]  # fmt: skip


NAMES = st.sampled_from(["watts", "Power", "hazardous", "Hose", "Zebra", "Gear", "", "Material"])
VALUES = st.sampled_from(["85 W", "85", "1/2 in", "yes", "no", "n/a", "steel", "5 V", "-", "80-90 W", "x"])
ENTRIES = st.lists(st.tuples(st.sampled_from("abc"), NAMES, VALUES), max_size=12)


@given(ENTRIES)
def test_no_entry_is_lost(entries: list[tuple[str, str, str]]) -> None:
    claims = [
        Claim(object="A1", attribute="specification_table", source=source, raw="", observed_at=SEEN,
              value=[{"name": name, "value": value} for of, name, value in entries if of == source])
        for source in "abc"
    ]  # fmt: skip
    table = table_of(*claims)
    assert len({row.name for row in table.rows}) == len(table.rows)
    left_out = {(left.source, left.name, left.value) for left in table.left_out}
    for source, name, value in entries:
        spec = REGISTRY.find(name)
        row = next((row for row in table.rows if row.name == (spec.name if spec else attribute_name(name))), None)
        lost = {(one.source, one.value) for one in row.losing} if row else set()
        taken = row is not None and source in row.source.split(", ")
        assert (source, name, value) in left_out or taken or (source, value) in lost


@given(st.permutations(["a", "b", "c"]))
def test_the_order_of_sources_makes_no_difference(order: list[str]) -> None:
    said = {"a": "85 W", "b": "85", "c": "60 W"}
    assert table_of(*(listed(source, Power=said[source]) for source in order)) == table_of(
        *(listed(source, Power=said[source]) for source in "abc")
    )
