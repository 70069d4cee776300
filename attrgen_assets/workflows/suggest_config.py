"""Read an unknown feed and say what a product type would need to read it; changes nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.fields import spelling
from attrgen_assets.domain.product_types.model import ProductType, Specifications
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile, profile_columns, table_columns
from attrgen_assets.domain.schema_matching.render import suggestion_yaml
from attrgen_assets.domain.schema_matching.suggestion import Suggestion, rank, suggest
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.unfold import UnfoldedFeed

BATCH_ROWS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestReport:
    """What is suggested. likenesses: 0-1 of every product type that was tried, best first; yaml: to review."""

    suggestion: Suggestion
    rows: int
    likenesses: Mapping[str, float]
    yaml: str


def suggest_config(
    product_types: Mapping[str, ProductType], open_reader: Callable[[], FeedReader], *, feed: str, rows: int
) -> SuggestReport:
    """Match the first `rows` rows of a feed to each product type, and suggest for the one that it looks most like.

    open_reader: a reader of the feed, from its start.  feed: how remarks call it.

    Raises: FeedError for a feed that cannot be read, or has no rows.
    """
    if not product_types:
        raise FeedError("there is no product type to match the feed to")
    learned: dict[str, _Learned] = {}
    found: dict[str, tuple[Suggestion, _Learned]] = {}
    for name, product_type in product_types.items():
        # types of one family read cells alike, and share the reading
        key = repr((product_type.texts.missing, product_type.feed.specifications))
        learned[key] = learned.get(key) or _learn(product_type, open_reader, rows)
        typed = _with_tables(product_type, learned[key].tables)
        prefix = typed.feed.specifications.prefix if typed.feed.specifications else None
        found[name] = suggest(compile_plan(typed), learned[key].profiles, prefix=prefix), learned[key]
    ranked = rank(suggestion for suggestion, _ in found.values())
    best = ranked[0][0].product_type
    suggestion, source = found[best]
    if not source.rows:
        raise FeedError(f"{feed}: there are no rows to learn from")
    text = suggestion_yaml(
        suggestion,
        product_types[best],
        feed=feed,
        rows=source.rows,
        tables=source.tables,
        ranked=ranked if len(ranked) > 1 else (),
    )
    likenesses = {one.product_type: score for one, score in ranked}
    return SuggestReport(suggestion=suggestion, rows=source.rows, likenesses=likenesses, yaml=text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What is known of a feed: rows read, its columns with tables unfolded, tables that the config does not name."""

    rows: int
    profiles: dict[str, ColumnProfile]
    tables: dict[str, float]


def _learn(product_type: ProductType, open_reader: Callable[[], FeedReader], rows: int) -> _Learned:
    missing = product_type.texts.missing
    plain = profile_columns(_First(open_reader(), rows).frames(), missing=missing)
    tables = _new_tables(product_type, plain)
    unfolded = UnfoldedFeed(open_reader(), _with_tables(product_type, tables).feed, all_keys=True)
    first = _First(unfolded, rows)
    return _Learned(profiles=profile_columns(first.frames(), missing=missing), tables=tables, rows=first.read)


class _First:
    """The first rows of a feed, refused ones left out."""

    def __init__(self, reader: FeedReader, rows: int) -> None:
        self._reader = reader
        self._rows = rows
        self.read = 0

    def frames(self) -> Iterator[pl.DataFrame]:
        for frame in self._reader.read_batches(batch_rows=BATCH_ROWS):
            part = frame.head(self._rows - self.read)
            self.read += part.height
            yield part.filter(pl.col("refused").is_null())
            if self.read >= self._rows:
                return


def _new_tables(product_type: ProductType, profiles: Mapping[str, ColumnProfile]) -> dict[str, float]:
    """A column of tables that the config does not name, as long as none that it names is there."""
    known = product_type.feed.specifications
    named = {spelling(name) for name in known.column} if known else set()
    if any(spelling(name) in named for name in profiles):
        return {}
    return dict(list(table_columns(profiles.values()).items())[:1])


def _with_tables(product_type: ProductType, tables: Mapping[str, float]) -> ProductType:
    if not tables:
        return product_type
    known = product_type.feed.specifications or Specifications(column=tuple(tables))
    specifications = known.model_copy(update={"column": tuple(dict.fromkeys((*known.column, *tables)))})
    feed = product_type.feed.model_copy(update={"specifications": specifications})
    return product_type.model_copy(update={"feed": feed})
