"""Ids of refused rows: stable, distinct, and deaf to what does not matter."""

from collections.abc import Mapping

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.quarantine.entry_ids import ID_LENGTH, EntryIds

Row = tuple[str | None, str | None, Mapping[str, str | None]]


def make_rows(*rows: Row) -> pl.DataFrame:
    columns = sorted({column for _, _, cells in rows for column in cells})
    data: dict[str, list[str | None]] = {
        "sku": [sku for sku, _, _ in rows],
        "refused": [refused for _, refused, _ in rows],
    }
    data |= {f"in.{column}": [cells.get(column) for _, _, cells in rows] for column in columns}
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def all_ids(ids: EntryIds, rows: pl.DataFrame) -> list[str]:
    refused = ids.of_refused(rows)
    return refused.zip_with(refused.is_not_null(), ids.of_skus(rows["sku"])).to_list()


def ids_of(*rows: Row, product_type: str = "saree") -> list[str]:
    return all_ids(EntryIds(product_type), make_rows(*rows))


def test_a_good_sku_keeps_its_id_whatever_else_the_row_says() -> None:
    before = ids_of(("A-1", None, {"fabric": "sulk"}))
    after = ids_of(("B-2", None, {"fabric": "silk"}), ("A-1", None, {"fabric": "solk", "extra": "x"}))
    assert before[0] == after[1]
    assert after[0] != after[1]


def test_a_row_without_sku_keeps_its_id_when_rows_and_empty_columns_come_before_it() -> None:
    row = {"title": "Red saree"}
    before = ids_of((None, "missing_sku", row))
    after = ids_of((None, "missing_sku", {"title": "Blue saree"}), (None, "missing_sku", {**row, "aaa": None}))
    assert before[0] == after[1]


def test_rows_that_say_the_same_are_told_apart_across_batches() -> None:
    same = (None, "missing_sku", {"title": "Red saree"})
    ids = EntryIds("saree")
    batches = [*all_ids(ids, make_rows(same, same)), *all_ids(ids, make_rows(same))]
    assert len(set(batches)) == 3
    assert batches == ids_of(same, same, same)


def test_a_repeated_sku_does_not_share_the_id_of_the_row_that_was_kept() -> None:
    kept, repeated = ids_of(("A-1", None, {"t": "x"}), ("A-1", "duplicate_sku", {"t": "x"}))
    assert kept != repeated


def test_product_types_do_not_share_ids() -> None:
    row = ("A-1", None, {"t": "x"})
    assert ids_of(row) != ids_of(row, product_type="kurta")


def test_an_absent_cell_is_not_an_empty_one() -> None:
    absent, empty = ids_of((None, "missing_sku", {"t": None}), (None, "missing_sku", {"t": ""}))
    assert absent != empty


cells = st.dictionaries(st.sampled_from(["title", "brand"]), st.none() | st.text(max_size=3))
rows = st.lists(st.tuples(st.none() | st.text(max_size=2), st.sampled_from(["missing_sku", "duplicate_sku"]), cells))


@given(rows)
def test_ids_are_distinct_short_and_the_same_every_time(
    table: list[tuple[str | None, str, Mapping[str, str | None]]],
) -> None:
    first = ids_of(*table)
    assert first == ids_of(*table)
    assert len(set(first)) == len(table)
    assert all(len(entry_id) == ID_LENGTH and entry_id.isalnum() and entry_id.islower() for entry_id in first)
