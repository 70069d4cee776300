"""Suggestions for a feed with names and values that the config does not know."""

from typing import Any

import pytest

from attrgen_assets.domain.product_types.model import EnumAttribute, Matching, ProductType
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.suggest_config import SuggestReport, suggest_config
from attrgen_assets_tests.factories import make_feed, make_product_type
from attrgen_assets_tests.readers import RowsReader

COLORS = ["Red", "Navy Blue", "Off White"]
FABRICS = ["Cotton", "Silk", "Pure Silk", "Cotton"]


def rows(**more: Any) -> list[dict[str, Any]]:
    """A feed with names of its own: two columns of enums, one of prices, and one that is nothing."""
    return [
        {
            "Article": f"X-{n}",
            "Heading": f"Lovely saree of the season, number {n}",
            "Hue": COLORS[n % 3],
            "Cloth Type": FABRICS[n % 4] if n % 10 else "Banana Fibre",
            "Stars": "4 of 5",
            **{name: value(n) if callable(value) else value for name, value in more.items()},
        }
        for n in range(60)
    ]


def suggest(feed: list[dict[str, Any]], *types: ProductType, limit: int = 1000) -> SuggestReport:
    given = {one.name: one for one in types or (saree(),)}
    return suggest_config(given, lambda: RowsReader(*feed), feed="new.csv", rows=limit)


def saree(name: str = "saree") -> ProductType:
    columns = {
        "sku": ("sku", "article"),
        "title": ("title", "heading"),
        "color": ("color", "hue shade"),
        "fabric": ("fabric",),
    }
    return make_product_type(
        name=name, title=name.capitalize(), feed=make_feed(columns={**make_feed().columns, **columns})
    )


def test_columns_are_matched_by_values_where_names_tell_little() -> None:
    report = suggest(rows())
    found = {match.column: match.field for match in report.suggestion.matches}
    assert found["Hue"] == "color"
    assert found["Cloth Type"] == "fabric"
    assert report.suggestion.mapped == {"Article": "sku", "Heading": "title"}
    assert "Stars" in report.suggestion.unmatched
    [fabric] = [match for match in report.suggestion.matches if match.field == "fabric"]
    assert (fabric.evidence.cells, fabric.evidence.readable) == (60, 54)
    assert "values 90% of 60" in report.yaml


def test_values_that_the_vocabulary_lacks_are_told_and_not_added() -> None:
    report = suggest(rows())
    [group] = report.suggestion.values["fabric"]
    assert (group.texts, group.cells, group.is_missing_value, group.is_synonym) == (("Banana Fibre",), 6, True, False)
    assert "#   Banana Fibre  (6;" in report.yaml
    assert "add_values" not in report.yaml


def test_likely_spellings_are_suggested_as_synonyms() -> None:
    """Where the config wants exact spellings, slips are not matched, and are worth a line."""
    strict = saree()
    fabric = strict.attribute("fabric")
    assert isinstance(fabric, EnumAttribute)
    exact = fabric.model_copy(update={"matching": Matching(fuzzy=False)})
    strict = strict.with_attributes(tuple(exact if one.name == "fabric" else one for one in strict.attributes))
    cloths = ["Georgete", "Georgettte", "Cotton", "Silk", "Batton"]
    report = suggest(rows(**{"Cloth Type": lambda n: cloths[n % 5], "Fabric": lambda n: cloths[n % 5]}), strict)
    groups = report.suggestion.values["fabric"]
    assert [(group.texts, group.cells, group.nearest) for group in groups if group.is_synonym] == [
        (("Georgete", "Georgettte"), 24, "Georgette")
    ]
    assert "        - Georgete  # 24 cells in 2 spellings, sure " in report.yaml
    assert any(group.texts == ("Batton",) and not group.is_synonym for group in groups)


def test_keys_of_a_table_are_columns_too() -> None:
    table = '{"specs"=>[{"key"=>"Fabric", "value"=>"Silk"}, {"key"=>"Warranty", "value"=>"1 year"}]}'
    report = suggest(rows(**{"Cloth Type": None, "All Details": table}))
    assert {match.column: match.field for match in report.suggestion.matches}["spec.Fabric"] == "fabric"
    assert "specifications: {column: [All Details]}" in report.yaml
    assert "spec.Warranty" in report.suggestion.unmatched


def test_the_product_type_is_the_one_that_titles_mention() -> None:
    report = suggest(rows(), saree("kurta"), saree("saree"))
    assert report.suggestion.product_type == "saree"
    assert report.likenesses["saree"] > report.likenesses["kurta"]
    assert "100% of the titles mention it" in report.yaml


def test_of_a_mixed_feed_only_rows_of_the_product_type_are_learned_from() -> None:
    shoes = [{**row, "Heading": "Running shoes", "Hue": "Size 9"} for row in rows()]
    report = suggest([*rows(), *shoes], saree())
    assert report.rows == 60
    assert {match.column: match.field for match in report.suggestion.matches}["Hue"] == "color"
    assert "from the 60 rows whose titles mention it among the first 120 of new.csv" in report.yaml


def test_only_so_many_rows_are_read() -> None:
    assert suggest(rows(), limit=7).rows == 7


def test_a_feed_without_rows_is_an_error() -> None:
    with pytest.raises(FeedError, match="no rows to learn from"):
        suggest([])


def test_whatever_a_column_is_called_the_remarks_stay_remarks() -> None:
    feed = rows(**{"a: b\n# c": "x", "true": lambda n: COLORS[n % 3], "colour #1: [x]": lambda n: COLORS[n % 3]})
    lines = suggest(feed).yaml.splitlines()
    assert all(line.startswith(("#", " ")) or line in ("", "feed:", "attributes:") for line in lines)
