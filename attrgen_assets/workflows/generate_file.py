"""A feed to documents, file to file: the same reading and the same kernel as the graph, with no service behind it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol

import polars as pl

from attrgen_assets.domain.attributes.check import failing_values
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.proposals import asking_sources
from attrgen_assets.domain.attributes.validate import Validated, Validator
from attrgen_assets.domain.documents.lines import document_lines, quarantine_lines
from attrgen_assets.domain.ports import FeedInfo, FeedReader
from attrgen_assets.domain.product_types.fields import missing_fields, unmapped_columns
from attrgen_assets.domain.product_types.learned import PROPOSING
from attrgen_assets.domain.product_types.mapping import check_mapping, with_mapping
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.tables import IN_PREFIX, Status
from attrgen_assets.errors import ConservationError, TerminalError
from attrgen_assets.workflows.kernel import validated_batches
from attrgen_assets.workflows.mixed_feed import Mentions
from attrgen_assets.workflows.read import iter_raw
from attrgen_assets.workflows.unfold import unfolded


class Lines(Protocol):
    """Takes lines of text, in order."""

    def write(self, lines: Iterable[str]) -> None:
        """Append lines, each given without its end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateFileReport:
    """What was made of a feed: rows = documents + quarantined, always.

    reasons: rows per reason; a row with two counts under both.  statuses: per attribute, documents per status.
    other_types: rows left out by `select`, which are not among `rows`.
    """

    rows: int
    documents: int
    complete: int
    quarantined: int
    other_types: int
    reasons: Mapping[str, int]
    statuses: Mapping[str, Mapping[str, int]]
    unmapped_columns: tuple[str, ...]
    missing_fields: tuple[str, ...]
    notes: tuple[str, ...]
    seconds: float

    def coverage(self, attribute: str) -> float | None:
        """Share of the documents that the attribute applies to in which it is FOUND, 0-1; None without documents."""
        counts = self.statuses[attribute]
        found, nowhere = counts[Status.FOUND], counts[Status.NOT_FOUND]
        if found + nowhere:
            return found / (found + nowhere)
        return 1.0 if self.documents else None


@dataclass
class _Counting:
    """A reader that counts the rows that go by."""

    reader: FeedReader
    rows: int = 0

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        self.rows = 0  # a feed whose last duplicates are kept is read twice
        for frame in self.reader.read_batches(batch_rows=batch_rows):
            self.rows += frame.height
            yield frame

    def info(self) -> FeedInfo:
        return self.reader.info()


@dataclass
class _Tally:
    rows: int = 0
    documents: int = 0
    complete: int = 0
    quarantined: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, Counter[str]] = field(default_factory=dict)
    columns: dict[str, None] = field(default_factory=dict)  # in order of appearance

    def add(self, raw: pl.DataFrame, result: Validated) -> None:
        self.rows += raw.height
        self.columns.update(dict.fromkeys(name for name in raw.columns if name.startswith(IN_PREFIX)))
        self.documents += result.documents.height
        self.complete += int(result.documents["complete"].sum())
        self.quarantined += result.quarantined.height
        self.reasons.update(result.quarantined["reasons"].explode().drop_nulls().to_list())
        for name, counts in self.statuses.items():
            counts.update(dict(result.documents[f"{name}.status"].cast(pl.String).value_counts().iter_rows()))


def generate_file(
    product_type: ProductType,
    *,
    reader: FeedReader,
    documents: Lines,
    quarantined: Lines,
    batch_rows: int,
    mapping: Mapping[str, str] | None = None,
    select: bool = False,
) -> GenerateFileReport:
    """Write a line per document and a line per quarantined row, in the order of the feed.

    mapping: {field: column} in place of the config's columns for these fields.
    select: whether rows of other product types (`feed.select`) are left out; else every row is taken for one of this.

    Raises: FeedError for an unknown field or column and for a feed that cannot be read; ConservationError.
    """
    started = perf_counter()
    product_type = with_mapping(product_type, mapping or {})
    plan = compile_plan(product_type)
    validator, counting = Validator(plan), _Counting(reader)
    feed = unfolded(counting, product_type.feed)
    tally = _Tally(statuses={attribute.name: Counter() for attribute in product_type.attributes})
    mentions = Mentions(product_type)
    batches = iter_raw(product_type, feed, batch_rows=batch_rows, select=select)
    for raw, result in validated_batches(batches, plan, validator):
        _check_legal(result.documents, product_type)
        documents.write(document_lines(result.documents, product_type))
        quarantined.write(quarantine_lines(result.quarantined))
        tally.add(raw, result)
        mentions.add(raw)
    check_mapping(mapping or {}, list(tally.columns))
    if tally.rows != tally.documents + tally.quarantined:
        raise ConservationError(
            f"{product_type.name}: {tally.rows} rows read, but {tally.documents} documents + {tally.quarantined} "
            "quarantined. This is a defect: please report it with the feed."
        )
    columns = list(tally.columns)
    return GenerateFileReport(
        rows=tally.rows,
        documents=tally.documents,
        complete=tally.complete,
        quarantined=tally.quarantined,
        other_types=counting.rows - tally.rows,
        reasons=dict(tally.reasons.most_common()),
        statuses=tally.statuses,
        unmapped_columns=unmapped_columns(product_type.feed, columns),
        missing_fields=missing_fields(product_type.feed, columns),
        notes=(*feed.info().notes, *mentions.notes(select=select), *_without_effect(product_type, select=select)),
        seconds=perf_counter() - started,
    )


def _without_effect(product_type: ProductType, *, select: bool) -> list[str]:
    """A note on what is asked for and does nothing: generators that ask a model - here no service is behind them."""
    asking = [name for name in sorted(PROPOSING) if asking_sources(product_type, name)]
    notes = [f"sources of the generator {name} are left out here; a run of the graph asks them" for name in asking]
    if select and product_type.feed.select is None:
        notes.append(f"no row is left out: the config of {product_type.name} has no feed.select")
    return notes


def _check_legal(validated: pl.DataFrame, product_type: ProductType) -> None:
    """Decide again from the config alone that every value is legal: a defect of the validator must not get out."""
    failures = failing_values(validated.lazy(), product_type, examples=1)
    if failures.total:
        first = failures.examples.row(0, named=True)
        raise TerminalError(
            f"{product_type.name}: {failures.total} values are not what the config allows; the first: {first['sku']}, "
            f"{first['attribute']} = {first['value']!r} ({first['problem']}). This is a defect: please report it."
        )
