"""Claims as arrays: items (object, attribute), clusters of equal values, sources."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from attrgen_assets.domain.fusion.equality import number_clusters, value_keys
from attrgen_assets.domain.fusion.rules import FieldRule

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Claims (one per item, source and cluster), sorted; votes of claims without a value are not among them.

    claims: n rows with object, attribute, source, value, item, cluster. items: object, attribute by item id.
    source, cluster: (n,) codes. cluster_item, cluster_field: (c,). broader: pairs (general, specific) of clusters.
    """

    claims: pl.DataFrame
    items: pl.DataFrame
    sources: tuple[str, ...]
    fields: tuple[str, ...]
    source: Ints
    cluster: Ints
    cluster_item: Ints
    cluster_field: Ints


def prepare(claims: pl.DataFrame, rules: Mapping[str, FieldRule]) -> Coded:
    """Sort, number and cluster the claims; the same claims in any order give the same arrays."""
    base = (
        claims.select("object", "attribute", "source", "value").unique().sort("object", "attribute", "source", "value")
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
    groups = groups.with_columns(leader=_leaders(groups))
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
        cluster_item=heads["item"].to_numpy(),
        cluster_field=_codes(heads["attribute"], codes),
    )


def _codes(values: pl.Series, names: pl.Series) -> Ints:
    return values.cast(pl.Enum(names)).to_physical().cast(pl.Int64).to_numpy()


def _leaders(groups: pl.DataFrame) -> pl.Series:
    leader = np.arange(groups.height)
    at = groups["number"].is_not_null().to_numpy().nonzero()[0]
    if len(at):
        part = groups[at]
        found = number_clusters(
            part["item"].to_numpy(), part["number"].to_numpy(), part["tolerance"].to_numpy(),
            part["support"].cast(pl.Int64).to_numpy(),
        )  # fmt: skip
        leader[at] = at[found]
    return pl.Series("leader", leader)
