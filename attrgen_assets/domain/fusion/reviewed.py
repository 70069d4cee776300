"""What reviewed records say about claims, and how far the confidence of a method can be believed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.fusion.equality import value_keys
from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints
from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.domain.fusion.weights import Estimate
from attrgen_assets.domain.reporting.calibration import Calibration, calibration

FOLDS: Final = 5
ENOUGH: Final = 20
"""Reviewed items from which on confidences are recalibrated."""

_PRIOR_ITEMS: Final = 5.0
"""How many items' worth the belief is that confidences are right as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """logit(calibrated) = slope * logit(stated) + offset (Platt, 1999); the slope is positive: order is kept."""

    slope: float = 1.0
    offset: float = 0.0

    def apply(self, confidence: Floats) -> Floats:
        """Calibrated confidences, 0-1."""
        scaled: Floats = 1 / (1 + np.exp(-(self.slope * _logit(confidence) + self.offset)))
        return scaled


def reviewed_clusters(coded: Coded, truth: pl.DataFrame, rules: Mapping[str, FieldRule]) -> Floats:
    """For each cluster 1 (equal to the reviewed value), 0 (another value was), or nan (its item was not reviewed)."""
    right = np.full(len(coded.cluster_item), np.nan)
    known = truth.select("object", "attribute", "value").join(coded.items, on=["object", "attribute"])
    if known.is_empty():
        return right
    keyed = value_keys(known.select("attribute", "value").unique().sort("attribute", "value"), rules)
    known = known.join(keyed, on=["attribute", "value"], nulls_equal=True).unique(
        "item", keep="first", maintain_order=True
    )
    tolerance = {name: rule.tolerance for name, rule in rules.items()}
    near = (pl.col("number") - pl.col("true_number")).abs() <= pl.col("true_number").abs() * pl.col(
        "attribute"
    ).replace_strict(tolerance, default=0.05, return_dtype=pl.Float64)
    same = pl.col("key").eq_missing(pl.col("true_key")) | near.fill_null(value=False)
    judged = (
        coded.claims.select("item", "attribute", "cluster", "key", "number")
        .join(known.select("item", true_key="key", true_number="number"), on="item")
        .group_by("cluster")
        .agg(same.any().alias("right"))
    )
    right[judged["cluster"].to_numpy()] = judged["right"].to_numpy().astype(float)
    return right


def winners(coded: Coded, score: Floats) -> Ints:
    """The best cluster of each item that has one; of equals the one said last, then the first by their keys."""
    if not len(score):
        return np.zeros(0, dtype=np.int64)
    order = np.lexsort((np.arange(len(score)), -coded.newest, -np.round(score, 9), coded.cluster_item))
    return order[np.r_[True, np.diff(coded.cluster_item[order]) != 0]]


def cross_fit(coded: Coded, right: Floats, fit: Callable[[Floats], Estimate]) -> tuple[Scale, Calibration]:
    """Confidence against truth, each object judged by a fit that has not seen it; and the scale that corrects it.

    fit: from (clusters,) reviews to an estimate. The calibration is that of corrected confidences, again held out.
    """
    names = coded.items["object"].to_numpy()[coded.cluster_item]
    seen = ~np.isnan(right)
    place = {name: at % FOLDS for at, name in enumerate(sorted(set(names[seen])))}
    fold = np.array([place.get(name, -1) for name in names])
    stated, hit, part = [], [], []
    for number in range(min(FOLDS, len(place))):
        estimate = fit(np.where(fold == number, np.nan, right))
        best = winners(coded, estimate.score)
        best = best[(fold[best] == number) & seen[best]]  # other fields of the object may not be reviewed
        stated.append(estimate.posterior[best])
        hit.append(right[best])
        part.append(np.full(len(best), number))
    confidence, outcome, of_fold = (np.concatenate(one) if one else np.zeros(0) for one in (stated, hit, part))
    if len(confidence) < ENOUGH:
        return Scale(), calibration(zip(confidence.tolist(), (outcome > 0).tolist(), strict=True))
    held = confidence.copy()
    for number in np.unique(of_fold):
        out = of_fold == number
        held[out] = fit_scale(confidence[~out], outcome[~out]).apply(confidence[out])
    return fit_scale(confidence, outcome), calibration(zip(held.tolist(), (outcome > 0).tolist(), strict=True))


def fit_scale(confidence: Floats, outcome: Floats) -> Scale:
    """Logistic regression of outcome (0 or 1) on the logit of confidence, pulled towards slope 1 and offset 0."""
    x = np.stack([_logit(confidence), np.ones(len(confidence))], axis=1)
    at = np.array([1.0, 0.0])
    for _ in range(50):
        expected = 1 / (1 + np.exp(-x @ at))
        gradient = x.T @ (expected - outcome) + _PRIOR_ITEMS * (at - np.array([1.0, 0.0]))
        hessian = (x * (expected * (1 - expected))[:, None]).T @ x + _PRIOR_ITEMS * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        at = at - step / max(1.0, float(np.abs(step).max()))
    return Scale(slope=max(float(at[0]), 0.05), offset=float(at[1]))


def _logit(confidence: Floats) -> Floats:
    kept = np.clip(confidence, 0.001, 0.999)
    value: Floats = np.log(kept / (1 - kept))
    return value
