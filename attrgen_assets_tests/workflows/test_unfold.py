"""Feeds whose cells hold tables: more columns, the same rows, and the cell as it came."""

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.product_types.model import Specifications
from attrgen_assets.domain.product_types.specifications import read_table
from attrgen_assets.workflows.read import RAW_TABLE, iter_raw, read_products
from attrgen_assets.workflows.unfold import unfolded
from attrgen_assets_tests.factories import make_feed, make_product_type
from attrgen_assets_tests.readers import RowsReader

CELLS = [
    '{"product_specification"=>[{"key"=>"Fabric", "value"=>"Silk"}, {"key"=>"Ideal For", "value"=>"Women"}]}',
    '[{"key": "fabric", "value": "Cotton"}, {"key": "FABRIC", "value": "Linen"}, {"value": "Hand wash"}]',
    '{"product_specification"=>[{"key"=>"Fabric", "value"=>"Net"}, {"key"=>"Sle',
    "no table",
    None,
]
COLUMNS = {"sku": ("sku",), "title": ("title",), "fabric": ("spec.fabric",), "rest": ("spec.unnamed",)}


def _feed(**columns: tuple[str, ...]) -> Any:
    return make_feed(columns=COLUMNS | columns, specifications=Specifications(column=("specs", "Specifications")))


def _rows(**more: Any) -> list[dict[str, Any]]:
    return [{"sku": f"A{n}", "title": "x", "specifications": cell, **more} for n, cell in enumerate(CELLS)]


def test_wanted_keys_become_columns_and_the_cell_stays(tmp_path: Any) -> None:
    product_type, tables = make_product_type(feed=_feed()), ParquetTables(tmp_path)
    report = read_products(product_type, reader=RowsReader(*_rows()), tables=tables, batch_rows=2)
    raw = tables.scan(RAW_TABLE, product_type=product_type.name).collect()
    assert raw["in.specifications"].to_list() == CELLS
    assert raw["in.spec.Fabric"].to_list() == ["Silk", "Cotton; Linen", "Net", None, None]
    assert raw["in.spec.unnamed"].to_list() == [None, "Hand wash", None, None, None]
    assert not [name for name in raw.columns if "ideal" in name.lower()]
    assert (report.rows, report.kept) == (5, 5)
    assert "specifications" not in report.unmapped_columns
    [broken, unread] = report.notes
    assert "2 cells" in broken
    assert "spec.Ideal For (1)" in unread


def test_a_column_of_the_feed_is_not_replaced() -> None:
    reader = RowsReader(*_rows(**{"spec.fabric": "Jute"}))
    raw = pl.concat(iter_raw(make_product_type(feed=_feed()), reader, batch_rows=10), how="diagonal")
    assert raw["in.spec.fabric"].to_list() == ["Jute"] * len(CELLS)


def test_without_such_a_column_nothing_is_done() -> None:
    reader = RowsReader({"sku": "A1", "title": "x"})
    assert unfolded(reader, make_feed()) is reader
    [frame] = iter_raw(make_product_type(feed=_feed()), reader, batch_rows=10)
    assert [name for name in frame.columns if name.startswith("in.")] == ["in.sku", "in.title"]


TEXTS = st.lists(st.one_of(st.none(), st.sampled_from(CELLS), st.text(max_size=20)), min_size=1, max_size=8)


@given(TEXTS, st.integers(1, 4))
def test_whatever_the_cells_say_rows_and_cells_stay_and_keys_are_read_one_by_one(
    cells: list[str | None], batch_rows: int
) -> None:
    reader = RowsReader(*({"sku": f"A{n}", "title": "x", "specs": cell} for n, cell in enumerate(cells)))
    raw = pl.concat(iter_raw(make_product_type(feed=_feed()), reader, batch_rows=batch_rows), how="diagonal")
    assert raw["in.specs"].to_list() == cells
    for key in ("fabric", "unnamed"):
        expected = []
        for cell in cells:
            table = read_table(cell or "")
            pairs = [*table.pairs, *(("unnamed", value) for value in table.unnamed)]
            found = dict.fromkeys(value for name, value in pairs if name.replace(" ", "").lower() == key)
            expected.append("; ".join(found) or None)
        names = [name for name in raw.columns if name.lower() == f"in.spec.{key}"]
        assert (raw[names[0]].to_list() if names else [None] * len(cells)) == expected
