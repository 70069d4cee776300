"""Sets of legal values as bit masks: u64 of shape (rows, words), bit c % 64 of word c // 64 for the value of code c."""

from collections.abc import Sequence

import numpy as np

from attrgen_assets.domain.attributes.clauses import starts_of_runs


def members(mask: np.ndarray, values: Sequence[str]) -> list[str]:
    """The values that one mask (u64 of shape (words,)) holds, in the order of the vocabulary.

    >>> members(np.array([5], dtype=np.uint64), ["S", "M", "L"])
    ['S', 'L']
    """
    return [value for code, value in enumerate(values) if int(mask[code // 64]) >> (code % 64) & 1]


def distinct_sets(masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distinct bit masks (u64 of shape (sets, words)) and per row of `masks` which of them it is (i64)."""
    flat = masks[:, 0] if masks.shape[1] == 1 else masks  # sorting numbers is faster than sorting rows
    distinct, numbers = np.unique(flat, axis=0, return_inverse=True)
    return distinct.reshape(-1, masks.shape[1]), numbers.reshape(-1)


def unions(rows: np.ndarray, codes: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """One line a row: the row, its first text, and the union of the values of all its texts."""
    if not len(rows):
        return rows, codes, masks[codes]
    starts = np.flatnonzero(starts_of_runs(rows))
    return rows[starts], codes[starts], np.bitwise_or.reduceat(masks[codes], starts, axis=0)
