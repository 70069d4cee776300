"""Read an unknown feed and say what a product type would need to read it; changes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.fields import spelling
from attrgen_assets.domain.product_types.model import ProductType, Specifications
from attrgen_assets.domain.schema_matching.mentions import mentioning
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile, profile_columns, table_columns
from attrgen_assets.domain.schema_matching.render import suggestion_yaml
from attrgen_assets.domain.schema_matching.suggestion import Suggestion, rank, suggest
from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.unfold import UnfoldedFeed

BATCH_ROWS: Final = 10_000
_MOST_TITLES: Final = 0.9  # where fewer mention the product type, the feed has others in it ...
_ENOUGH_ROWS: Final = 10  # ... which are left out where so many rows remain


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestReport:
    """What is suggested, from so many rows.

    likenesses: 0-1 of every product type that was tried, best first.  yaml: the suggestion to review.
    """

    suggestion: Suggestion
    rows: int
    likenesses: Mapping[str, float]
    yaml: str


def suggest_config(
    product_types: Mapping[str, ProductType], open_reader: Callable[[], FeedReader], *, feed: str, rows: int
) -> SuggestReport:
    """Match the first `rows` rows of a feed to each product type, and suggest for the one that it looks most like.

    Of a mixed feed only rows whose titles mention the product type are learned from.

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
        found[name] = _suggest(product_type, learned[key]), learned[key]
    ranked = rank(suggestion for suggestion, _ in found.values())
    best = product_types[ranked[0][0].product_type]
    suggestion, source = found[best.name]
    if not source.rows:
        raise FeedError(f"{feed}: there are no rows to learn from")
    if suggestion.mentions < _MOST_TITLES and suggestion.mentions * source.rows >= _ENOUGH_ROWS:
        source = _learn(best, open_reader, rows, titles=suggestion.columns_of("title"))
        suggestion = replace(_suggest(best, source), mentions=suggestion.mentions)
    text = suggestion_yaml(
        suggestion,
        best,
        feed=feed,
        rows=source.rows,
        of=source.of,
        tables=source.tables,
        ranked=ranked if len(ranked) > 1 else (),
    )
    likenesses = {one.product_type: score for one, score in ranked}
    return SuggestReport(suggestion=suggestion, rows=source.rows, likenesses=likenesses, yaml=text)


def _suggest(product_type: ProductType, learned: "_Learned") -> Suggestion:
    typed = _with_tables(product_type, learned.tables)
    prefix = typed.feed.specifications.prefix if typed.feed.specifications else None
    return suggest(compile_plan(typed), learned.profiles, prefix=prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What is known of a feed: rows read, its columns with tables unfolded, tables that the config does not name."""

    rows: int  # that were learned from
    of: int  # that were read
    profiles: dict[str, ColumnProfile]
    tables: dict[str, float]


def _learn(
    product_type: ProductType, open_reader: Callable[[], FeedReader], rows: int, *, titles: Sequence[str] = ()
) -> _Learned:
    """Profiles of the first rows; with `titles`, of those that mention the product type in one of these columns."""
    missing = product_type.texts.missing
    plain = profile_columns(_First(open_reader(), rows).frames(), missing=missing)
    tables = _new_tables(product_type, plain)
    unfolded = UnfoldedFeed(open_reader(), _with_tables(product_type, tables).feed, all_keys=True)
    first = _First(unfolded, rows, keep=lambda frame: _mentioning(product_type, frame, titles) if titles else frame)
    profiles = profile_columns(first.frames(), missing=missing)
    return _Learned(rows=first.kept, of=first.read, profiles=profiles, tables=tables)


def _mentioning(product_type: ProductType, frame: pl.DataFrame, titles: Sequence[str]) -> pl.DataFrame:
    present = [IN_PREFIX + name for name in titles if IN_PREFIX + name in frame.columns]
    masks = [mentioning(product_type, frame[name]) for name in present]
    return frame.filter(pl.any_horizontal(masks)) if masks else frame.clear()


class _First:
    """The first rows of a feed, refused ones left out, and those that `keep` leaves out."""

    def __init__(
        self, reader: FeedReader, rows: int, *, keep: Callable[[pl.DataFrame], pl.DataFrame] = lambda frame: frame
    ) -> None:
        self._reader = reader
        self._rows = rows
        self._keep = keep
        self.read = 0
        self.kept = 0

    def frames(self) -> Iterator[pl.DataFrame]:
        for frame in self._reader.read_batches(batch_rows=BATCH_ROWS):
            part = frame.head(self._rows - self.read)
            self.read += part.height
            kept = self._keep(part.filter(pl.col("refused").is_null()))
            self.kept += kept.height
            yield kept
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
