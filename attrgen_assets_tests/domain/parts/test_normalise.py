"""Raw responses become claims by data alone; whatever comes in, nothing falls over and nothing false is published."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.claims import Claim, claims_frame
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.normalise import documents_of, normalise, succession_of
from attrgen_assets_tests.domain.parts.making import SEEN, make_config, make_response


def _claim(attribute: str, found: Any, *, rule: dict[str, Any] | None = None, **config: Any) -> Claim | None:
    claims = normalise([make_response({"x": found})], make_config({attribute: {"path": "x", **(rule or {})}}, **config))
    return claims[0] if claims else None


@pytest.mark.parametrize(
    ("attribute", "found", "rule", "value"),
    [
        ("msrp", "$1,234.50", {}, 1234.5),
        ("weight_lbs", "8 oz", {}, 0.5),
        ("weight_lbs", 2, {"unit": "kg"}, 4.409245),
        ("voltage", "120V", {}, 120.0),
        ("voltage", "120 volts", {}, 120.0),
        ("box_length_in", "6.0 x 4.5 x 2 in", {"pattern": r"^([\d.]+) x", "unit": "in"}, 6.0),
        ("part_type", "GENUINE", {"values": {"Genuine": "oem"}}, "oem"),
        ("part_title", "  Door\n bin\t ", {}, "Door bin"),
        ("cross_reference_parts", "A | B |  | a", {"split": "|"}, ["A", "B"]),
        ("compatible_models", ["M1", 7, None, "N/A", ""], {}, ["M1", "7"]),
        ("upc_ean_gtin", "0 36000 29145 2", {}, "036000291452"),
        ("specification_table", {"Volts": 120, "Fuse": "N/A"}, {}, [{"name": "Volts", "value": "120"}]),
        ("current_selling_price", [9.0, None, 3.0, 6.0], {"reduce": "median"}, 6.0),
        ("high_avg_price", [1.0, 2.0, 3.0, 4.0], {"reduce": "high_half_mean"}, 3.5),
    ],
)
def test_values_are_read_by_the_kind_of_their_field(
    attribute: str, found: Any, rule: dict[str, Any], value: Any
) -> None:
    claim = _claim(attribute, found, rule=rule)
    assert claim is not None
    assert (claim.value, claim.flags) == (value, ())


@pytest.mark.parametrize(
    ("attribute", "found", "flag", "note"),
    [
        ("box_length_in", 6000, "suspect", "if hundredths: 60, if thousandths: 6"),
        ("box_length_in", -3, "suspect", "not within"),
        ("current_selling_price", 0, "suspect", "not within"),
        ("upc_ean_gtin", "036000291453", "suspect", "check digit"),
        ("msrp", "12 EUR", "malformed", "'eur' is no unit of msrp"),
        ("weight_lbs", True, "malformed", "a boolean"),
        ("weight_lbs", {"value": 3}, "malformed", "an object"),
        ("part_title", ["a"], None, ""),
        ("part_title", {"a": 1}, "malformed", "a text was expected"),
        ("part_title", "x" * 20_001, "malformed", "20,001 characters"),
        ("primary_image_url", "javascript:alert(1)", "malformed", "no http(s) URL"),
        ("primary_image_url", "http://[", "malformed", "no http(s) URL"),
        ("part_type", "magic", "malformed", "none of oem"),
        ("compatible_models", list(range(5_001)), "malformed", "a list of 5,001"),
        ("voltage", "n/a", "not_applicable", "says so"),
    ],
)
def test_what_cannot_be_is_flagged_with_the_reason(attribute: str, found: Any, flag: str | None, note: str) -> None:
    claim = _claim(attribute, found)
    assert claim is not None
    assert claim.flags == (() if flag is None else (flag,))
    assert note in claim.note
    assert claims_frame([claim]).height == (0 if flag in ("suspect", "malformed") else 1)


@pytest.mark.parametrize("found", ["", None, "null", [], {}])
def test_what_states_nothing_is_no_claim(found: Any) -> None:
    assert _claim("part_title", found) is None


@pytest.mark.parametrize("zero", [0, 0.0, "0", "0.00", "000"])
def test_zero_is_a_marker_where_the_config_says_so(zero: Any) -> None:
    assert _claim("weight_lbs", zero, rule={"missing": ["0"]}) is None


def test_a_path_that_meets_another_kind_than_its_function_takes_is_on_record() -> None:
    claim = _claim("part_title", 3, rule={"path": "join(' ', x)"})
    assert claim is not None
    assert claim.flags == ("malformed",)
    assert "join()" in claim.note


def test_old_prices_are_stale_and_carry_their_own_date() -> None:
    rule = {"path": "x.price", "observed": "x.date", "stale_after_days": 365}
    old, new = (
        _claim("msrp", {"price": 5, "date": (SEEN - timedelta(days=days)).date().isoformat()}, rule=rule)
        for days in (400, 10)
    )
    assert old is not None
    assert new is not None
    assert (old.flags, new.flags) == (("stale",), ())
    assert old.observed_at.date() == (SEEN - timedelta(days=400)).date()


def test_the_last_sound_attempt_counts_and_pages_are_put_together() -> None:
    paged = {"path": "/s", "required": True, "pages": {"total": "n", "size": 1}}
    config = make_config({"compatible_models": "[].m"}, endpoints={"part": paged})
    responses = [
        make_response({"m": "second"}, page=2),
        make_response("{", page=1, error="answer refused"),
        make_response({"m": "first"}, page=1, attempt=2),
        make_response({"m": "other"}, page=3, status=500),
    ]
    assert [claim.value for claim in normalise(responses, config)] == [["first", "second"]]


def test_a_later_rule_stands_in_for_one_that_found_nothing_that_can_be_published() -> None:
    config = make_config({})
    rules = [{"endpoint": "part", "path": "a", "unit": "in"}, {"endpoint": "part", "path": "b", "unit": "in"}]
    config = type(config).model_validate({**config.model_dump(), "fields": {"box_length_in": rules}})
    assert [c.value for c in normalise([make_response({"a": 6000, "b": 6})], config)] == [6.0]
    assert [c.flags for c in normalise([make_response({"a": 6000})], config)] == [("suspect",)]


@pytest.mark.parametrize(
    ("status", "successor", "gone"),
    [
        ("NLA use sub WR55X10025", "WR55X10025", True),
        ("No longer available", None, True),
        ("NLA use sub //", None, True),
        ("ACTIVE", None, False),
        ("enlarged", None, False),
        (7, None, False),
    ],
)
def test_supersession_is_read_from_what_suppliers_write(status: Any, successor: str | None, gone: bool) -> None:
    rule = {"endpoint": "part", "successor": "s", "pattern": "(?i)use sub ([A-Z0-9./-]+)", "discontinued": "s"}
    config = make_config({}, supersession=rule)
    found = succession_of(documents_of([make_response({"s": status})], config), config)
    assert (found.superseded_by, found.discontinued) == (successor, gone)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("xyab"), inner, max_size=4),
    max_leaves=12,
)


@given(found=_JSON)
def test_any_json_in_any_field_is_a_value_of_its_kind_or_a_flag(found: Any) -> None:
    config = make_config({name: {"path": "x", "observed": "x", "split": "|"} for name in PART_FIELDS})
    claims = normalise([make_response({"x": found})], config)
    kinds: dict[str, type] = {
        "number": float,
        "text": str,
        "url": str,
        "enum": str,
        "text_list": list,
        "url_list": list,
        "table": list,
    }
    for claim in claims:
        value: Any = claim.value
        if value is None:
            assert claim.flags
        else:
            assert isinstance(value, kinds[PART_FIELDS[claim.attribute].kind])
        limits = PART_FIELDS[claim.attribute].plausible
        if claim.publishable and value is not None and limits is not None:
            assert limits[0] <= value <= limits[1]
    frame = claims_frame(claims, include_unpublishable=True)
    assert frame.height == len(claims)
    assert json.dumps(frame["value"].to_list())
