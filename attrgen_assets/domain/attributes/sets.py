"""Sets of legal values as bit masks: u64 of shape (rows, words), bit c % 64 of word c // 64 for the value of code c."""

from collections.abc import Sequence

import numpy as np
import polars as pl

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


def texts_together(
    rows: np.ndarray, codes: np.ndarray, masks: np.ndarray, texts: pl.Series
) -> tuple[np.ndarray, pl.Series]:
    """What each row of `unions` was read from: codes into texts, which are `texts` and more.

    Where several texts of a row say different values, there is one that joins them, the first for each value.

    >>> masks = np.array([[1], [2], [1]], dtype=np.uint64)
    >>> rows, codes = np.array([3, 3, 3, 5], "u4"), np.array([0, 1, 2, 1], "i4")
    >>> told, known = texts_together(rows, codes, masks, pl.Series(["zari", "lace", "zari work"]))
    >>> told.tolist(), known.to_list()
    ([3, 1], ['zari', 'lace', 'zari work', 'zari, lace'])
    """
    starts = starts_of_runs(rows)
    told, row = codes[starts], np.cumsum(starts) - 1
    several = np.bincount(row, minlength=len(told))[row] > 1
    if not several.any():
        return told, texts
    said = distinct_sets(masks)[1][codes[several]]
    found = pl.DataFrame({"row": row[several], "said": said, "text": texts.gather(codes[several])})
    together = (
        found.unique(["row", "said"], keep="first", maintain_order=True)
        .group_by("row", maintain_order=True)
        .agg(pl.col("text").str.join(", "), pl.len())
        .filter(pl.col("len") > 1)
    )
    distinct, codes_of = np.unique(together["text"].to_numpy(), return_inverse=True)
    told = told.copy()
    told[together["row"].to_numpy()] = codes_of + len(texts)
    return told, pl.concat([texts, pl.Series(texts.name, distinct, dtype=pl.String)])
