"""How often each source is right: found by iteration without reviews, or learned from reviewed records.

Pasternack, Roth: Knowing what to believe (when you already know something), COLING 2010 (iterated shares, a growth
exponent); Li, Li, Gao, Zhao, Fan, Han: Resolving conflicts in heterogeneous data by source reliability estimation,
SIGMOD 2014 (CRH: positive weights, from the distance to the present truth); Dong, Berti-Equille, Srivastava:
Integrating conflicting data: the role of source dependence, PVLDB 2(1), 2009 (ACCU: a claim counts log n A / (1-A)).
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints

FALSE_VALUES: Final = 10
"""How many wrong values there are to choose from (n of ACCU)."""

GROWTH: Final = 3.0
"""Without reviews a claim counts the accuracy of its source to this power."""

PRIOR: Final = 0.8
FAMILY_CLAIMS: Final = 4.0
SOURCE_CLAIMS: Final = 10.0
"""A source without reviews is held for as good as its family until it has made about this many claims."""

REVIEWED_CLAIMS: Final = 2.0
"""The same for reviewed claims, each of which says far more."""

ROUNDS: Final = 10

_LEAST: Final = 1e-6  # of the weight of a claim: values that nobody is sure of at all still have shares


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """accuracy: (sources, fields), 0-1. score: (clusters,), the highest wins. posterior: (clusters,), 0-1."""

    accuracy: Floats
    score: Floats
    posterior: Floats


def families(sources: tuple[str, ...]) -> Ints:
    """A number for each form of name: what is known of many anonymous sources is held of the next one.

    >>> families(("0 (1.2.3.4)", "0 (77.1.2.3)", "12: Ann")).tolist()
    [0, 0, 1]
    """
    shapes = [re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", one)) for one in sources]
    shapes = [re.sub(r"a(?:[^\w()]*a)+", "a", one) for one in shapes]
    number = {shape: at for at, shape in enumerate(dict.fromkeys(shapes))}
    return np.array([number[one] for one in shapes], dtype=np.int64)


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


def iterated(coded: Coded, independent: Floats, *, growth: float = GROWTH, rounds: int = ROUNDS) -> Estimate:
    """Without reviews: what is right and who is right, in turn, beginning with a vote.

    One accuracy a source: by field there is nothing to tell a field that a majority gets wrong from one it gets right.
    """
    family, clusters = families(coded.sources), len(coded.cluster_item)
    right = shares(coded, np.bincount(coded.cluster, np.maximum(coded.weight, _LEAST), clusters).astype(np.float64))
    weight, independent = np.ones(len(coded.source)), independent * np.maximum(coded.weight, _LEAST)
    for _ in range(rounds):
        accuracy = _by_source(coded, right, weight, family)
        score: Floats = np.bincount(coded.cluster, independent * accuracy[coded.source] ** growth, clusters).astype(
            np.float64
        )
        right = shares(coded, score)
    votes = np.bincount(coded.cluster_item, score, coded.items.height)[coded.cluster_item]
    table = np.repeat(accuracy[:, None], max(len(coded.fields), 1), axis=1)
    return Estimate(accuracy=table, score=score, posterior=(score + PRIOR / 2) / (votes + PRIOR / 2 + 0.5))


def learned_accuracy(coded: Coded, right: Floats, prior: Floats) -> Floats:
    """Shares of right claims by source and field among the reviewed, smoothed; (sources, fields).

    right: (clusters,) 1 right, 0 wrong, nan not reviewed. prior: (sources,) what is believed without reviews.
    """
    sources, fields = len(coded.sources), len(coded.fields)
    weight = np.where(np.isnan(right), 0.0, 1.0)[coded.cluster]
    got = weight * np.nan_to_num(right)[coded.cluster]
    field = coded.cluster_field[coded.cluster]
    overall = (got.sum() + REVIEWED_CLAIMS * PRIOR) / (weight.sum() + REVIEWED_CLAIMS)
    of_source = _share(coded.source, got, weight, prior, REVIEWED_CLAIMS)
    of_field = _share(field, got, weight, np.full(fields, overall), REVIEWED_CLAIMS)
    table = _logistic(_logit(of_source)[:, None] + _logit(of_field)[None, :] - _logit(np.asarray(overall)))
    code = coded.source * fields + field
    return _share(code, got, weight, table.ravel(), REVIEWED_CLAIMS).reshape(sources, fields)


def weighted(coded: Coded, accuracy: Floats, independent: Floats) -> Estimate:
    """ACCU's vote counts and posteriors from known accuracies (sources, fields)."""
    known = np.clip(accuracy, 0.02, 0.98)[coded.source, coded.cluster_field[coded.cluster]]
    vote = coded.weight * independent * np.log(FALSE_VALUES * known / (1 - known))
    score: Floats = np.bincount(coded.cluster, weights=vote, minlength=len(coded.cluster_item)).astype(np.float64)
    return Estimate(accuracy=accuracy, score=score, posterior=_posteriors(coded, score))


def _posteriors(coded: Coded, score: Floats) -> Floats:
    """Softmax per item over the scores of its clusters and the wrong values that nobody claims (score 0 each)."""
    items = coded.items.height
    top = np.zeros(items)
    np.maximum.at(top, coded.cluster_item, score)
    grown = np.exp(score - top[coded.cluster_item])
    said = np.bincount(coded.cluster_item, minlength=items)
    total = np.bincount(coded.cluster_item, weights=grown, minlength=items)
    total += np.maximum(FALSE_VALUES + 1 - said, 0) * np.exp(-top)
    posterior: Floats = grown / total[coded.cluster_item]
    return posterior


def _by_source(coded: Coded, right: Floats, weight: Floats, family: Ints) -> Floats:
    """Smoothed shares of right claims: all -> family -> source; (sources,)."""
    got = weight * right[coded.cluster]
    overall = (got.sum() + FAMILY_CLAIMS * PRIOR) / (weight.sum() + FAMILY_CLAIMS)
    prior = np.full(int(family.max(initial=-1)) + 1, overall)
    of_family = _share(family[coded.source], got, weight, prior, FAMILY_CLAIMS)
    return _share(coded.source, got, weight, of_family[family], SOURCE_CLAIMS)


def _share(code: Ints, got: Floats, weight: Floats, prior: Floats, claims: float) -> Floats:
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
