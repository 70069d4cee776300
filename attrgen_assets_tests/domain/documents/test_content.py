"""The content hash against an oracle that follows the written form letter by letter."""

import struct
from typing import Any

import numpy as np
import polars as pl
import pytest
import xxhash
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_series_equal

from attrgen_assets.domain.documents.content import content_hash, content_hashes
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets_tests.factories import NA, make_product_type, make_validated

NAMES = [attribute.name for attribute in make_product_type().attributes]


def oracle(document: dict[str, Any]) -> str:
    def h(text: str) -> bytes:
        return xxhash.xxh3_128(text.encode("utf-8")).digest()

    def t(text: str | None) -> str:
        return "-" if text is None else str(len(text.encode("utf-8"))) + ":" + text

    def value(v: Any) -> str:
        if v is None:
            return "-"
        if v is True or v is False:
            return "b1" if v else "b0"
        if isinstance(v, float):
            return "f" + str(int.from_bytes(struct.pack("<d", 0.0 if v == 0 else v), "little", signed=True)) + ";"
        if isinstance(v, list):
            return "l" + str(len(v)) + ";" + "".join(t(item) for item in v)
        return "s" + t(v)

    whole = b""
    for name in sorted(document["attributes"]):
        entry = document["attributes"][name]
        origin = entry["provenance"] or dict.fromkeys(("generator", "version", "field", "text", "method"))
        text = t(name) + t(entry["status"]) + value(entry["value"])
        text += "-" if entry["confidence"] is None else str(round(entry["confidence"] * 10_000)) + ";"
        text += t(origin["generator"]) + t(origin["version"]) + t(origin["field"]) + t(origin["text"])
        whole += h(text + t(origin["method"]))
    whole += h("".join(t(name) for name in sorted(document["missing"])))
    told = ""
    for refusal in document["refusals"]:
        told += t(refusal["attribute"]) + t(refusal["reason"]) + t(refusal["text"]) + t(refusal["field"])
        told += str(len(refusal["nearest"])) + ";" + "".join(t(near) for near in refusal["nearest"])
    return xxhash.xxh3_128(whole + h(told)).hexdigest()


texts = st.text(min_size=1, max_size=20)
refusals = st.fixed_dictionaries(
    {
        "attribute": st.none() | st.sampled_from(NAMES),
        "reason": st.sampled_from([reason.value for reason in RefusalReason]),
        "text": st.none() | texts,
        "nearest": st.lists(texts, max_size=3),
        "field": st.none() | texts,
    }
)
rows = st.fixed_dictionaries(
    {"sku": texts},
    optional={
        "title": texts,
        "fabric": st.sampled_from(["Silk", "Cotton"]),
        "blouse_fabric": st.sampled_from(["Silk", NA]),
        "ornamentation": st.just(NA) | st.lists(st.sampled_from(["Zari", "Lace"]), min_size=1, unique=True),
        "price_inr": st.floats(1, 500_000),
        "reversible": st.booleans(),
        "confidence": st.floats(0, 1),
        "provenance": st.fixed_dictionaries({}, optional={"text": st.none() | texts, "field": st.none() | texts}),
        "refusals": st.lists(refusals, max_size=3),
    },
)


@given(st.lists(rows, max_size=6))
def test_tables_single_documents_and_the_oracle_agree(lines: list[dict[str, Any]]) -> None:
    config = make_product_type()
    frame = make_validated(lines, config)
    hashes = content_hashes(frame, NAMES).to_list()
    documents = list(document_rows(frame, config))
    assert hashes == [oracle(document) for document in documents]
    assert hashes == [content_hash(document) for document in documents]
    assert hashes == frame["content_hash"].to_list()


def test_the_form_is_the_one_that_stores_hold() -> None:
    """Hashes are compared across releases: a change here rewrites every stored document once."""
    line = {"sku": "A", "title": "Rød", "fabric": "Silk", "price_inr": 99.5, "ornamentation": ["Zari"], "refusals": []}
    assert make_validated([line])["content_hash"].to_list() == [PINNED]


PINNED = "a2f82111d6dcffeac634208c7e5c0196"


def hash_of(**changes: Any) -> str:
    line = {"sku": "A", "title": "Red", "fabric": "Silk", "price_inr": 99.5, "color": "Red"} | changes
    return str(make_validated([line])["content_hash"][0])


@pytest.mark.parametrize(
    "change",
    [
        {"fabric": "Cotton"},
        {"fabric": None},
        {"title": "Red "},
        {"price_inr": 99.6},
        {"reversible": False},
        {"blouse_fabric": NA},
        {"confidence": 0.5},
        {"provenance": {"text": "other"}},
        {"refusals": [{"attribute": "blouse", "reason": "ambiguous", "text": "x", "nearest": [], "field": None}]},
    ],
    ids=str,
)
def test_whatever_a_document_says_counts(change: dict[str, Any]) -> None:
    assert hash_of(**change) != hash_of()


@pytest.mark.parametrize("change", [{"row_number": 99}, {"source_file": "other.csv"}], ids=str)
def test_where_it_was_read_does_not(change: dict[str, Any]) -> None:
    assert hash_of(**change) == hash_of()


def test_neither_does_the_order_of_attributes_nor_how_a_table_holds_values() -> None:
    frame = make_validated([{"sku": "A", "fabric": "Silk", "price_inr": 5, "title": "T"}])
    hashes = content_hashes(frame, NAMES).to_list()
    assert content_hashes(frame, NAMES[::-1]).to_list() == hashes
    held_otherwise = frame.with_columns(
        pl.col("fabric").cast(pl.Categorical),
        pl.col("fabric.status").cast(pl.String),
        pl.col("price_inr").cast(pl.Int64),
        pl.col("price_inr.confidence").cast(pl.Float64),
    )
    assert content_hashes(held_otherwise, NAMES).to_list() == hashes


def test_texts_cannot_be_shifted_between_neighbours() -> None:
    assert hash_of(provenance={"field": "ab", "text": "c"}) != hash_of(provenance={"field": "a", "text": "bc"})
    assert hash_of(provenance={"field": "-", "text": None}) != hash_of(provenance={"field": None, "text": "-"})


def test_no_rows_have_no_hashes() -> None:
    assert content_hashes(make_validated(), NAMES).to_list() == []


@given(st.lists(rows, min_size=1, max_size=6), st.lists(st.integers(0, 5), min_size=1, max_size=20))
def test_numbered_entries_are_hashed_like_compared_ones(lines: list[dict[str, Any]], picks: list[int]) -> None:
    """Numbers with gaps, and two numbers for one entry, as a batch has them."""
    numbers = np.array([7 * (pick % len(lines)) for pick in picks], dtype=np.int64)
    frame = make_validated(lines)[(numbers // 7).tolist()]
    assert_series_equal(content_hashes(frame, NAMES, same=dict.fromkeys(NAMES, numbers)), content_hashes(frame, NAMES))
