"""JSON lines and JSON files."""

import json
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attrgen_assets.adapters.feeds.frames import MAX_COLUMNS, MAX_ROW_BYTES
from attrgen_assets.adapters.feeds.json_file import json_reader
from attrgen_assets.adapters.feeds.jsonl_file import jsonl_reader
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of, columns_of, read_bytes, refusals_of


def read_lines(data: bytes | str, **options: Any) -> pl.DataFrame:
    return read_bytes(_bytes(data), jsonl_reader(**({"encoding": None} | options)))[0]


def read_json(data: bytes | str, **options: Any) -> pl.DataFrame:
    return read_bytes(_bytes(data), json_reader(**({"encoding": None} | options)))[0]


def _bytes(data: bytes | str) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


READERS = pytest.mark.parametrize("read", [read_lines, lambda line: read_json(f"[{line}]")], ids=["json lines", "json"])


@READERS
@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1699", "1699"),
        ("1699.0", "1699.0"),
        ("1.50", "1.50"),
        ("1e3", "1e3"),
        ("-0.0", "-0.0"),
        ("9" * 5000, "9" * 5000),
        ("NaN", "NaN"),
        ("true", "true"),
        ("null", None),
        ('""', ""),
        ('"a\\nb"', "a\nb"),
        ('[1.0, "x", null]', '[1.0,"x",null]'),
        ('{"b": {"é": [ ]}}', '{"b":{"é":[]}}'),
        ('"\\ud83e\\udd7b"', "🥻"),
        ('"\\ud83e"', "\N{REPLACEMENT CHARACTER}"),
        ('"\\u0000"', "\0"),
    ],
)
def test_values_become_the_text_a_person_would_have_typed(read: Any, value: str, text: str | None) -> None:
    assert cells_of(read(f'{{"a": {value}}}')) == [(text,)]


@READERS
def test_a_key_that_comes_twice_keeps_both_values(read: Any) -> None:
    frame = read('{"a": 1, "a": 2, "b": {"c": 3, "c": 4}}')

    assert columns_of(frame) == ["a", "a_2", "b"]
    assert cells_of(frame) == [("1", "2", '{"c":3,"c_2":4}')]


@READERS
def test_odd_keys_become_clean_column_names(read: Any) -> None:
    assert columns_of(read('{"": 1, " a\\u0000b ": 2, "a b": 3}')) == ["column_1", "a b", "a b_2"]


@READERS
def test_nesting_that_has_no_text_refuses_the_row(read: Any) -> None:
    assert refusals_of(read(f'{{"a": {"[" * 600}{"]" * 600}}}')) == {1: "unparseable_row"}


def test_nesting_without_end_refuses_the_line_and_breaks_the_array() -> None:
    deep = f'{{"a": {"[" * 100_000}{"]" * 100_000}}}'

    assert refusals_of(read_lines(f'{deep}\n{{"a": 1}}')) == {1: "unparseable_row"}
    with pytest.raises(FeedError, match=r"feed.csv:1:2, element 1 of the array: broken JSON: nested too deeply"):
        read_json(f"[{deep}]")


def test_every_line_is_a_row_or_a_refusal() -> None:
    lines = ['{"sku": "S1"}', "", "{broken", "[1, 2]", '"text"', "null", '{"sku": "S2", "title": "x"}', "{}"]

    frame = read_lines("\r\n".join(lines))

    assert frame["row_number"].to_list() == [1, 2, 3, 4, 5, 6, 7]
    assert refusals_of(frame) == dict.fromkeys([2, 3, 4, 5], "unparseable_row")
    assert frame["refused_detail"][1].startswith("not JSON (Expecting property name")
    assert frame["refused_detail"][2] == "a JSON value that is not an object: [1, 2]"
    assert cells_of(frame)[-2:] == [("S2", "x"), (None, None)]


def test_lines_of_another_encoding_are_read_on_their_own() -> None:
    data = '{"a": "é"}\n'.encode() + '{"a": "é"}\n'.encode("cp1252")

    frame, notes = read_bytes(data, jsonl_reader(encoding=None))

    assert cells_of(frame) == [("é",), ("é",)]
    assert notes == ["1 rows are not utf-8 and were read as cp1252; if that is wrong, set `feed.encoding`"]


@pytest.mark.parametrize("length", [MAX_ROW_BYTES, 9 << 20], ids=["in a block", "longer than a block"])
def test_a_line_that_is_too_long_is_refused(length: int) -> None:
    frame = read_lines(f'{{"a": "1"}}\n{{"a": "{"x" * length}"}}\n{{"a": "3"}}')

    assert refusals_of(frame) == {2: "unparseable_row"}
    assert cells_of(frame) == [("1",), (None,), ("3",)]


def test_keys_without_end_are_refused_and_kept_as_text() -> None:
    wide = json.dumps({f"k{index}": 1 for index in range(MAX_COLUMNS)})

    frame = read_lines(f'{wide}\n{{"one_more": 2}}\n{{"k0": 3}}\n')

    assert refusals_of(frame) == {2: "unparseable_row"}
    assert frame["refused_detail"][1] == 'the keys of all rows are more than 12,000: {"one_more":"2"}'
    assert len(columns_of(frame)) == MAX_COLUMNS


def test_an_utf_16_file_of_lines() -> None:
    assert cells_of(read_lines('{"a": "é"}\n{"a": "b"}'.encode("utf-16"))) == [("é",), ("b",)]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2}]',
        ' \n[ {"a":1}\n,{"a":2} ] \n',
        '{"rows": [{"a": 1}, {"a": 2}]}',
        '{"version": {"x": [1, 2]}, "rows": [{"a": 1}, {"a": 2}], "next": null}',
        '\ufeff[{"a": 1}, {"a": 2}]',
    ],
)
def test_an_array_or_an_object_with_one(text: str) -> None:
    assert cells_of(read_json(text)) == [("1",), ("2",)]


def test_elements_that_are_no_objects_are_refused() -> None:
    frame = read_json('[{"a": 1}, 5, [1, "x"], null, "t"]')

    assert refusals_of(frame) == dict.fromkeys([2, 3, 4, 5], "unparseable_row")
    assert frame["refused_detail"][2] == 'an element that is not an object: [1,"x"]'
    assert frame["refused_detail"][3] == "an element that is not an object: null"


@pytest.mark.parametrize("text", ["[]", '{"rows": []}', " [ ] "])
def test_no_elements_are_no_rows(text: str) -> None:
    assert read_json(text).height == 0


def test_an_empty_json_file_has_no_rows_and_a_note() -> None:
    frame, notes = read_bytes(b" \n", json_reader(encoding=None))

    assert frame.shape == (0, 0)
    assert notes == ["the file is empty: no rows"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"a": 1},\n {"a" 2}]', r"feed.csv:2:7, element 2 of the array: broken JSON: Expecting ':' delimiter"),
        ('[{"a": 1}\n{"a": 2}]', r"feed.csv:2:1, element 1 .*: ',' or ']' expected, found '{'"),
        ('[{"a": 1}', r"feed.csv:1:10, element 1 .*the file ends where ',' or ']' is expected"),
        ('[{"a": 1},', r"element 2 .*Expecting value"),
        ('[{"a": 1}] x', r"feed.csv:1:12: broken JSON: 'x' after the end"),
        ('{"a": 1}\n{"a": 2}', r"the object has no array\. .*for an object a line use format jsonl"),
        ('{"a": [], "b": []}', r"a second array, 'b': which of them holds the rows cannot be told"),
        ('{"a"}', r"':' expected, found '}'"),
        ("{5: 1}", r"'\"' expected, found '5'"),
        ("5", r"'\[' or '{' expected, found '5'"),
    ],
)
def test_broken_json_is_an_error_with_its_place(text: str, message: str) -> None:
    with pytest.raises(FeedError, match=message):
        read_json(text)


def test_json_that_is_not_utf_8_is_an_error_or_read_as_declared() -> None:
    data = '[{"a": "é"}]'.encode("cp1252")

    with pytest.raises(FeedError, match="bytes that are not UTF-8"):
        read_json(data)
    assert cells_of(read_json(data, encoding="cp1252")) == [("é",)]


def test_an_element_with_bytes_its_encoding_does_not_know_is_refused() -> None:
    assert refusals_of(read_json(b'[{"a": "x"}, {"a": "\x81"}]', encoding="cp1252")) == {2: "unparseable_row"}


scalars = st.none() | st.booleans() | st.text(max_size=5) | st.integers()
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner))


@given(rows=st.lists(st.dictionaries(st.sampled_from(["sku", "b", "c d"]), values) | values, max_size=6))
@example(rows=[{"sku": "\ud800"}])
def test_any_json_gives_a_row_each_the_same_from_lines_and_array(rows: list[Any]) -> None:
    lines = read_lines("\n".join(map(json.dumps, rows)))
    array = read_json(json.dumps(rows, indent=1))

    assert lines.height == array.height == len(rows)
    for number, row in enumerate(rows, start=1):
        refused = not isinstance(row, dict)
        assert (number in refusals_of(lines)) == (number in refusals_of(array)) == refused
    if rows:
        assert columns_of(lines) == columns_of(array)
        assert cells_of(lines) == cells_of(array)
