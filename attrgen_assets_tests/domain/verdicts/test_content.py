"""A text says nothing that the facts do not."""

from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.record import FieldValue, PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.content import DESCRIPTION_MOST, TITLE_MOST, claims_beyond, faults_of, read_content
from attrgen_assets.domain.verdicts.facts import Facts, facts_of
from attrgen_assets.domain.verdicts.template import template_content
from attrgen_assets.domain.verdicts.texts import stated
from attrgen_assets_tests.domain.verdicts.making import MPN, make_claim, make_claims, make_record

FACTS = facts_of(make_record())
GOOD = (
    "GE Temperature Sensor WR55X10025",
    "A beige 12 V temperature sensor by GE for refrigerators, part wr55-x10025. It weighs 0.30 lb (.3 lbs) and fits "
    "the models GE04886 and DA97-12345A.",
)


def test_a_text_from_facts_is_taken() -> None:
    assert faults_of(*GOOD, FACTS) == ()


@pytest.mark.parametrize(
    "said",
    [
        "40 pieces", "12.5 V", "-12 V", "12 lb", "12 inches", "twelve inches", "120/240V", "1/2", "½", "a five-pack",
        "１３", "٤٢", "三", "1\u200b3", "1e5", "12.0.1", "WR55X10026", "WR55X10025-50PK", "WR55X1002", "W55X10025",
        "DA97-12345B", "GE04887", "023303536571", "M10x1.25", "99%", "5th", "$12", "1,200", "3-prong", "#7", "12,5",
        "29.91", "x13", "call 1-800-555-0100", "②", "10²",
    ],
)  # fmt: skip
def test_numbers_and_codes_that_are_no_facts_are_refused(said: str) -> None:
    assert claims_beyond(f"The sensor has {said} in all.", FACTS) != []


@pytest.mark.parametrize("said", ["see https://example.com", "www.example", "<b>sensor</b>", "a@b", "shop.com", "{x}"])
def test_links_addresses_and_markup_are_refused(said: str) -> None:
    assert faults_of(GOOD[0], f"{GOOD[1]} {said}", FACTS) != ()


@pytest.mark.parametrize(
    ("title", "description"),
    [("", GOOD[1]), ("x" * (TITLE_MOST + 1), GOOD[1]), (GOOD[0], "Short."), (GOOD[0], "x " * DESCRIPTION_MOST)],
)
def test_lengths_have_limits(title: str, description: str) -> None:
    assert len(faults_of(title, description, FACTS)) == 1


WORDS = st.sampled_from("the sensor fits a door and is made for GE refrigerators of".split())
NUMBERS = st.one_of(
    st.integers(0, 10**9).map(str),
    st.integers(1000, 10**8).map("{:,}".format),
    st.floats(0.01, 10_000).map("{:.2f}".format),
    st.integers(0, 999).map(lambda number: f"{number}".translate({48 + digit: 0xFF10 + digit for digit in range(10)})),
)


@given(st.lists(WORDS, max_size=8), NUMBERS, st.sampled_from(["", "V", " lb", "-pack", "%", ".", ","]), st.lists(WORDS))
def test_a_text_with_a_number_that_is_no_fact_is_always_refused(
    before: list[str], number: str, behind: str, after: list[str]
) -> None:
    value = float("".join(str(int(one)) if one.isdigit() else one for one in number.replace(",", "")))
    assume(all(abs(value - known) > 1e-6 * max(value, known) for known, _ in FACTS.numbers))
    assert claims_beyond(" ".join([*before, f"{number}{behind}", *after]), FACTS) != []


@given(
    st.lists(WORDS, max_size=5), st.from_regex(r"[A-Z]{2,3}[0-9]{2}[A-Z]?[0-9]{3,5}", fullmatch=True), st.lists(WORDS)
)
def test_a_code_that_is_no_fact_is_always_refused(before: list[str], code: str, after: list[str]) -> None:
    assume(code not in FACTS.codes)
    for written in (code, code.lower(), f"{code[:4]}-{code[4:]}", f"({code})"):
        assert claims_beyond(" ".join([*before, written, *after]), FACTS) != []


def test_prose_prices_and_links_are_no_facts() -> None:
    claims = make_claims(make_claim("long_description", "Call 1-800-555-0100, only $5, part ABC12345."))
    facts = facts_of(make_record(claims))
    assert "long_description" not in facts.shown
    assert claims_beyond("ABC12345 for $5 or 29.91", facts) == [
        f"{one} is not among the facts" for one in ("ABC12345", "5 USD", "29.91")
    ]


def test_only_what_is_found_is_a_fact() -> None:
    record = make_record()
    unknown = FieldValue(status=Status.NOT_FOUND, note="no value could be used: 240")
    facts = facts_of(record.model_copy(update={"fields": {**record.fields, "voltage": unknown}}))
    assert claims_beyond("a 12 V sensor", facts) != []


VALUES = st.text(st.characters(codec="utf-8"), max_size=40)


@example({"part_title": '"0', "manufacturer": "", "color": "", "material": "", "finish": ""}, [], 1.0)
@example({"part_title": "L:0", "manufacturer": "", "color": "", "material": "", "finish": ""}, [], 1.0)
@example({"part_title": "0\nL", "manufacturer": "", "color": "", "material": "", "finish": ""}, [], 1.0)
@given(
    st.fixed_dictionaries(dict.fromkeys(("part_title", "manufacturer", "color", "material", "finish"), VALUES)),
    st.lists(VALUES, max_size=12),
    st.floats(0.01, 600),
)
def test_the_template_says_nothing_beyond_the_facts(texts: dict[str, str], models: list[str], volts: float) -> None:
    values: dict[str, Any] = {**texts, "compatible_models": models, "voltage": round(volts, 3)}
    fields = {
        name: FieldValue(status=Status.FOUND, value=value, source="shop", confidence=0.9, method="accu")
        for name, value in values.items()
    }
    record = PartRecord(part_number=MPN, mpn=MPN, chain=(MPN,), fields=fields)
    assert [claim for text in template_content(record) for claim in claims_beyond(text, facts_of(record))] == []


def test_the_template_leaves_markup_and_links_out() -> None:
    claims = make_claims(
        make_claim("finish", "<script>alert(1)</script>"), make_claim("material", "see www.example.com")
    )
    _, description = template_content(make_record(claims))
    assert "script" not in description
    assert "www" not in description
    assert "Color: Beige." in description


@pytest.mark.parametrize("value", [None, [], {"title": "x"}, {"title": 1, "description": "x"}])
def test_an_answer_without_both_texts_is_none(value: Any) -> None:
    assert read_content(value) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1\u200b2", 12), ("1\u03012", 12), ("twenty-five", 25), ("Forty two", 42), ("two hundred", 200),
        ("a dozen", 12), ("1.5 thousand", 1500), ("3/4", 0.75), ("¾", 0.75), ("1,234.5", 1234.5), (".5", 0.5),
        ("-5 degrees", -5),
    ],
)  # fmt: skip
def test_numbers_are_read_as_numbers(text: str, number: float) -> None:
    assert [one.number for one in stated(f"It has {text} of them")] == [number]


def test_a_unit_counts_where_it_is_written() -> None:
    facts = Facts({}, frozenset({(12.0, "V")}), frozenset())
    assert claims_beyond("12 12V 12-volt 12 volts", facts) == []
    assert len(claims_beyond("12 lb; 12 ft", facts)) == 2
    assert claims_beyond("weighs 12\nlb", facts) == ["12 lb is not among the facts"], "whatever is between the two"


def test_title_and_description_are_read_each_by_itself() -> None:
    title, description = "Sensor that ends with 12", "L is what it begins with, and it runs on 12 V, as it should."
    facts = Facts({}, frozenset({(12.0, "V")}), frozenset())
    assert faults_of(title, description, facts) == ()
    assert faults_of(title, f"{description} 5 lb.", facts) == ("5 lb is not among the facts",)
