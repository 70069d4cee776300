"""What claims count: one vote each, or by how often their source is right, learned from reviewed records.

Dong, Berti-Equille, Srivastava: Integrating conflicting data: the role of source dependence, PVLDB 2(1), 2009 (ACCU: a
claim counts log n A / (1-A)).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints

FALSE_VALUES: Final = 3
"""How many wrong values there are to choose from (n of ACCU): wrong sources often agree on one of them."""

PRIOR: Final = 0.8
REVIEWED_CLAIMS: Final = 2.0
"""A source is held for as good as without reviews until about this many of its claims were reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """accuracy: (sources, fields), 0-1. score: (clusters,), the highest wins. posterior: (clusters,), 0-1."""

    accuracy: Floats
    score: Floats
    posterior: Floats


def shares(coded: Coded, score: Floats) -> Floats:
    """Each cluster's share of its item's score; (clusters,)."""
    total = np.bincount(coded.cluster_item, weights=score, minlength=coded.items.height)
    share: Floats = score / total[coded.cluster_item]
    return share


def majority(coded: Coded) -> Estimate:
    """One claim, one vote; the posterior is (votes + 1) / (all votes + 2), so that one lone voice is not certain."""
    votes = np.bincount(coded.cluster, coded.weight, minlength=len(coded.cluster_item)).astype(np.float64)
    total = np.bincount(coded.cluster_item, weights=votes, minlength=coded.items.height)[coded.cluster_item]
    accuracy = np.full((len(coded.sources), len(coded.fields)), PRIOR)
    return Estimate(accuracy=accuracy, score=votes, posterior=(votes + 1) / (total + 2))


def learned_accuracy(coded: Coded, right: Floats, prior: Floats) -> Floats:
    """Shares of right claims by source and field among the reviewed, smoothed; (sources, fields).

    right: (clusters,) 1 right, 0 wrong, nan not reviewed. prior: (sources,) what is believed without reviews.
    """
    sources, fields = len(coded.sources), len(coded.fields)
    weight = np.where(np.isnan(right), 0.0, 1.0)[coded.cluster]
    got = weight * np.nan_to_num(right)[coded.cluster]
    field = coded.cluster_field[coded.cluster]
    overall = (got.sum() + REVIEWED_CLAIMS * PRIOR) / (weight.sum() + REVIEWED_CLAIMS)
    of_source = share_of_right(coded.source, got, weight, prior, REVIEWED_CLAIMS)
    of_field = share_of_right(field, got, weight, np.full(fields, overall), REVIEWED_CLAIMS)
    table = _logistic(_logit(of_source)[:, None] + _logit(of_field)[None, :] - _logit(np.asarray(overall)))
    code = coded.source * fields + field
    return share_of_right(code, got, weight, table.ravel(), REVIEWED_CLAIMS).reshape(sources, fields)


def weighted(coded: Coded, accuracy: Floats, independent: Floats) -> Estimate:
    """ACCU's vote counts and posteriors from known accuracies (sources, fields)."""
    known = np.clip(accuracy, 0.02, 0.98)[coded.source, coded.cluster_field[coded.cluster]]
    vote = coded.weight * independent * np.log(FALSE_VALUES * known / (1 - known))
    score: Floats = np.bincount(coded.cluster, weights=vote, minlength=len(coded.cluster_item)).astype(np.float64)
    return Estimate(accuracy=accuracy, score=score, posterior=_posteriors(coded, score))


def softmax(coded: Coded, score: Floats) -> Floats:
    """Each cluster's share of its item, by exp(score); (clusters,)."""
    _, grown = _grown(coded, score, np.full(coded.items.height, -np.inf))
    return shares(coded, grown)


def _posteriors(coded: Coded, score: Floats) -> Floats:
    """Softmax per item over the scores of its clusters and the wrong values that nobody claims (score 0 each)."""
    items = coded.items.height
    top, grown = _grown(coded, score, np.zeros(items))
    said = np.bincount(coded.cluster_item, minlength=items)
    total = np.bincount(coded.cluster_item, weights=grown, minlength=items)
    total += np.maximum(FALSE_VALUES + 1 - said, 0) * np.exp(-top)
    posterior: Floats = grown / total[coded.cluster_item]
    return posterior


def _grown(coded: Coded, score: Floats, least: Floats) -> tuple[Floats, Floats]:
    """The highest score of each item, `least` (items,) or more, and exp(score - that)."""
    top = least.copy()
    np.maximum.at(top, coded.cluster_item, score)
    return top, np.exp(score - top[coded.cluster_item])


def share_of_right(code: Ints, got: Floats, weight: Floats, prior: Floats, claims: float) -> Floats:
    """Of each code the weight that is right, as if `claims` more had been right by `prior`; shaped like `prior`."""
    size = len(prior)
    found: Floats = (np.bincount(code, got, size) + claims * prior) / (np.bincount(code, weight, size) + claims)
    return found


def _logit(share: Floats) -> Floats:
    kept = np.clip(share, 0.01, 0.99)
    value: Floats = np.log(kept / (1 - kept))
    return value


def _logistic(value: Floats) -> Floats:
    share: Floats = 1 / (1 + np.exp(-value))
    return share
