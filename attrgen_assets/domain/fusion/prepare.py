"""Claims as arrays: items (object, attribute), clusters of equal values, sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from attrgen_assets.domain.fusion.equality import alike_clusters, number_clusters, value_keys
from attrgen_assets.domain.fusion.rules import FieldRule

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_CLAIM: Final = ["object", "attribute", "source", "value"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Claims (one per item, source and cluster), sorted; votes of claims without a value are not among them.

    claims: n rows with object, attribute, source, value, item, cluster. items: object, attribute by item id.
    source, cluster: (n,) codes. weight: (n,) 0-1, by which a claim counts. cluster_item, cluster_field: (c,).
    newest: (c,) ranks of when a value was last said, the highest last; 0 where nobody says when.
    """

    claims: pl.DataFrame
    items: pl.DataFrame
    sources: tuple[str, ...]
    fields: tuple[str, ...]
    source: Ints
    cluster: Ints
    weight: Floats
    newest: Ints
    cluster_item: Ints
    cluster_field: Ints


def prepare(claims: pl.DataFrame, rules: Mapping[str, FieldRule]) -> Coded:
    """Sort, number and cluster the claims; the same claims in any order give the same arrays."""
    base = (
        claims.select(*_CLAIM, _weight(claims), _observed(claims))
        .group_by(_CLAIM)
        .agg(pl.col("weight").max(), pl.col("observed").max())
        .sort(_CLAIM)
    )
    items = base.select("object", "attribute").unique(maintain_order=True).with_row_index("item")
    items = items.with_columns(pl.col("item").cast(pl.Int64))
    distinct = base.select("attribute", "value").unique().sort("attribute", "value")
    keyed = base.join(items, on=["object", "attribute"]).join(
        value_keys(distinct, rules), on=["attribute", "value"], nulls_equal=True, maintain_order="left"
    )
    voting = keyed.filter(pl.col("key").is_not_null())
    tolerance = {name: rule.tolerance for name, rule in rules.items()}
    groups = (
        voting.group_by("item", "attribute", "key")
        .agg(number=pl.col("number").first(), support=pl.len())
        .sort("item", "key")
        .with_columns(tolerance=pl.col("attribute").replace_strict(tolerance, default=0.05, return_dtype=pl.Float64))
    )
    groups = groups.with_columns(leader=_leaders(groups, rules))
    numbered = groups.with_columns(cluster=pl.col("leader").rank("dense").cast(pl.Int64) - 1)
    voting = voting.join(numbered.select("item", "key", "cluster"), on=["item", "key"], maintain_order="left")
    voting = voting.sort("item", "source", "value")
    fields = tuple(rules)
    codes = pl.Series(fields, dtype=pl.String)
    heads = numbered.unique("cluster", keep="first", maintain_order=True).sort("cluster")
    names = voting["source"].unique().sort()
    return Coded(
        claims=voting,
        items=items,
        sources=tuple(names.to_list()),
        fields=fields,
        source=_codes(voting["source"], names),
        cluster=voting["cluster"].to_numpy(),
        weight=voting["weight"].to_numpy(),
        newest=_newest(voting),
        cluster_item=heads["item"].to_numpy(),
        cluster_field=_codes(heads["attribute"], codes),
    )


def _codes(values: pl.Series, names: pl.Series) -> Ints:
    return values.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()


def _weight(claims: pl.DataFrame) -> pl.Expr:
    """How much each claim counts: its own confidence, where it has one."""
    if "confidence" not in claims.columns:
        return pl.lit(1.0).alias("weight")
    return pl.col("confidence").cast(pl.Float64, strict=False).fill_null(1.0).alias("weight")


def _observed(claims: pl.DataFrame) -> pl.Expr:
    """When each claim was made, as a text or a time that sorts; null where nobody says."""
    if "observed_at" not in claims.columns:
        return pl.lit(None, dtype=pl.String).alias("observed")
    return pl.col("observed_at").cast(pl.String).alias("observed")


def _newest(voting: pl.DataFrame) -> Ints:
    last = voting.group_by("cluster").agg(pl.col("observed").max()).sort("cluster")["observed"]
    return last.rank("dense").fill_null(0).cast(pl.Int64).to_numpy()


def _leaders(groups: pl.DataFrame, rules: Mapping[str, FieldRule]) -> pl.Series:
    leader = np.arange(groups.height)
    at = groups["number"].is_not_null().to_numpy().nonzero()[0]
    if len(at):
        part = groups[at]
        found = number_clusters(
            part["item"].to_numpy(), part["number"].to_numpy(), part["tolerance"].to_numpy(),
            part["support"].cast(pl.Int64).to_numpy(),
        )  # fmt: skip
        leader[at] = at[found]
    for name, rule in rules.items():
        if rule.similarity is not None:
            at = (groups["attribute"] == name).to_numpy().nonzero()[0]
            leader[at] = at[alike_clusters(groups[at], rule)]
    return pl.Series("leader", leader)
