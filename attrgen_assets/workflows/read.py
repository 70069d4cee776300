"""Read a feed: every row becomes a raw product or a refusal, in the table raw_products."""

import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from attrgen_assets.domain.ports import FeedReader, TableStore
from attrgen_assets.domain.product_types.fields import (
    feed_columns,
    field_text,
    map_field,
    missing_field_message,
    missing_fields,
    unmapped_columns,
)
from attrgen_assets.domain.product_types.model import ProductType, Select
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.errors import ConservationError, FeedError
from attrgen_assets.workflows.mixed_feed import Mentions
from attrgen_assets.workflows.unfold import unfolded

RAW_TABLE: Final = "raw_products"

_FIXED: Final = ("source_file", "row_number", "sku", "refused", "refused_detail")
# control characters, and those that are invisible and change the direction or the joining of text
_INVISIBLE: Final = r"[\p{Cc}\x{200B}\x{200E}\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FEFF}]"
_BETWEEN: Final = re.compile(r"[\s_\-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """What was read. rows = kept + the sum of refused; rows of other product types are not among them."""

    rows: int
    refused: dict[str, int]
    other_types: int
    columns: tuple[str, ...]
    unmapped_columns: tuple[str, ...]
    missing_fields: tuple[str, ...]
    files: tuple[str, ...]
    newest_mtime: float | None  # seconds since 1970
    notes: tuple[str, ...]
    seconds: float

    @property
    def kept(self) -> int:
        """Rows that go on to the next step."""
        return self.rows - sum(self.refused.values())


@dataclass(slots=True)
class _Tally:
    """Counts of one reading, filled while its frames go by."""

    rows: int = 0
    other_types: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    columns: dict[str, None] = field(default_factory=dict)  # in order of appearance
    last_row: dict[str, int] = field(default_factory=dict)  # per file


def read_products(
    product_type: ProductType, *, reader: FeedReader, tables: TableStore, batch_rows: int, select: bool = True
) -> ReadReport:
    """Write the feed's rows to the table raw_products.

    select: whether rows of other product types (`feed.select`) are left out; they are counted.

    Raises: FeedError where the feed cannot be read or no column carries the SKU; StorageFull; ConservationError.
    """
    started = time.perf_counter()
    tally, reader = _Tally(), unfolded(reader, product_type.feed)
    mentions = Mentions(product_type)
    with tables.writer(RAW_TABLE, product_type=product_type.name) as (writer,):
        for frame in _raw(product_type, reader, batch_rows=batch_rows, select=select, tally=tally):
            writer.write(frame)
            mentions.add(frame)
    _check_stored(tables, product_type.name, tally)
    info = reader.info()
    raw_columns = list(tally.columns)
    return ReadReport(
        rows=tally.rows,
        refused=dict(sorted(tally.refused.items())),
        other_types=tally.other_types,
        columns=tuple(feed_columns(raw_columns)),
        unmapped_columns=unmapped_columns(product_type.feed, raw_columns),
        missing_fields=missing_fields(product_type.feed, raw_columns),
        files=info.files,
        newest_mtime=info.newest_mtime,
        notes=(*info.notes, *mentions.notes(select=select)),
        seconds=time.perf_counter() - started,
    )


def iter_raw(
    product_type: ProductType, reader: FeedReader, *, batch_rows: int, select: bool = True
) -> Iterator[pl.DataFrame]:
    """The feed's rows as frames of RAW (see `domain.tables`), at most `batch_rows` each; at least one frame.

    Memory: one batch, and about 100 bytes for every SKU, which is what exact finding of duplicates costs.

    With `duplicates: last` the feed is read twice.

    Raises: FeedError where the feed cannot be read, changes meanwhile, or no column carries the SKU (after the last
    row: with JSON lines or several files no earlier moment is sure); ConservationError where the reader left out a row.
    """
    reader = unfolded(reader, product_type.feed)
    return _raw(product_type, reader, batch_rows=batch_rows, select=select, tally=_Tally())


def _raw(
    product_type: ProductType, reader: FeedReader, *, batch_rows: int, select: bool, tally: _Tally
) -> Iterator[pl.DataFrame]:
    duplicates: _First | _Last = _First()
    if product_type.feed.duplicates == "last":  # which row is the last is known only after all were seen
        seen = _selected(product_type, reader, batch_rows=batch_rows, select=select, tally=_Tally())
        duplicates = _Last(_usable_skus(frame) for frame in seen)
    yielded = False
    for frame in _selected(product_type, reader, batch_rows=batch_rows, select=select, tally=tally):
        marked = _mark_duplicates(frame, duplicates)
        tally.rows += marked.height
        for reason, count in marked["refused"].drop_nulls().value_counts().iter_rows():
            tally.refused[reason] += count
        if marked.height or not yielded:
            yield marked
            yielded = True
    duplicates.finish()
    _check_mapped(product_type, tally, select=select)
    if not yielded:
        yield pl.DataFrame(schema={name: pl.UInt32 if name == "row_number" else pl.String for name in _FIXED})


def _selected(
    product_type: ProductType, reader: FeedReader, *, batch_rows: int, select: bool, tally: _Tally
) -> Iterator[pl.DataFrame]:
    """Frames with `sku`, rows of other product types left out, rows without SKU refused."""
    chosen = product_type.feed.select if select else None
    for frame in reader.read_batches(batch_rows=batch_rows):
        _check_unbroken(frame, tally)
        tally.columns.update(dict.fromkeys(name for name in frame.columns if name not in _FIXED))
        raw = _with_sku(frame, product_type)
        if chosen is not None:
            raw = raw.filter(_is_of_type(product_type, chosen, frame.columns))
            tally.other_types += frame.height - raw.height
        yield raw


def _with_sku(frame: pl.DataFrame, product_type: ProductType) -> pl.DataFrame:
    stated = field_text(product_type.feed, frame.columns, "sku")
    texts = product_type.texts
    nothing = [text.strip().lower() for text in ("", *texts.missing, *texts.not_applicable)]
    sku = stated.str.replace_all(_INVISIBLE, "").str.strip_chars()
    missing = pl.col("refused").is_null() & pl.col("sku").is_null()
    cell = pl.when(stated.is_null()).then(pl.lit("the row has no such cell"))
    detail = cell.otherwise(pl.format("the cell states nothing: '{}'", stated.str.slice(0, 200)))
    return (
        frame.with_columns(sku=pl.when(~sku.str.to_lowercase().is_in(nothing)).then(sku))
        .with_columns(
            refused=pl.when(missing).then(pl.lit(RefusalReason.MISSING_SKU.value)).otherwise("refused"),
            refused_detail=pl.when(missing).then(detail).otherwise("refused_detail"),
        )
        .select(*_FIXED, *(name for name in frame.columns if name not in _FIXED))
    )


def _is_of_type(product_type: ProductType, chosen: Select, columns: Sequence[str]) -> pl.Expr:
    """Whether a row is of the product type; of a row without cells nobody can tell, so it stays, as a refusal."""
    text = field_text(product_type.feed, columns, chosen.field)
    matches = text.str.contains(_any_word(chosen.any_of))
    if chosen.none_of:
        matches &= ~text.str.contains(_any_word(chosen.none_of))
    return matches.fill_null(False) | (pl.col("refused") == RefusalReason.UNPARSEABLE_ROW.value).fill_null(False)


def _any_word(phrases: Sequence[str]) -> str:
    """A regular expression (Rust) for whole words in any case; a phrase's words may be joined by space, dash, `_`."""
    words = [_BETWEEN.split(phrase.strip()) for phrase in phrases]
    alternatives = [r"[\s_\-]+".join(map(pl.escape_regex, parts)) for parts in words if any(parts)]
    if not alternatives:
        return r"[^\s\S]"  # matches nothing, as an empty list of words should
    return rf"(?i)(?:^|[^\p{{L}}\p{{M}}\p{{N}}])(?:{'|'.join(alternatives)})(?:$|[^\p{{L}}\p{{M}}\p{{N}}])"


class _First:
    """Finds rows whose SKU an earlier row has."""

    detail = "an earlier row with this SKU is kept"

    def __init__(self) -> None:
        self._seen: set[str] = set()

    def find(self, skus: pl.Series) -> list[bool]:
        """For each SKU of the batch whether it is a duplicate; null is none. Empty: none of them is."""
        known = skus.drop_nulls()
        values = known.to_list()
        if known.n_unique() == len(values) and self._seen.isdisjoint(values):  # the usual case, without a loop
            self._seen.update(values)
            return []
        return [sku is not None and self._is_known(sku) for sku in skus.to_list()]

    def _is_known(self, sku: str) -> bool:
        known = sku in self._seen
        self._seen.add(sku)
        return known

    def finish(self) -> None:
        """Nothing is open at the end: one reading is enough."""


class _Last:
    """Finds rows whose SKU a later row has, from all SKUs in order, of a first reading."""

    detail = "a later row with this SKU is kept"

    def __init__(self, batches: Iterable[pl.Series]) -> None:
        self._later: Counter[str] = Counter()
        self._expected = self._found = 0
        seen: set[str] = set()
        for skus in batches:
            values = skus.to_list()
            self._expected = hash((self._expected, *values))
            for sku in values:
                if sku in seen and sku is not None:
                    self._later[sku] += 1
                seen.add(sku)

    def find(self, skus: pl.Series) -> list[bool]:
        """For each SKU of the batch whether it is a duplicate; null is none."""
        values = skus.to_list()
        self._found = hash((self._found, *values))
        return [sku is not None and self._has_later(sku) for sku in values]

    def _has_later(self, sku: str) -> bool:
        has = self._later.get(sku, 0) > 0
        if has:
            self._later[sku] -= 1
        return has

    def finish(self) -> None:
        """Raises FeedError where the second reading gave other SKUs: a row may then wait for one that never comes."""
        if self._found != self._expected:
            raise FeedError("the feed was changed while it was read; run again when it is complete")


def _usable_skus(frame: pl.DataFrame) -> pl.Series:
    """The SKUs of the frame, null in rows that are refused already."""
    return frame.select(pl.when(pl.col("refused").is_null()).then("sku")).to_series()


def _mark_duplicates(frame: pl.DataFrame, duplicates: _First | _Last) -> pl.DataFrame:
    found = duplicates.find(_usable_skus(frame))
    if not any(found):
        return frame
    mask = pl.Series(found)
    return frame.with_columns(
        refused=pl.when(mask).then(pl.lit(RefusalReason.DUPLICATE_SKU.value)).otherwise("refused"),
        refused_detail=pl.when(mask).then(pl.lit(duplicates.detail)).otherwise("refused_detail"),
    )


def _check_mapped(product_type: ProductType, tally: _Tally, *, select: bool) -> None:
    """Raises FeedError where the feed has columns or rows, but none carries what reading needs."""
    feed = product_type.feed
    needed = ["sku", *([feed.select.field] if select and feed.select else [])]
    for name in needed:
        empty = not tally.columns and not tally.rows and not tally.other_types
        if not empty and not map_field(feed, list(tally.columns), name):
            raise FeedError(missing_field_message(feed, list(tally.columns), name))


def _check_unbroken(frame: pl.DataFrame, tally: _Tally) -> None:
    """Row numbers of a file go up by one, across frames too: else the reader lost or doubled a row."""
    number = pl.col("row_number").cast(pl.Int64)
    runs = frame.group_by("source_file", maintain_order=True).agg(
        first=number.first(), last=number.last(), unbroken=(number.diff().drop_nulls() == 1).all()
    )
    for file, first, last, unbroken in runs.iter_rows():
        before = tally.last_row.get(file, 0)
        if first != before + 1 or not unbroken:
            raise ConservationError(f"{file}: rows {first} to {last} do not follow row {before} one by one")
        tally.last_row[file] = last


def _check_stored(tables: TableStore, product_type: str, tally: _Tally) -> None:
    """Count again what was stored."""
    refused = pl.col("refused").is_not_null().sum()
    stored = tables.scan(RAW_TABLE, product_type=product_type).select(rows=pl.len(), refused=refused).collect().row(0)
    expected = (tally.rows, tally.refused.total())
    read = sum(tally.last_row.values())
    if stored != expected or read != tally.rows + tally.other_types:
        raise ConservationError(
            f"{product_type}: the feed has {read:,} rows, of which {tally.other_types:,} are of other types; "
            f"{stored[0]:,} rows ({stored[1]:,} refused) are in {RAW_TABLE}, and {expected[0]:,} ({expected[1]:,}) "
            "should be. This is a defect: please report it with the feed."
        )
