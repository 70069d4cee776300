"""Training of rankers. Like `normalise.fitting` it needs scikit-learn, which prediction does not."""

from collections.abc import Sequence
from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier

from attrgen_assets.domain.extraction.trees import DEPTH, Trees

TREES: Final = 300
RATE: Final = 0.04
ROWS: Final = 0.6  # share of the rows that each tree learns from
FEATURES: Final = 0.4  # share of the features that each split considers
LEAF: Final = 25  # rows in a leaf at least ...
LEAVES: Final = 8  # ... or fewer, so that little data still gives so many leaves


def fit_trees(rows: Sequence[Sequence[float]], right: Sequence[bool], *, seed: int) -> Trees:
    """Stochastic gradient boosting (Friedman 2002, doi 10.1016/S0167-9473(01)00065-2) of the logistic loss.

    `right` must hold both True and False. The same input gives the same trees.
    """
    share = sum(right) / len(right)
    model = GradientBoostingClassifier(
        learning_rate=RATE,
        n_estimators=TREES,
        max_depth=DEPTH,
        min_samples_leaf=max(1, min(LEAF, len(rows) // LEAVES)),
        subsample=ROWS,
        max_features=FEATURES,
        random_state=seed,
    )
    model.fit(np.array(rows, dtype=np.float32), np.array(right))
    grown = [_complete(found[0].tree_) for found in model.estimators_]
    features, thresholds, values = (np.array(part) for part in zip(*grown, strict=True))
    return Trees(features.astype(np.int32), thresholds, np.round(values * RATE, 8), round(log(share / (1 - share)), 8))


def _complete(tree: Any) -> tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]]:
    """A tree of scikit-learn as a complete one: under a leaf that is not deep enough, all ways lead to its value."""
    inner = 2**DEPTH - 1
    features = np.zeros(inner, dtype=np.int32)
    thresholds = np.full(inner, np.inf)
    values = np.zeros(inner + 1)
    waiting = [(0, 0)]
    while waiting:
        place, node = waiting.pop()
        leaf = tree.children_left[node] < 0
        if place >= inner:
            values[place - inner] = tree.value[node, 0, 0]
            continue
        if not leaf:
            features[place], thresholds[place] = tree.feature[node], tree.threshold[node]
        waiting.append((2 * place + 1, node if leaf else tree.children_left[node]))
        waiting.append((2 * place + 2, node if leaf else tree.children_right[node]))
    return features, thresholds, values
