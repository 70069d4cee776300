"""A feed to lines of documents and of quarantined rows."""

import json
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attrgen_assets.domain.product_types.learned import ModelSource
from attrgen_assets.domain.product_types.model import ProductType, Select
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.generate_file import GenerateFileReport, generate_file
from attrgen_assets_tests.factories import make_feed, make_product_type
from attrgen_assets_tests.readers import RowsReader

SELECTING = make_product_type(feed=make_feed(select=Select(field="title", any_of=("saree",))))


class Lines(list[str]):
    """Keeps what is written."""

    def write(self, lines: Iterable[str]) -> None:
        self.extend(lines)


def generate(
    *rows: dict[str, str | None] | str, config: ProductType | None = None, batch_rows: int = 100, **options: Any
) -> tuple[list[Any], list[Any], GenerateFileReport]:
    documents, quarantined = Lines(), Lines()
    report = generate_file(
        config or make_product_type(),
        reader=RowsReader(*rows),
        documents=documents,
        quarantined=quarantined,
        batch_rows=batch_rows,
        **options,
    )
    return [json.loads(line) for line in documents], [json.loads(line) for line in quarantined], report


def test_documents_and_refused_rows_come_in_the_order_of_the_feed() -> None:
    documents, quarantined, report = generate(
        {"sku": "B", "title": "Red silk saree"},
        {"sku": None, "title": "Blue silk saree"},
        {"sku": "A", "title": "Blue cotton saree"},
        {"sku": "B", "title": "Green silk saree"},
        {"sku": "C", "title": "Tartan", "color": "tartan"},
        batch_rows=2,
    )
    assert [document["sku"] for document in documents] == ["B", "A"]
    assert documents[1]["attributes"]["fabric"]["value"] == "Cotton"
    assert [entry["source"]["row_number"] for entry in quarantined] == [2, 4, 5]
    assert [entry["reasons"] for entry in quarantined] == [["missing_sku"], ["duplicate_sku"], ["not_in_vocabulary"]]
    assert (report.rows, report.documents, report.quarantined) == (5, 2, 3)
    assert report.reasons == {"missing_sku": 1, "duplicate_sku": 1, "not_in_vocabulary": 1}


def test_a_row_that_could_not_be_read_is_quarantined_with_the_reason() -> None:
    _, quarantined, _ = generate({"sku": "A", "title": "Red silk saree"}, "no closing quote")
    assert quarantined[0]["reasons"] == ["unparseable_row"]
    assert quarantined[0]["refusals"][0]["text"] == "no closing quote"


def test_coverage_counts_documents_by_status() -> None:
    *_, report = generate({"sku": "A", "title": "Red silk saree"}, {"sku": "B", "title": "saree"})
    assert report.coverage("color") == 0.5
    assert report.coverage("sku") == 1.0
    assert report.complete == 1


def test_an_empty_feed_has_no_coverage() -> None:
    documents, quarantined, report = generate()
    assert (documents, quarantined, report.rows) == ([], [], 0)
    assert report.coverage("color") is None


def test_a_mapping_stands_in_for_the_configs_columns() -> None:
    feed: dict[str, str | None] = {"sku": "A", "Product Title": "Red silk saree", "title": "Green cotton saree"}
    documents, _, report = generate(feed, mapping={"title": "product_title"})
    assert documents[0]["attributes"]["title"]["value"] == "Red silk saree"
    assert report.unmapped_columns == ("title",)


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        pytest.param({"titel": "title"}, "saree has no field 'titel'; did you mean title", id="unknown field"),
        pytest.param({"title": "Name"}, "no column 'Name'; did you mean 'Naem'", id="unknown column"),
        pytest.param({"zzz": "title"}, "there are: sku, description", id="nothing near"),
        pytest.param({"sku": "id"}, "no column of the feed carries 'sku'", id="the SKU"),
    ],
)
def test_a_wrong_mapping_names_the_nearest(mapping: dict[str, str], said: str) -> None:
    with pytest.raises(FeedError, match=said):
        generate({"sku": "A", "Naem": "Red silk saree"}, mapping=mapping)


def test_rows_of_other_types_are_left_out_only_when_asked() -> None:
    rows: tuple[dict[str, str | None], ...] = (
        {"sku": "A", "title": "Red silk saree"},
        {"sku": "B", "title": "Red kurta"},
    )
    assert generate(*rows, config=SELECTING)[2].rows == 2
    report = generate(*rows, config=SELECTING, select=True)[2]
    assert (report.rows, report.other_types) == (1, 1)


cells = st.none() | st.text(max_size=12) | st.sampled_from(["A", "Red silk saree", "5.5 m", "NA", "Rs\n1,699", "sulk"])
columns = st.sampled_from(["sku", "title", "description", "color", "fabric", "price", "length", "reversible", "junk"])
tables = st.lists(st.dictionaries(columns, cells) | st.text(max_size=3), max_size=12)


@given(tables, st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_any_table_of_any_text_gives_every_row_once_and_the_same_whatever_the_batches(
    rows: list[dict[str, str | None] | str], batch_rows: int
) -> None:
    table = [{"sku": "always", "title": None}, *rows]
    documents, quarantined, report = generate(*table, batch_rows=batch_rows)
    assert report.rows == len(table)
    numbers = [line["source"]["row_number"] for line in (*documents, *quarantined)]
    assert sorted(numbers) == list(range(1, len(table) + 1))
    assert len({entry["entry_id"] for entry in quarantined}) == len(quarantined)
    assert (documents, quarantined) == generate(*table, batch_rows=1000)[:2]


def test_sources_that_ask_models_are_told_to_be_left_out() -> None:
    sku, *_ = make_product_type().attributes
    color = make_product_type().attribute("color").model_copy(update={"sources": (ModelSource(fields=("title",)),)})
    config = make_product_type(attributes=(sku, color), rules=())
    _, _, report = generate({"sku": "A", "title": "Red saree"}, config=config)
    assert [note for note in report.notes if "model" in note] == [
        "sources of the generator model are left out here; a run of the graph asks them"
    ]


def test_a_feed_of_mostly_other_products_is_told() -> None:
    rows: list[dict[str, str | None]] = [{"sku": str(number), "title": "Blue jeans"} for number in range(9)]
    rows.append({"sku": "A", "title": "Red silk saree"})
    *_, report = generate(*rows)
    assert [note for note in report.notes if "only 1 of 10 titles say 'saree'" in note]
    *_, report = generate(*rows, config=SELECTING, select=True)
    assert report.notes == ()


def test_to_select_where_the_config_does_not_say_how_is_told() -> None:
    *_, report = generate({"sku": "A", "title": "Red silk saree"}, select=True)
    assert report.notes == ("no row is left out: the config of saree has no feed.select",)
