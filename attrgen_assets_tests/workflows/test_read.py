"""Reading a feed into raw_products."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.feeds import open_feed, open_feed_file
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import FeedInfo
from attrgen_assets.domain.product_types.model import Select, Texts
from attrgen_assets.errors import ConservationError, FeedError
from attrgen_assets.workflows.read import RAW_TABLE, ReadReport, iter_raw, read_products
from attrgen_assets_tests.factories import make_feed, make_product_type

NO_INFO = FeedInfo()


class Rows:
    """A feed of rows given in batches; a cell None is absent. `gap` leaves out a row number."""

    def __init__(self, *batches: list[dict[str, Any]], gap: int | None = None) -> None:
        self._batches = batches
        self._gap = gap

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        number = 0
        for batch in self._batches:
            numbers = range(number + 1, number + 1 + len(batch))
            number = numbers.stop - 1
            cells = pl.DataFrame(batch, schema=dict.fromkeys(batch[0], pl.String)).select(pl.all().name.prefix("in."))
            frame = cells.with_columns(
                source_file=pl.lit("feed"),
                row_number=pl.Series([n + (n == self._gap) for n in numbers], dtype=pl.UInt32),
                refused=pl.lit(None, dtype=pl.String),
                refused_detail=pl.lit(None, dtype=pl.String),
            )
            yield from frame.iter_slices(batch_rows)

    def info(self) -> FeedInfo:
        return NO_INFO


def raw(reader: Rows, *, batch_rows: int = 1000, **feed: Any) -> pl.DataFrame:
    product_type = make_product_type(feed=make_feed(**feed))
    return pl.concat(iter_raw(product_type, reader, batch_rows=batch_rows), how="diagonal")


def skus(*texts: str | None) -> list[dict[str, Any]]:
    return [{"sku": text, "title": "x"} for text in texts]


@pytest.fixture
def tables(tmp_path: Path) -> ParquetTables:
    return ParquetTables(tmp_path / "parquet")


def read(text: str, tmp_path: Path, tables: ParquetTables, **feed: Any) -> tuple[ReadReport, pl.DataFrame]:
    (tmp_path / "saree.csv").write_text(text)
    product_type = make_product_type(feed=make_feed(**feed))
    reader = open_feed(product_type.feed, feeds_dir=tmp_path, mongo=None)
    report = read_products(product_type, reader=reader, tables=tables, batch_rows=2)
    return report, tables.scan(RAW_TABLE, product_type="saree").collect()


def test_a_feed_of_mostly_other_products_is_told(tmp_path: Path, tables: ParquetTables) -> None:
    report, _ = read("sku,title\nA,Red saree\n" + "".join(f"{n},Jeans\n" for n in range(9)), tmp_path, tables)
    assert [note for note in report.notes if "only 1 of 10 titles say 'saree'" in note]


def test_every_row_is_kept_refused_or_of_another_type(tmp_path: Path, tables: ParquetTables) -> None:
    text = (
        "SKU,Product Name,weight\n"
        "S1,Silk Saree,1\n"
        "S1,Cotton saree,2\n"
        ",Linen SAREE,3\n"
        "S4,Silk kurta,4\n"
        "S5,Silk saree,5,surplus\n"
        "S6,saree petticoat,6\n"
        'S7,"Net saree,7\n'
        "S8,Net saree,8\n"
    )
    select = Select(field="title", any_of=("saree",), none_of=("petticoat",))

    report, table = read(text, tmp_path, tables, select=select)

    assert table.select("row_number", "sku", "refused").rows() == [
        (1, "S1", None),
        (2, "S1", "duplicate_sku"),
        (3, None, "missing_sku"),
        (5, "S5", "extra_cells"),
        (7, None, "unparseable_row"),
        (8, "S8", None),
    ]
    assert table["in.weight"].to_list() == ["1", "2", "3", "5", None, "8"]
    assert replace(report, newest_mtime=None, seconds=0, missing_fields=()) == ReadReport(
        rows=6,
        refused={"duplicate_sku": 1, "extra_cells": 1, "missing_sku": 1, "unparseable_row": 1},
        other_types=2,
        columns=("SKU", "Product Name", "weight"),
        unmapped_columns=("weight",),
        missing_fields=(),
        files=("saree.csv",),
        newest_mtime=None,
        notes=(),
        seconds=0,
    )
    assert report.kept == 2
    assert report.newest_mtime == (tmp_path / "saree.csv").stat().st_mtime
    assert "description" in report.missing_fields
    assert report.seconds > 0


def test_the_table_has_its_fixed_columns_first(tmp_path: Path, tables: ParquetTables) -> None:
    _, table = read("title,sku\nx,S1\n", tmp_path, tables)

    fixed = ["source_file", "row_number", "sku", "refused", "refused_detail"]
    assert table.columns == [*fixed, "in.title", "in.sku"]
    assert dict(table.schema) == {name: pl.UInt32 if name == "row_number" else pl.String for name in table.columns}


@pytest.mark.parametrize(
    ("cell", "sku"),
    [
        (" S1\t", "S1"),
        ("S\x00\x1b1\n", "S1"),
        ("\ufeffS1\u200b\u202e", "S1"),
        ("a$b.c\"d'", "a$b.c\"d'"),
        ("साड़ी\u200d1", "साड़ी\u200d1"),
        ("NaN", None),
        (" - ", None),
        ("N/A", None),
        ("", None),
        ("\u200b \n", None),
        (None, None),
    ],
)
def test_a_sku_is_cleaned_and_what_states_nothing_is_missing(cell: str | None, sku: str | None) -> None:
    (row,) = raw(Rows([*skus(cell), *skus("other")])).head(1).rows(named=True)

    assert row["sku"] == sku
    assert row["refused"] == (None if sku else "missing_sku")
    assert row["in.sku"] == cell


def test_what_states_nothing_is_the_configs_word() -> None:
    product_type = make_product_type(texts=Texts(missing=("TBD",), not_applicable=()))

    (frame,) = iter_raw(product_type, Rows(skus("tbd", "nan")), batch_rows=10)

    assert frame["sku"].to_list() == [None, "nan"]


def test_the_first_or_the_last_of_a_sku_is_kept_across_batches() -> None:
    batches = [skus("A", "B", "A"), skus("B", "C"), skus("A")]

    first = raw(Rows(*batches), duplicates="first")
    last = raw(Rows(*batches), duplicates="last")

    assert first["refused"].is_null().to_list() == [True, True, False, False, True, False]
    assert last["refused"].is_null().to_list() == [False, False, False, True, True, True]
    assert first["refused_detail"][2] == "an earlier row with this SKU is kept"
    assert last["refused_detail"][0] == "a later row with this SKU is kept"


def test_a_row_that_is_refused_or_of_another_type_does_not_take_the_sku(tmp_path: Path, tables: ParquetTables) -> None:
    select = Select(field="title", any_of=("saree",))

    _, table = read("sku,title\nA,kurta\nA,saree,surplus\nA,saree\n", tmp_path, tables, select=select)

    assert table["refused"].to_list() == ["extra_cells", None]


sku_cells = st.lists(st.sampled_from(["A", "B", " a", "A\n", "", "nan", None]), max_size=12)


@given(cells=sku_cells, batch_rows=st.integers(1, 5), duplicates=st.sampled_from(["first", "last"]))
def test_each_sku_is_kept_once_and_every_row_is_there(
    cells: list[str | None], batch_rows: int, duplicates: str
) -> None:
    known = [(cell or "").strip() for cell in cells]
    known = ["" if cell == "nan" else cell for cell in known]
    seen = known if duplicates == "first" else known[::-1]
    kept = {position for position, cell in enumerate(seen) if cell and cell not in seen[:position]}
    expected = [
        (position if duplicates == "first" else len(seen) - 1 - position) in kept for position in range(len(seen))
    ]

    if not cells:
        return
    frame = raw(Rows(skus(*cells)), batch_rows=batch_rows, duplicates=duplicates)

    assert frame["refused"].is_null().to_list() == expected
    assert frame["row_number"].to_list() == list(range(1, len(cells) + 1))


@pytest.mark.parametrize(
    ("title", "chosen"),
    [
        ("Silk Saree", True),
        ("SAREE, red", True),
        ("saree_with_blouse", True),
        ("sareeful", False),
        ("साड़ी", True),
        ("साड़ीवाला", False),
        ("saree  Blouse piece", False),
        ("saree-blouse", False),
        ("kurta", False),
        ("", False),
        (None, False),
    ],
)
def test_rows_are_selected_by_whole_words(title: str | None, chosen: bool) -> None:
    select = Select(field="title", any_of=("saree", "साड़ी", "a.b"), none_of=("saree blouse",))
    rows: list[dict[str, Any]] = [{"sku": "A", "title": title}, {"sku": "B", "title": "saree"}]

    assert ("A" in raw(Rows(rows), select=select)["sku"]) == chosen


def test_selection_may_be_left_out() -> None:
    product_type = make_product_type(feed=make_feed(select=Select(field="title", any_of=("saree",))))
    reader = Rows(skus("A", "B"))

    counts = [
        sum(frame.height for frame in iter_raw(product_type, reader, batch_rows=10, select=select))
        for select in (True, False)
    ]

    assert counts == [0, 2]


def test_words_that_are_none_select_nothing() -> None:
    assert raw(Rows(skus("A")), select=Select(field="title", any_of=("-", " "))).height == 0


def test_a_feed_without_a_sku_column_is_an_error_that_says_how_to_map(tmp_path: Path, tables: ParquetTables) -> None:
    with pytest.raises(FeedError, match=r"no column of the feed carries 'sku': .*found 'Item', 'title'.* --map sku="):
        read("Item,title\nS1,x\n", tmp_path, tables)

    assert not tables.path(RAW_TABLE, product_type="saree").exists()


def test_a_header_without_a_sku_column_is_the_same_error(tmp_path: Path, tables: ParquetTables) -> None:
    with pytest.raises(FeedError, match="no column of the feed carries 'sku'"):
        read("Item,title\n", tmp_path, tables)


def test_selection_by_a_field_that_no_column_carries_is_an_error(tmp_path: Path, tables: ParquetTables) -> None:
    with pytest.raises(FeedError, match="no column of the feed carries 'title'"):
        read("sku,name\nS1,x\n", tmp_path, tables, select=Select(field="title", any_of=("saree",)))


def test_files_may_call_their_columns_differently(tmp_path: Path, tables: ParquetTables) -> None:
    (tmp_path / "a.csv").write_text("sku,title\nS1,x\n")
    (tmp_path / "b.csv").write_text("Product ID,title\nS2,y\nS1,z\n")
    product_type = make_product_type(feed=make_feed(path="*.csv", columns={"sku": ("sku", "product_id")}))
    reader = open_feed(product_type.feed, feeds_dir=tmp_path, mongo=None)

    report = read_products(product_type, reader=reader, tables=tables, batch_rows=10)

    table = tables.scan(RAW_TABLE, product_type="saree").collect()
    assert table["sku"].to_list() == ["S1", "S2", "S1"]
    assert report.refused == {"duplicate_sku": 1}
    assert report.columns == ("sku", "title", "Product ID")


@pytest.mark.parametrize("text", ["", "sku,title\n"], ids=["empty", "header only"])
def test_a_feed_without_rows_gives_an_empty_table(text: str, tmp_path: Path, tables: ParquetTables) -> None:
    report, table = read(text, tmp_path, tables)

    assert report.rows == report.kept == table.height == 0
    assert table.columns[:5] == ["source_file", "row_number", "sku", "refused", "refused_detail"]
    assert bool(report.notes) == (not text)


def test_a_feed_error_half_way_leaves_the_former_table(tmp_path: Path, tables: ParquetTables) -> None:
    read("sku\nS1\n", tmp_path, tables)
    rows = ", ".join(f'{{"sku": "S{row}"}}' for row in range(30_000))
    (tmp_path / "feed.json").write_text(f"[{rows}, {{broken]")

    with pytest.raises(FeedError, match="element 30001"):
        read_products(
            make_product_type(), reader=open_feed_file(tmp_path / "feed.json"), tables=tables, batch_rows=1000
        )

    assert tables.scan(RAW_TABLE, product_type="saree").collect()["sku"].to_list() == ["S1"]


def test_a_reader_that_loses_a_row_is_found_out(tables: ParquetTables) -> None:
    reader = Rows(skus("A", "B", "C"), skus("D"), gap=3)

    with pytest.raises(ConservationError, match="feed: rows 1 to 4 do not follow row 0 one by one"):
        read_products(make_product_type(), reader=reader, tables=tables, batch_rows=10)


def test_a_reader_that_loses_the_rows_between_two_batches_is_found_out(tables: ParquetTables) -> None:
    reader = Rows(skus("A", "B"), skus("C"), gap=3)

    with pytest.raises(ConservationError, match="feed: rows 4 to 4 do not follow row 2 one by one"):
        read_products(make_product_type(), reader=reader, tables=tables, batch_rows=10)


class Growing(Rows):
    """A feed that has another row each time it is read."""

    def __init__(self) -> None:
        super().__init__(skus("A", "B"))

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        yield from super().read_batches(batch_rows=batch_rows)
        self._batches = (*self._batches, skus("A"))


def test_a_feed_that_changes_between_two_readings_is_an_error() -> None:
    with pytest.raises(FeedError, match="the feed was changed while it was read"):
        raw(Growing(), duplicates="last")


class Forgetful(ParquetTables):
    """A store that loses what it is given."""

    def scan(self, table: str, *, product_type: str) -> pl.LazyFrame:
        return super().scan(table, product_type=product_type).head(1)


def test_a_store_that_loses_a_row_is_found_out(tmp_path: Path) -> None:
    with pytest.raises(ConservationError, match=r"the feed has 2 rows.*1 rows \(0 refused\) are in raw_products"):
        read_products(make_product_type(), reader=Rows(skus("A", "B")), tables=Forgetful(tmp_path), batch_rows=10)


cells = st.none() | st.text(st.characters(codec="utf-8"), max_size=6)
feed_rows = st.lists(st.fixed_dictionaries({"sku": cells, "title": cells}), min_size=1, max_size=8)


@given(rows=feed_rows, batch_rows=st.integers(1, 4))
def test_no_row_of_any_text_is_lost(
    rows: list[dict[str, Any]], batch_rows: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = ParquetTables(tmp_path_factory.mktemp("tables"))
    select = Select(field="title", any_of=("a", "0"))
    product_type = make_product_type(feed=make_feed(select=select))

    report = read_products(product_type, reader=Rows(rows), tables=tables, batch_rows=batch_rows)

    table = tables.scan(RAW_TABLE, product_type="saree").collect()
    assert report.rows + report.other_types == len(rows)
    assert report.rows == report.kept + sum(report.refused.values()) == table.height
    kept = table.filter(pl.col("refused").is_null())["sku"]
    assert kept.null_count() == 0
    assert kept.n_unique() == kept.len() == report.kept
