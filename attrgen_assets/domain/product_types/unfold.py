"""Columns of key/value pairs unfolded: for each key that is wanted a column `in.<prefix>.<key>` beside the cell."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.fields import feed_columns, spelling
from attrgen_assets.domain.product_types.model import Feed, Specifications
from attrgen_assets.domain.product_types.specifications import JOINED_BY, UNNAMED, Table, read_table
from attrgen_assets.domain.tables import IN_PREFIX

_SHOWN_ROWS: Final = 5
_SHOWN_KEYS: Final = 12
_KEYS_COUNTED: Final = 5_000  # distinct keys; a feed with more has something else in that column
_spelling = lru_cache(maxsize=_KEYS_COUNTED)(spelling)  # a few keys, in every cell


@dataclass(slots=True)
class Unfolding:
    """What was unfolded so far, of one feed.

    keys: cells that have a key, by its first spelling.  broken: cells read in part or not at all; `broken_rows` are the
    first of them as (file, row number).
    """

    feed: Feed
    all_keys: bool = False
    keys: Counter[str] = field(default_factory=Counter)
    broken: int = 0
    broken_rows: list[tuple[str, int]] = field(default_factory=list)
    _names: dict[str, str] = field(default_factory=dict)  # spelling of a key -> the key as it was first written

    def unfold(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with its unfolded columns behind the others; the same rows, the cell itself untouched.

        Without `all_keys` only keys that `feed.columns` names become columns. A column that the feed has under such
        a name stays as it is.
        """
        specifications = self.feed.specifications
        if specifications is None:
            return frame
        column = specification_column(specifications, frame.columns)
        wanted = None if self.all_keys else wanted_keys(self.feed)
        if column is None or (wanted is not None and not wanted):
            return frame
        cells = frame[column]
        distinct = cells.unique(maintain_order=True).drop_nulls()
        tables = [read_table(text) for text in distinct.to_list()]
        self._count(frame, cells, distinct, tables)
        unfolded = self._columns(tables, specifications.prefix, wanted)
        own = {spelling(name) for name in feed_columns(frame.columns)}
        new = {name: texts for name, texts in unfolded.items() if spelling(name.removeprefix(IN_PREFIX)) not in own}
        values = pl.DataFrame({column: distinct, **new}, schema_overrides=dict.fromkeys(new, pl.String))
        return frame.join(values, on=column, how="left", maintain_order="left")

    def notes(self) -> tuple[str, ...]:
        """What a person should know: cells that could not be read as a whole, keys that nothing reads."""
        specifications = self.feed.specifications
        if specifications is None or (not self.keys and not self.broken):
            return ()
        wanted = wanted_keys(self.feed)
        unread = [(key, count) for key, count in self.keys.most_common() if spelling(key) not in wanted]
        notes = []
        if self.broken:
            places = ", ".join(f"{file}:{row}" for file, row in self.broken_rows)
            notes.append(f"{self.broken:,} cells of key/value pairs are read in part or not at all, such as {places}")
        if unread and not self.all_keys:
            shown = ", ".join(f"{specifications.prefix}.{key} ({count:,})" for key, count in unread[:_SHOWN_KEYS])
            more = f" and {len(unread) - _SHOWN_KEYS:,} more" if len(unread) > _SHOWN_KEYS else ""
            notes.append(f"keys that nothing reads: {shown}{more}")
        return tuple(notes)

    def _count(self, frame: pl.DataFrame, cells: pl.Series, distinct: pl.Series, tables: Sequence[Table]) -> None:
        rows_of = dict(cells.drop_nulls().value_counts(name="_rows").iter_rows())
        broken = []
        for text, table in zip(distinct.to_list(), tables, strict=True):
            keys = {_spelling(key): key for key, _ in table.pairs} | ({UNNAMED: UNNAMED} if table.unnamed else {})
            for spelled, key in keys.items():
                if spelled in self._names or len(self._names) < _KEYS_COUNTED:
                    self.keys[self._names.setdefault(spelled, key)] += rows_of[text]
            if table.broken:
                broken.append(text)
        if broken:
            rows = frame.filter(cells.is_in(broken)).select("source_file", "row_number")
            self.broken += rows.height
            self.broken_rows += rows.head(_SHOWN_ROWS - len(self.broken_rows)).rows()

    def _columns(self, tables: Sequence[Table], prefix: str, wanted: set[str] | None) -> dict[str, list[str | None]]:
        """The texts of each key, as long as `tables`; several values of one key are joined."""
        columns: dict[str, list[str | None]] = {}
        for index, table in enumerate(tables):
            values: dict[str, dict[str, None]] = {}
            for key, value in (*table.pairs, *((UNNAMED, value) for value in table.unnamed)):
                spelled = _spelling(key)
                if (wanted is None or spelled in wanted) and spelled in self._names:
                    values.setdefault(self._names[spelled], {})[value] = None
            for key, texts in values.items():
                name = f"{IN_PREFIX}{prefix}.{key}"
                if name not in columns:
                    columns[name] = [None] * len(tables)
                columns[name][index] = JOINED_BY.join(texts)
        return columns


def specification_column(specifications: Specifications, columns: Iterable[str]) -> str | None:
    """The RAW column (with prefix) that holds the pairs: the first of the config's names that is there.

    >>> specification_column(Specifications(column=("specs", "product_specifications")), ["in.Product Specifications"])
    'in.Product Specifications'
    """
    present = {spelling(name): name for name in reversed(feed_columns(columns))}
    found = [present[spelling(name)] for name in specifications.column if spelling(name) in present]
    return IN_PREFIX + found[0] if found else None


def wanted_keys(feed: Feed) -> set[str]:
    """The keys that `feed.columns` names with the prefix, as `spelling` writes them.

    >>> feed = Feed(columns={"fabric": ("fabric", "spec.Top Fabric")}, specifications={"column": ["specs"]})
    >>> wanted_keys(feed)
    {'topfabric'}
    """
    if feed.specifications is None:
        return set()
    prefix = spelling(feed.specifications.prefix) + "."
    names = (spelling(name) for columns in feed.columns.values() for name in columns)
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}
