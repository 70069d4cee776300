"""What came out, who says otherwise, on what, and by how much."""

import numpy as np
import polars as pl

from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints
from attrgen_assets.domain.fusion.rules import MOSTLY, TIME

_NO_VALUE = "no source has a value"


def value_table(
    coded: Coded, *, base: pl.DataFrame, chosen: Ints, confidence: Floats, method: str, strategies: pl.DataFrame,
    truth: pl.DataFrame | None,
) -> pl.DataFrame:  # fmt: skip
    """Every item with its value, confidence, method, reason, and cluster (null where none was chosen).

    Where a strategy chose the claim, cluster and confidence are that claim's, not those of the vote's winner.
    """
    spelling = (
        coded.claims.with_columns(value=_without_remark())
        .group_by("cluster", "value")
        .len()
        .with_columns(length=pl.col("value").str.len_chars(), clean=pl.col("value").str.contains(TIME))
        .sort(["cluster", "clean", "len", "length", "value"], descending=[False, True, True, False, False])
        .unique("cluster", keep="first", maintain_order=True)
        .select("cluster", "value")
    )
    best = pl.DataFrame(
        {"item": coded.cluster_item[chosen], "voted": chosen}, schema={"item": pl.Int64, "voted": pl.Int64}
    )
    sure = pl.DataFrame(
        {"cluster": np.arange(len(confidence)), "confidence": np.clip(confidence, 0.0, 1.0)},
        schema={"cluster": pl.Int64, "confidence": pl.Float64},
    )
    by_strategy = strategies.rename({"value": "by_strategy", "cluster": "preferred"})
    counts = coded.claims.group_by("item").agg(claims=pl.len(), values=pl.col("cluster").n_unique())
    votes = coded.claims.group_by("cluster").agg(votes=pl.len())
    table = coded.items.join(best, on="item", how="left").join(by_strategy, on="item", how="left")
    table = table.with_columns(cluster=pl.coalesce("preferred", "voted")).join(sure, on="cluster", how="left")
    table = table.join(spelling, on="cluster", how="left")
    table = table.join(counts, on="item", how="left").join(votes, on="cluster", how="left")
    table = table.join(_unread(base), on=["object", "attribute"], how="left")
    table = _with_reviews(table, truth)
    voted = pl.format("{} of {} claims, {} different values", "votes", "claims", "values")
    table = table.with_columns(
        reason=pl.when(pl.col("reviewed").is_not_null())
        .then(pl.lit("reviewed"))
        .when(pl.col("strategy").is_not_null())
        .then(pl.format("strategy {}; {}", "strategy", voted))
        .otherwise(voted)
        .fill_null(_NO_VALUE),
        method=pl.when(pl.col("reviewed").is_not_null())
        .then(pl.lit("reviewed"))
        .otherwise(pl.col("strategy").fill_null(pl.lit(method))),
        value=pl.coalesce("reviewed", "by_strategy", "value", "unread"),
        confidence=pl.when(pl.col("reviewed").is_not_null()).then(1.0).otherwise(pl.col("confidence").fill_null(0.0)),
    )  # fmt: skip
    return table.sort("item")


def _without_remark() -> pl.Expr:
    """In fields of times, "7:15 p.m. (Estimated)" is written "7:15 p.m.", as the others are."""
    plain = pl.col("value").str.contains(TIME)
    bare = pl.col("value").str.extract(r"(\d{1,2}:[0-5]\d\s*[ap]\.m\.)")
    timed = plain.mean().over("attribute") >= MOSTLY
    return pl.when(timed & ~plain).then(pl.coalesce(bare, "value")).otherwise("value")


def _unread(base: pl.DataFrame) -> pl.DataFrame:
    """What stands in for a value where no claim has one that can be read: the most common text, as it is."""
    texts = base.filter(pl.col("value").is_not_null()).group_by("object", "attribute", "value").len()
    texts = texts.sort(["object", "attribute", "len", "value"], descending=[False, False, True, False])
    return texts.unique(["object", "attribute"], keep="first", maintain_order=True).select(
        "object", "attribute", unread="value"
    )


def _with_reviews(table: pl.DataFrame, truth: pl.DataFrame | None) -> pl.DataFrame:
    if truth is None:
        return table.with_columns(reviewed=pl.lit(None, dtype=pl.String))
    known = truth.select("object", "attribute", reviewed="value").sort("object", "attribute", "reviewed")
    known = known.unique(["object", "attribute"], keep="first", maintain_order=True)
    return table.join(known, on=["object", "attribute"], how="left")


def loser_table(coded: Coded, values: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """The claims of other clusters than the chosen one, with the accuracy of their source as `weight`."""
    won = values.select("item", won="cluster")
    lost = coded.claims.join(won, on="item").filter(pl.col("cluster") != pl.col("won"))
    lost = lost.join(weights.rename({"accuracy": "weight"}), on=["source", "attribute"], how="left")
    return lost.sort("item", "source", "value").select("object", "attribute", "source", "value", "weight")


def disagreement_table(coded: Coded, values: pl.DataFrame) -> pl.DataFrame:
    """How often each source says something else than what was chosen, per attribute; most often first."""
    won = values.select("item", won="cluster").filter(pl.col("won").is_not_null())
    return (
        coded.claims.join(won, on="item")
        .group_by("source", "attribute")
        .agg(against=(pl.col("cluster") != pl.col("won")).sum(), claims=pl.len())
        .with_columns(share=pl.col("against") / pl.col("claims"))
        .filter(pl.col("against") > 0)
        .sort(["against", "share", "source", "attribute"], descending=[True, True, False, False])
    )


def conflict_table(coded: Coded, values: pl.DataFrame) -> pl.DataFrame:
    """A row for each item with more than one value.

    support: share of the claims for the chosen value. spread: (highest - lowest) / highest of numbers.
    compatible: every other value is only broader or narrower (Silk, Pure Silk).
    """
    won = values.select("item", "cluster", chosen="value").filter(pl.col("cluster").is_not_null())
    joined = coded.claims.join(won.rename({"cluster": "won"}), on="item")
    chosen_key = pl.col("key").filter(pl.col("cluster") == pl.col("won")).first().over("item")
    mine, other = pl.concat_str(pl.lit(" "), chosen_key, pl.lit(" ")), pl.concat_str(pl.lit(" "), "key", pl.lit(" "))
    within = mine.str.contains(other, literal=True) | other.str.contains(mine, literal=True)
    joined = joined.with_columns(agrees=pl.col("cluster") == pl.col("won"), within=within & pl.col("number").is_null())
    highest = pl.col("number").abs().max()
    return (
        joined.group_by("item", maintain_order=True)
        .agg(
            pl.col("object").first(),
            pl.col("attribute").first(),
            pl.col("chosen").first(),
            values=pl.col("cluster").n_unique(),
            claims=pl.len(),
            support=pl.col("agrees").mean(),
            spread=(pl.col("number").max() - pl.col("number").min()) / highest,
            compatible=(pl.col("agrees") | pl.col("within")).all(),
            against=pl.col("source").filter(~pl.col("agrees")).unique().sort().str.join("; "),
        )
        .filter(pl.col("values") > 1)
        .sort("object", "attribute")
        .drop("item")
    )
