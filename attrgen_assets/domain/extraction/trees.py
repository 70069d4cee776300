"""Boosted decision trees as arrays: what a ranker predicts with, in numpy alone."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DEPTH: Final = 4
BATCH_ROWS: Final = 4_000  # rows walked down all trees at once: few enough for the cache


@dataclass(frozen=True, slots=True)
class Trees:
    """Complete binary trees of one depth; node n's children are 2n + 1 and 2n + 2, leaves come after all nodes.

    `features` and `thresholds`: (trees, 2**DEPTH - 1); a row goes left where its feature is at most the threshold.
    `values`: (trees, 2**DEPTH), to be added up; `start` is what the sum starts from, in log odds.
    """

    features: NDArray[np.int32]
    thresholds: NDArray[np.float64]
    values: NDArray[np.float64]
    start: float

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability of each row (rows, features)."""
        scores = np.concatenate(
            [self._scores(rows[at : at + BATCH_ROWS]) for at in range(0, len(rows), BATCH_ROWS)] or [np.zeros(0)]
        )
        return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))))

    def _scores(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """Tree by tree, all nodes of it for all rows: comparing whole columns is faster than following ways down."""
        columns = np.ascontiguousarray(rows.T)
        scores = np.full(len(rows), self.start)
        for features, thresholds, values in zip(
            self.features.tolist(), _in_float32(self.thresholds), self.values, strict=True
        ):
            right = [columns[feature] > threshold for feature, threshold in zip(features, thresholds, strict=True)]
            scores += values.take(_leaves(right))
        return scores


def _in_float32(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """The largest numbers of that precision that are not above: such numbers are above either or neither."""
    rounded = thresholds.astype(np.float32)
    return np.where(rounded > thresholds, np.nextafter(rounded, np.float32(-np.inf)), rounded)


def _leaves(right: list[NDArray[np.bool_]]) -> NDArray[np.uint8]:
    """The number of the leaf that each row comes to, from whether it would go right at each node."""
    leaf = right[0].astype(np.uint8)
    ways = [right[0]]
    for depth in range(1, DEPTH):
        level = right[2**depth - 1 : 2 ** (depth + 1) - 1]
        for way in reversed(ways):  # the last choice is between neighbours
            pairs = zip(level[::2], level[1::2], strict=True)
            level = [left ^ (way & (left ^ other)) for left, other in pairs]  # many times as fast as numpy.where
        ways.append(level[0])
        leaf = 2 * leaf + level[0]
    return leaf
