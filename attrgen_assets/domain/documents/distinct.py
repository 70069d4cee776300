"""Work per distinct row instead of per row: a batch repeats itself a lot."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

_INDEX = "__row__"
_GROUP = "__group__"


@dataclass(frozen=True, eq=False)
class Distinct:
    """The distinct rows of a frame in order of appearance, and for every row of the frame which of them it is.

    rows: frame of k rows.  codes: u32 of the frame's height, each below k, so that `rows[codes]` is the frame.
    first: where each of the k first appears.
    """

    rows: pl.DataFrame
    first: pl.Series
    codes: npt.NDArray[np.uint32]


def distinct_rows(frame: pl.DataFrame, columns: Sequence[str]) -> Distinct:
    """Find the distinct rows of `columns` (nulls are equal to one another; list columns allowed).

    >>> found = distinct_rows(pl.DataFrame({"a": ["x", None, "x", None]}), ["a"])
    >>> found.rows["a"].to_list(), found.codes.tolist()
    (['x', None], [0, 1, 0, 1])
    """
    if any(frame[column].n_unique() == frame.height for column in columns[:1] if frame.schema[column] == pl.String):
        everyone = pl.Series(_INDEX, np.arange(frame.height, dtype=np.uint32))
        return Distinct(rows=frame.select(columns), first=everyone, codes=everyone.to_numpy())  # nothing repeats itself
    groups = frame.select(columns).with_row_index(_INDEX).group_by(columns, maintain_order=True).agg(pl.col(_INDEX))
    members = groups.select(_INDEX).with_row_index(_GROUP).explode(_INDEX)
    codes = np.zeros(frame.height, dtype=np.uint32)
    codes[members[_INDEX].to_numpy()] = members[_GROUP].to_numpy()
    return Distinct(rows=groups.select(columns), first=groups[_INDEX].list.first(), codes=codes)


def distinct_by_number(frame: pl.DataFrame, numbers: npt.NDArray[np.int64]) -> Distinct:
    """The same for rows that come numbered (from 0): equal numbers stand for equal rows. Some may be there twice.

    >>> found = distinct_by_number(pl.DataFrame({"a": ["x", "y", "x"]}), np.array([7, 0, 7]))
    >>> found.rows["a"].to_list(), found.codes.tolist()
    (['y', 'x'], [1, 0, 1])
    """
    order = np.arange(frame.height, dtype=np.uint32)
    first = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.uint32)
    first[numbers[::-1]] = order[::-1]  # the last assignment stays: the row in which a number first appears
    used = np.zeros(len(first), dtype=bool)
    used[numbers] = True
    codes = (np.cumsum(used, dtype=np.uint32) - 1)[numbers] if frame.height else order
    where = pl.Series(_INDEX, first[used])
    return Distinct(rows=frame[where] if frame.height else frame, first=where, codes=codes)
