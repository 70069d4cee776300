"""Without reviews: what is right and who is right, found in turn from the items that are contested.

Dawid, Skene: Maximum likelihood estimation of observer error-rates using the EM algorithm, Applied Statistics 28(1),
1979 (accuracies and answers in turn); Dong, Berti-Equille, Srivastava: Integrating conflicting data: the role of source
dependence, PVLDB 2(1), 2009 (a claim counts the log of n A / (1 - A)). Items on which all agree say little of who is
right where sources differ: a bot that repeats what stands there already is seldom contradicted.
"""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints
from attrgen_assets.domain.fusion.weights import PRIOR, Estimate, share_of_right, shares, softmax

FAMILY_CLAIMS: Final = 4.0
SOURCE_CLAIMS: Final = 20.0
"""A source is held for as good as its family until it has made about this many contested claims."""

CHANCE: Final = 0.5
"""n of the vote is 1 + CHANCE / (values - 1): with two values a claim of an accuracy of one half still counts a little,
with many values it counts for nothing."""

BOUNDS: Final = (0.25, 0.75)
"""The accuracies that votes are made of: beyond them sources would prove one another right, or what they say wrong."""

ROUNDS: Final = 10

_UNDECIDED: Final = 0.4
"""Claims' worth of the belief that an item's value is none of those claimed."""

_SHARPNESS: Final = 3.0
_LEAST: Final = 1e-6  # of the weight of a claim: values that nobody is sure of at all still have shares


@dataclass(frozen=True, slots=True, kw_only=True)
class _Votes:
    """The claims, (n,): their item, weight, whether others contradict, and log n of their vote."""

    item: Ints
    weight: Floats
    contested: Floats
    chance: Floats

    def of(self, accuracy: Floats) -> Floats:
        """What each claim counts, by the accuracy (n,) of who makes it."""
        known = np.clip(accuracy, *BOUNDS)
        vote: Floats = self.weight * (self.chance + np.log(known / (1 - known)))
        return vote


def iterated(coded: Coded, independent: Floats, *, rounds: int = ROUNDS) -> Estimate:
    """Scores, posteriors and one accuracy a source, beginning with a vote; independent: (n,) of `independence`.

    When a source is judged, its own claims count as those of any member of its family: one that is often the only
    other voice would else confirm itself. One accuracy a source: by field there is nothing to tell a field that a
    majority gets wrong from one it gets right.
    """
    family, votes = families(coded.sources), _votes(coded, independent)
    supported = shares(coded, _sum(coded, votes.weight))
    right = supported[coded.cluster]
    score = np.zeros(len(coded.cluster_item))
    for _ in range(rounds):
        of_family, of_source = _accuracies(coded.source, right, votes.contested, family)
        own, usual = votes.of(of_source[coded.source]), votes.of(of_family[coded.source])
        score = _sum(coded, own)
        right = _without_own(softmax(coded, score)[coded.cluster], usual - own)
    likely = softmax(coded, score)
    _, accuracy = _accuracies(coded.source, likely[coded.cluster], np.ones(len(coded.source)), family)
    return Estimate(
        accuracy=np.repeat(accuracy[:, None], max(len(coded.fields), 1), axis=1),
        score=score,
        posterior=_posterior(coded, votes, likely, accuracy),
    )


def agreement(coded: Coded) -> Floats:
    """How much of an item's votes go to what a source says, on average and smoothed; (sources,), 0-1."""
    support = shares(coded, _sum(coded, np.maximum(coded.weight, _LEAST)))
    return _accuracies(coded.source, support[coded.cluster], np.ones(len(coded.source)), families(coded.sources))[1]


def families(sources: tuple[str, ...]) -> Ints:
    """A number for each form of name: what is known of many anonymous sources is held of the next one.

    >>> families(("0 (1.2.3.4)", "0 (77.1.2.3)", "12: Ann")).tolist()
    [0, 0, 1]
    """
    shapes = [re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "0", one)) for one in sources]
    shapes = [re.sub(r"a(?:[^\w()]*a)+", "a", one) for one in shapes]
    number = {shape: at for at, shape in enumerate(dict.fromkeys(shapes))}
    return np.array([number[one] for one in shapes], dtype=np.int64)


def _votes(coded: Coded, independent: Floats) -> _Votes:
    item = coded.cluster_item[coded.cluster]
    values = np.bincount(coded.cluster_item, minlength=coded.items.height)[item]
    return _Votes(
        item=item,
        weight=independent * np.maximum(coded.weight, _LEAST),
        contested=(values > 1).astype(np.float64),
        chance=np.log(1 + CHANCE / np.maximum(values - 1, 1)),
    )


def _accuracies(source: Ints, right: Floats, weight: Floats, family: Ints) -> tuple[Floats, Floats]:
    """Smoothed shares of right claims, all -> family -> source: each source's family's and its own; (sources,)."""
    got = weight * right
    overall = (got.sum() + FAMILY_CLAIMS * PRIOR) / (weight.sum() + FAMILY_CLAIMS)
    prior = np.full(int(family.max(initial=-1)) + 1, overall)
    of_family = share_of_right(family[source], got, weight, prior, FAMILY_CLAIMS)[family]
    return of_family, share_of_right(source, got, weight, of_family, SOURCE_CLAIMS)


def _without_own(right: Floats, change: Floats) -> Floats:
    """The probability that a claim is right once the claim itself counts `change` more; (n,)."""
    raised = right * np.exp(change)
    changed: Floats = raised / (raised + 1 - right)
    return changed


def _posterior(coded: Coded, votes: _Votes, likely: Floats, accuracy: Floats) -> Floats:
    """Shares of the belief that any claimed value is right, which grows with their number; an item's sum is below 1.

    Half of a share is what the votes make likely, half the support by accuracy: the first alone is too sure.
    """
    support = shares(coded, _sum(coded, votes.weight * accuracy[coded.source] ** _SHARPNESS))
    claims = np.bincount(votes.item, votes.weight, coded.items.height)[coded.cluster_item]
    posterior: Floats = (likely + support) / 2 * (claims + PRIOR) / (claims + PRIOR + _UNDECIDED)
    return posterior


def _sum(coded: Coded, weight: Floats) -> Floats:
    total: Floats = np.bincount(coded.cluster, weight, len(coded.cluster_item)).astype(np.float64)
    return total
