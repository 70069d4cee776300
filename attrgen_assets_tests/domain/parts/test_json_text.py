"""JSON from strangers."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.suppliers.sandbox.faults import HOSTILE
from attrgen_assets.domain.parts.json_text import MAX_DEPTH, HostileJsonError, parse_json_object


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none() | st.lists(st.booleans()), max_size=5))
def test_what_is_written_is_read(data: dict[str, Any]) -> None:
    assert parse_json_object(json.dumps(data)) == data


@given(st.text())
def test_any_text_is_an_object_or_refused(text: str) -> None:
    with suppress(HostileJsonError):  # nothing else may come out
        assert isinstance(parse_json_object(text), dict)


@pytest.mark.parametrize("make", [make for make in HOSTILE if len(make()) < 2_000_000])
def test_hostile_bodies_are_refused(make: Any) -> None:
    with pytest.raises(HostileJsonError):
        parse_json_object(make())


def test_depth_is_bounded_and_wide_is_not_deep() -> None:
    assert parse_json_object(json.dumps({"a": [[]] * 1_000}))
    deepest = '{"a":' * MAX_DEPTH
    with pytest.raises(HostileJsonError, match="deeper than"):
        parse_json_object(deepest + "{}" + "}" * MAX_DEPTH)


def test_an_integer_of_more_digits_than_anything_has_is_refused() -> None:
    assert parse_json_object('{"id": -' + "9" * 99 + "}") == {"id": -int("9" * 99)}
    with pytest.raises(HostileJsonError, match="an integer of 5,000 digits"):
        parse_json_object('{"id": ' + "9" * 5_000 + "}")
