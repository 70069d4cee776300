"""Training of rankers. Like `normalise.fitting` it needs scikit-learn, which prediction does not."""

from collections.abc import Sequence
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.tree import DecisionTreeRegressor

from attrgen_assets.domain.extraction.trees import DEPTH, Trees, chosen

TREES: Final = 600
RATE: Final = 0.04
ROWS: Final = 0.6  # share of the questions that each tree learns from
FEATURES: Final = 0.25  # share of the features that each split considers
LEAF: Final = 25  # rows in a leaf at least ...
LEAVES: Final = 8  # ... or fewer, so that little data still gives so many leaves
LONGEST_STEP: Final = 8.0  # of a leaf, before it is shortened by the rate ...
LEAST_CURVE: Final = 1e-6  # ... also where all is certain


def fit_trees(rows: Sequence[Sequence[float]], right: Sequence[bool], questions: Sequence[int], *, seed: int) -> Trees:
    """Stochastic gradient boosting (Friedman 2002, doi 10.1016/S0167-9473(01)00065-2) of `trees.chosen`'s likelihood.

    Candidates of one question compete: what is lost is the logarithm of the share of those that are right together, or
    of "none of these" where none is. `right` must hold both True and False, `questions` numbers from 0 on. The same
    input gives the same trees.
    """
    candidates, wanted, asked = np.array(rows, dtype=np.float32), np.array(right), np.array(questions, dtype=np.intp)
    random = np.random.RandomState(seed)
    start = round(log(wanted.mean() / (1 - wanted.mean())), 8)
    scores = np.full(len(wanted), start)
    grown = []
    for _ in range(TREES):
        shares = chosen(scores, asked)
        together = np.bincount(asked, shares * wanted)[asked]
        missing = np.divide(shares, together, out=np.zeros(len(shares)), where=wanted) - shares
        learned = (random.random_sample(asked.max() + 1) < ROWS)[asked]
        tree = DecisionTreeRegressor(
            max_depth=DEPTH,
            min_samples_leaf=max(1, min(LEAF, len(rows) // LEAVES)),
            max_features=FEATURES,
            random_state=random.randint(2**31),
        ).fit(candidates, missing, sample_weight=learned)
        leaves = tree.apply(candidates)
        steps = _steps(leaves[learned], missing[learned], shares[learned], tree.tree_.node_count)
        scores += steps[leaves]
        grown.append(_complete(tree.tree_, steps))
    features, thresholds, values = (np.array(part) for part in zip(*grown, strict=True))
    return Trees(features.astype(np.int32), thresholds, values, start)


def _steps(
    leaves: NDArray[np.intp], missing: NDArray[np.float64], shares: NDArray[np.float64], nodes: int
) -> NDArray[np.float64]:
    """What each leaf adds to the scores of its rows: a shortened step by Newton's method."""
    slope = np.bincount(leaves, missing, nodes)
    curve = np.bincount(leaves, shares * (1 - shares), nodes)
    return np.round(RATE * np.clip(slope / np.maximum(curve, LEAST_CURVE), -LONGEST_STEP, LONGEST_STEP), 8)


def _complete(
    tree: Any, steps: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """A tree of scikit-learn as a complete one: under a leaf that is not deep enough, all ways lead to its step."""
    inner = 2**DEPTH - 1
    features = np.zeros(inner, dtype=np.int32)
    thresholds = np.full(inner, np.inf)
    values = np.zeros(inner + 1)
    waiting = [(0, 0)]
    while waiting:
        place, node = waiting.pop()
        leaf = tree.children_left[node] < 0
        if place >= inner:
            values[place - inner] = steps[node]
            continue
        if not leaf:
            features[place], thresholds[place] = tree.feature[node], tree.threshold[node]
        waiting.append((2 * place + 1, node if leaf else tree.children_left[node]))
        waiting.append((2 * place + 2, node if leaf else tree.children_right[node]))
    return features, thresholds, values
