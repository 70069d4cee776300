"""Choices that are not a vote: the preferred source, the median price, the union of lists."""

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.fusion.equality import list_items
from attrgen_assets.domain.fusion.prepare import Floats
from attrgen_assets.domain.fusion.rules import FieldRule

OUTLIER: Final = 3.0
"""Prices further than this many times the median (or below its inverse) are no prices of the same thing."""

NEARLY: Final = 0.5
"""A preferred source is believed as long as its value is at least this share as likely as the likeliest one."""


def by_strategy(
    claims: pl.DataFrame, rules: Mapping[str, FieldRule], posterior: Floats, *, nearly: float = NEARLY
) -> pl.DataFrame:
    """item, value, strategy, cluster of the fields whose rule is priority, median or union; of others nothing.

    claims: item, attribute, source, value, number, cluster, sorted. posterior: (clusters,) what the vote makes of each
    value; priority chooses among those within `nearly` of an item's likeliest, so that evidence can overrule it; 0: it
    cannot. cluster: that of the claim chosen, null for a union of all. An item that a strategy cannot decide is left
    to the vote.
    """
    sure = pl.Series("sure", np.asarray(posterior)[claims["cluster"].to_numpy()], dtype=pl.Float64)
    claims = claims.with_columns(sure).with_columns(likely=pl.col("sure") >= nearly * pl.col("sure").max().over("item"))
    schema = {"item": pl.Int64, "value": pl.String, "strategy": pl.String, "cluster": pl.Int64}
    found = [pl.DataFrame(schema=schema)]
    alike: dict[tuple[str, tuple[str, ...]], list[str]] = {}  # fields that are decided in one way are decided at once
    for name, rule in sorted(rules.items()):
        if rule.strategy != "vote":
            alike.setdefault((rule.strategy, rule.source_priority), []).append(name)
    for names in alike.values():
        rule = rules[names[0]]
        part = claims.filter(pl.col("attribute").is_in(names))
        chosen = {"priority": _first_source, "median": _median, "union": _union}[rule.strategy](part, rule)
        found.append(
            chosen.select("item", "value", pl.lit(rule.strategy).alias("strategy"), pl.col("cluster").cast(pl.Int64))
        )
    return pl.concat(found)


def _first_source(claims: pl.DataFrame, rule: FieldRule) -> pl.DataFrame:
    """The likely value of whom the rule names first; nothing where none that it names has a likely one."""
    rank = {source: at for at, source in enumerate(rule.source_priority)}
    ranked = claims.filter(pl.col("source").is_in(list(rank)) & pl.col("likely"))
    order = pl.col("source").replace_strict(rank, default=len(rank), return_dtype=pl.Int64)
    return (
        ranked.with_columns(rank=order).sort("item", "rank", "value").unique("item", keep="first", maintain_order=True)
    )


def _median(claims: pl.DataFrame, rule: FieldRule) -> pl.DataFrame:
    """The claim that is the median of those within `OUTLIER` times of the median; of two the lower."""
    numbers = claims.filter(pl.col("number").is_not_null())
    middle = pl.col("number").median().over("item")
    kept = numbers.filter((pl.col("number") <= OUTLIER * middle) & (pl.col("number") * OUTLIER >= middle))
    kept = kept.sort("item", "number", "value")
    at = (pl.len().over("item") - 1) // 2
    return kept.filter(pl.int_range(pl.len()).over("item") == at)


def _union(claims: pl.DataFrame, rule: FieldRule) -> pl.DataFrame:
    """Every entry once, in whichever spelling comes first; most claimed first."""
    rows = []
    for item, values in claims.group_by("item", maintain_order=True).agg("value").iter_rows():
        spelled: dict[str, str] = {}
        counts: dict[str, int] = {}
        for entry in (entry for value in values for entry in list_items(value)):
            key = entry.casefold().strip()
            spelled[key] = min(spelled.get(key, entry), entry)
            counts[key] = counts.get(key, 0) + 1
        ordered = sorted(counts, key=lambda key: (-counts[key], key))
        rows.append((item, json.dumps([spelled[key] for key in ordered], ensure_ascii=False), None))
    return pl.DataFrame(rows, schema={"item": pl.Int64, "value": pl.String, "cluster": pl.Int64}, orient="row")
