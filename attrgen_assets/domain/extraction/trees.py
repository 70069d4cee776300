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
        count, size = self.features.shape
        first = np.arange(count) * size
        features, thresholds = self.features.ravel(), self.thresholds.ravel()
        places = np.arange(len(rows))[:, None] * rows.shape[1]
        flat = rows.ravel()
        node = np.zeros((len(rows), count), dtype=np.int64)
        for _ in range(DEPTH):
            at = first + node
            node = 2 * node + 1 + (flat[places + features[at]] > thresholds[at])
        leaves = np.arange(count) * (size + 1) - size
        return np.asarray(self.start + self.values.ravel()[leaves + node].sum(axis=1))
