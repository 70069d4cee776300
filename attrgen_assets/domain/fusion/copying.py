"""Sources that copy from one another count as little more than one.

After Dong, Berti-Equille, Srivastava: Integrating conflicting data: the role of source dependence, PVLDB 2(1), 2009:
independent sources rarely agree on what others contradict; copies do so nearly always.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.fusion.prepare import Coded, Floats, Ints

AT_LEAST: Final = 15
"""Contested items that two sources must share before their agreement says anything."""

MOST_SOURCES: Final = 300
"""Only the sources with most contested claims are compared: the matrix of pairs has to stay small."""

COPIES_FROM: Final = 0.95
"""Agreement, on items that others contradict, from which on two sources begin to count as dependent. Without reviewed
records this has to be strict: two sources that are mostly right agree as well."""

RELATED_FROM: Final = 0.5
"""The same for reviewed records, where how right a source is has been seen: what is left is to count evidence once."""

_CHUNK: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """How dependent sources are, 0-1; `place` gives a source's row in `matrix`, -1 for those not compared."""

    place: Ints
    matrix: Floats


def dependence(coded: Coded, *, above: float) -> Dependence:
    """From agreement on contested items: 0 up to `above`, 1 where two sources never differ."""
    contested = np.bincount(coded.cluster_item, minlength=coded.items.height)[coded.cluster_item[coded.cluster]] > 1
    counts = np.bincount(coded.source[contested], minlength=len(coded.sources))
    ranked = np.argsort(-counts, kind="stable")[:MOST_SOURCES]
    chosen = np.sort(ranked[counts[ranked] >= AT_LEAST])
    place = np.full(len(coded.sources), -1)
    place[chosen] = np.arange(len(chosen))
    at = contested & (place[coded.source] >= 0)
    row = place[coded.source[at]]
    same = _together(coded.cluster[at], row, len(chosen))
    shared = _together(coded.cluster_item[coded.cluster[at]], row, len(chosen))
    agreement = (same + 0.5) / (shared + 1)
    matrix = np.where(shared >= AT_LEAST, np.clip((agreement - above) / (1 - above), 0, 1), 0.0)
    np.fill_diagonal(matrix, 0.0)
    return Dependence(place=place, matrix=matrix)


def independence(coded: Coded, found: Dependence) -> Floats:
    """Each claim's weight: 1 over 1 plus the dependence on all others that claim the same; (n,), in (0, 1]."""
    weight = np.ones(len(coded.source))
    if not found.matrix.any():
        return weight
    at = np.flatnonzero(found.place[coded.source] >= 0)
    row = found.place[coded.source[at]]
    order = np.argsort(coded.cluster[at], kind="stable")
    at, row = at[order], row[order]
    for start, stop, group, size in _chunks(coded.cluster[at]):
        members = np.zeros((size, len(found.matrix)))
        members[group, row[start:stop]] = 1.0
        total = members @ found.matrix
        weight[at[start:stop]] = 1 / (1 + total[group, row[start:stop]])
    return weight


def _together(group: Ints, row: Ints, sources: int) -> Floats:
    """How many groups each pair of sources has in common."""
    order = np.argsort(group, kind="stable")
    group, row = group[order], row[order]
    total = np.zeros((sources, sources))
    for start, stop, local, size in _chunks(group):
        members = np.zeros((size, sources), dtype=np.float32)
        members[local, row[start:stop]] = 1.0
        total += members.T @ members
    return total


def _chunks(group: Ints) -> list[tuple[int, int, Ints, int]]:
    """Runs of sorted groups, `_CHUNK` groups at a time: start, stop, group numbers from 0, and how many."""
    if not len(group):
        return []
    dense = np.cumsum(np.r_[0, np.diff(group) != 0])
    starts = np.searchsorted(dense, np.arange(0, dense[-1] + 1, _CHUNK))
    stops = [*starts[1:].tolist(), len(group)]
    return [
        (int(start), int(stop), dense[start:stop] - dense[start], int(dense[stop - 1] - dense[start]) + 1)
        for start, stop in zip(starts, stops, strict=True)
    ]
