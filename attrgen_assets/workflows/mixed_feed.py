"""Whether a feed seems to hold products of other types: said, before trousers are taken for sarees."""

from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.fields import field_text
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.schema_matching.mentions import mentioning

TITLES: Final = 10_000
"""Titles that are looked at, the first ones."""
FEW: Final = 0.5
"""Share of titles that say what product type they are of, below which the feed seems mixed. Where none does, titles of
this type may just never say it: nobody writes "appliance part"."""


class Mentions:
    """Counts titles, and those that say what product type they are of, among rows taken for `product_type`."""

    def __init__(self, product_type: ProductType) -> None:
        self._type = product_type
        self._titles = 0
        self._mentioning = 0

    def add(self, raw: pl.DataFrame) -> None:
        """Look at rows of a RAW frame."""
        if self._titles < TITLES:
            titles = raw.select(title=field_text(self._type.feed, raw.columns, "title"))["title"].drop_nulls()
            titles = titles.head(TITLES - self._titles)
            self._titles += len(titles)
            self._mentioning += int(mentioning(self._type, titles, loosely=True).sum())

    def notes(self, *, select: bool) -> list[str]:
        """What is to be said of the feed.

        select: whether `feed.select`, if there is one, left out rows of other types.
        """
        name, chosen = self._type.name, self._type.feed.select
        if (select and chosen is not None) or not 0 < self._mentioning < FEW * self._titles:
            return []
        advice = "was not asked for" if chosen is not None else "in its config can say which rows are"
        return [
            f"only {self._mentioning:,} of {self._titles:,} titles say {name.rpartition('_')[2]!r}, and all rows are "
            f"taken for products of the type {name}; feed.select {advice}"
        ]
