"""Feeds in which few titles say what they are."""

import polars as pl
import pytest

from attrgen_assets.domain.product_types.model import Select
from attrgen_assets.workflows.mixed_feed import TITLES, Mentions
from attrgen_assets_tests.factories import make_feed, make_product_type

SAREE, JEANS = "Red silk saree", "Blue jeans"


def notes(*titles: str | None, chosen: Select | None = None, select: bool = False, name: str = "saree") -> list[str]:
    mentions = Mentions(make_product_type(feed=make_feed(select=chosen), name=name, title=f"{name}s"))
    for title in titles:
        mentions.add(pl.DataFrame({"in.title": [title]}, schema={"in.title": pl.String}))
    return mentions.notes(select=select)


def test_a_feed_of_mostly_other_products_is_told() -> None:
    (note,) = notes(SAREE, *[JEANS] * 5)
    assert "only 1 of 6 titles say 'saree', and all rows are taken for products of the type saree" in note
    assert "feed.select in its config can say which rows are" in note


@pytest.mark.parametrize(
    "titles",
    [
        pytest.param([], id="no rows"),
        pytest.param([JEANS] * 10, id="titles that never say the type"),
        pytest.param([SAREE, JEANS], id="enough of them"),
        pytest.param([SAREE, *[None] * 9], id="rows without a title are not asked"),
    ],
)
def test_other_feeds_are_not(titles: list[str | None]) -> None:
    assert notes(*titles) == []


def test_the_last_word_of_a_name_is_enough() -> None:
    assert notes("Red blouse", JEANS, name="saree_blouse") == []
    (note,) = notes("Red blouse", *[JEANS] * 5, name="saree_blouse")
    assert "only 1 of 6 titles say 'blouse', and all rows are taken for products of the type saree_blouse" in note


def test_where_rows_were_chosen_nothing_is_to_be_said() -> None:
    chosen = Select(field="category", any_of=("saree",))
    titles = [SAREE, *[JEANS] * 5]
    assert notes(*titles, chosen=chosen, select=True) == []
    (note,) = notes(*titles, chosen=chosen, select=False)
    assert "feed.select was not asked for" in note


def test_the_first_titles_are_looked_at() -> None:
    mentions = Mentions(make_product_type())
    mentions.add(pl.DataFrame({"in.title": [SAREE, *[JEANS] * (TITLES + 5)]}))
    mentions.add(pl.DataFrame({"in.title": [SAREE] * TITLES}))
    (note,) = mentions.notes(select=False)
    assert f"only 1 of {TITLES:,} titles" in note


def test_a_feed_without_titles_says_nothing() -> None:
    mentions = Mentions(make_product_type())
    mentions.add(pl.DataFrame({"in.price": ["1"]}))
    assert mentions.notes(select=False) == []
