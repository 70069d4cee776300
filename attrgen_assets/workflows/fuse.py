"""Fuse claims of one's own, from tables to tables; lines that cannot be used are told, and the rest is fused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from attrgen_assets.domain.fusion.fuse import Fusion, Method, fuse_claims
from attrgen_assets.domain.fusion.hierarchy import Hierarchy
from attrgen_assets.domain.fusion.rules import FieldRule, unused_keys
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets.errors import FeedError

CLAIMS: Final = ("object", "attribute", "source", "value")
OPTIONAL: Final = ("confidence", "observed_at")
TRUTH: Final = ("object", "attribute", "value")
HIERARCHY: Final = ("child", "parent")
_BATCH_ROWS: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line that was not used. row_number: 1 is the first line of data."""

    file: str
    row_number: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FusedTables:
    """What came of it; fused: claims that were used. notes: what was asked for and has no effect."""

    fusion: Fusion
    fused: int
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()


def fuse_tables(
    claims: FeedReader,
    *,
    truth: FeedReader | None = None,
    hierarchy: FeedReader | None = None,
    rules: Mapping[str, FieldRule] | None = None,
    method: Method = "auto",
) -> FusedTables:
    """Read claims (object, attribute, source, value; confidence 0-1 and observed_at, where there are such columns),
    reviewed values (object, attribute, value) and a hierarchy (child, parent), and choose a value for everything.
    A confidence or a time that is empty is one that is not given.

    Raises FeedError for a table that cannot be read or lacks a column, one without a claim that can be used, a
    hierarchy that goes in a circle, and the method `learned` without reviews.
    """
    left_out: list[LeftOut] = []
    said = read_table(claims, CLAIMS, optional=OPTIONAL, left_out=left_out)
    if said.is_empty():
        raise FeedError(f"there are no claims to fuse: {_why_none(left_out)}")
    known = None if truth is None else read_table(truth, TRUTH, left_out=left_out)
    kinds = None if hierarchy is None else read_table(hierarchy, HIERARCHY, left_out=left_out)
    pairs = () if kinds is None else kinds.select(HIERARCHY).iter_rows()
    try:
        fusion = fuse_claims(said, rules=rules, truth=known, method=method, hierarchy=Hierarchy(pairs))
    except ValueError as error:
        raise FeedError(str(error)) from error
    notes = tuple(_without_effect(rules or {}, said, method))
    return FusedTables(fusion=fusion, fused=said.height, left_out=tuple(left_out), notes=notes)


def _why_none(left_out: Sequence[LeftOut]) -> str:
    if not left_out:
        return f"the table has no line below its header; write lines of {', '.join(CLAIMS)}"
    first = left_out[0]
    return f"all {len(left_out):,} lines are left out, the first ({first.file}: row {first.row_number}) for {first.why}"


def _without_effect(rules: Mapping[str, FieldRule], said: pl.DataFrame, method: Method) -> Iterator[str]:
    """What rules ask for that changes nothing here: slips of the pen, mostly."""
    sources, attributes = (set(said[name].unique().to_list()) for name in ("source", "attribute"))
    for name, rule in rules.items():
        if name not in attributes:
            yield f"the rule of {name!r} has no effect: no claim is of it; {suggestion(name, sorted(attributes))}"
            continue
        for source in rule.source_priority:
            if source not in sources:
                yield f"{name}: source_priority: no claim is by {source!r}; {suggestion(source, sorted(sources))}"
        for key in unused_keys(rule):
            if key != "source_priority" or method != "priority":
                yield f"{name}: {key} has no effect on kind {rule.kind} with strategy {rule.strategy}"


def _given(name: str, *, blank_is_none: bool) -> pl.Expr:
    given = pl.col(f"{IN_PREFIX}{name}")
    return (pl.when(given.str.strip_chars() != "").then(given) if blank_is_none else given).alias(name)


def read_table(
    reader: FeedReader,
    columns: tuple[str, ...],
    *,
    optional: tuple[str, ...] = (),
    left_out: list[LeftOut] | None = None,
) -> pl.DataFrame:
    """The lines of a table that say everything that is needed, as texts; what is left out is added to `left_out`.

    Raises FeedError for a table that cannot be read or lacks a column.
    """
    keys = [name for name in columns if name != "value"]
    frames = []
    for frame in reader.read_batches(batch_rows=_BATCH_ROWS):
        names = [name.removeprefix(IN_PREFIX) for name in frame.columns if name.startswith(IN_PREFIX)]
        missing = [name for name in columns if name not in names]
        if missing:
            raise FeedError(f"no column {', '.join(missing)}; found {', '.join(names) or 'none'}")
        kept = [*columns, *(name for name in optional if name in names)]
        plain = frame.select("source_file", "row_number", "refused", "refused_detail",
                             *(_given(name, blank_is_none=name in optional) for name in kept))  # fmt: skip
        lacking = pl.concat_list(
            pl.when(pl.col(name).str.strip_chars().fill_null("") == "").then(pl.lit(name)) for name in keys
        ).list.drop_nulls()
        judged = plain.with_columns(
            why=pl.when(pl.col("refused").is_not_null())
            .then(pl.coalesce("refused_detail", "refused"))
            .when(lacking.list.len() > 0)
            .then(pl.format("no {}", lacking.list.join(", ")))
        )
        broken = judged.filter(pl.col("why").is_not_null())
        found = [
            LeftOut(file=file, row_number=row, why=told)
            for file, row, told in broken.select("source_file", "row_number", "why").iter_rows()
        ]
        if left_out is not None:
            left_out += found
        frames.append(judged.filter(pl.col("why").is_null()).select(kept))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
