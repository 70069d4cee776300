"""What the columns of a feed hold: how many cells, which texts, how often."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.fields import feed_columns
from attrgen_assets.domain.product_types.specifications import read_table
from attrgen_assets.domain.tables import IN_PREFIX

_TEXTS_KEPT: Final = 2_000  # distinct texts a column, the most frequent; more tell nothing new
_TABLES_TRIED: Final = 200
_TABLE_SHARE: Final = 0.5


@dataclass(slots=True)
class ColumnProfile:
    """One column. cells: with a text that states something; texts: these texts and how many cells have each."""

    name: str
    cells: int = 0
    texts: Counter[str] = field(default_factory=Counter)

    @property
    def distinct(self) -> int:
        """How many different texts there are."""
        return len(self.texts)

    def common(self, count: int = _TEXTS_KEPT) -> list[tuple[str, int]]:
        """The most frequent texts with their counts, ties by text."""
        return sorted(self.texts.items(), key=lambda item: (-item[1], item[0]))[:count]


def profile_columns(frames: Iterable[pl.DataFrame], *, missing: Sequence[str]) -> dict[str, ColumnProfile]:
    """Profiles by the feed's own column names, in the order of appearance; frames are those of RAW.

    missing: texts that state nothing, as the config says.
    """
    nothing = {text.strip().lower() for text in (*missing, "")}
    profiles: dict[str, ColumnProfile] = {}
    for frame in frames:
        for name in feed_columns(frame.columns):
            profile = profiles.setdefault(name, ColumnProfile(name))
            cells = frame[IN_PREFIX + name].str.strip_chars().drop_nulls()
            cells = cells.filter(~cells.str.to_lowercase().is_in(list(nothing)))
            profile.cells += len(cells)
            profile.texts.update(dict(cells.value_counts(name="_cells").iter_rows()))
    return profiles


def table_columns(profiles: Iterable[ColumnProfile]) -> dict[str, float]:
    """Columns that hold tables of key/value pairs, and the share of their texts that are such tables."""
    found = {}
    for profile in profiles:
        texts = [text for text, _ in profile.common(_TABLES_TRIED)]
        tables = [read_table(text) for text in texts]
        good = sum(not table.broken and len({key for key, _ in table.pairs}) > 1 for table in tables)
        if texts and good / len(texts) >= _TABLE_SHARE:
            found[profile.name] = good / len(texts)
    return found
