"""Sources that copy from one another count as little more than one.

After Dong, Berti-Equille, Srivastava: Integrating conflicting data: the role of source dependence, PVLDB 2(1), 2009:
independent sources rarely agree on what others contradict; copies do so nearly always. That tells sources that always
copy. Who takes over some records whole, and not others, is told by a mixture of two binomials (Pearson, 1894): the
records in which two sources agree on every field are more than their usual agreement explains.
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

LEAST_RECORDS: Final = 15
"""Records with `LEAST_FIELDS` that two sources must share before the share of copied ones is estimated."""

LEAST_FIELDS: Final = 3
"""In a record with fewer fields agreement on all of them says nothing."""

MOST_COMPARED: Final = 20
"""With more sources no records are compared: each pair is a pass over all of them."""

COPIED: Final = (0.95, 0.995)
"""How often a copied field agrees: prices and gaps are the copier's own. Below, two good sources would be copies."""

_USUAL: Final = (0.05, 0.94)  # agreement in records that are not copied; always less than in copied ones
_ROUNDS: Final = 100

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


def copied_records(coded: Coded, fields: Ints) -> Floats:
    """The share of the records that two sources have both, which one took over from the other; (sources, sources).

    fields: (f,) codes of the fields that are compared: those of one value each. No truth is needed; as agreement is
    symmetric, who copies from whom is not told. 0 where too little is shared, and beyond `MOST_COMPARED` sources.
    """
    sources = len(coded.sources)
    matrix = np.zeros((sources, sources))
    if sources > MOST_COMPARED:
        return matrix
    item = coded.cluster_item[coded.cluster]
    at = np.isin(coded.cluster_field[coded.cluster], fields)
    said = np.full((sources, coded.items.height), -1)
    said[coded.source[at], item[at]] = coded.cluster[at]
    record = np.unique(coded.items["object"].to_numpy(), return_inverse=True)[1]
    for one in range(sources):
        for other in range(one):
            both = (said[one] >= 0) & (said[other] >= 0)
            shared = np.bincount(record[both])
            same = np.bincount(record[both], (said[one] == said[other])[both]).astype(np.float64)
            enough = shared >= LEAST_FIELDS
            if enough.sum() >= LEAST_RECORDS:
                matrix[one, other] = matrix[other, one] = _share_copied(shared[enough], same[enough])
    return matrix


def _share_copied(shared: Ints, same: Floats) -> float:
    """The weight of the binomial of copied records, by expectation and maximisation; shared, same: (records,)."""
    share, copied, usual = 0.2, 0.98, float(np.clip(same.sum() / shared.sum(), *_USUAL))
    for _ in range(_ROUNDS):
        logs = np.log(np.array([[copied, 1 - copied], [usual, 1 - usual]]))
        gap = (same * (logs[1, 0] - logs[0, 0]) + (shared - same) * (logs[1, 1] - logs[0, 1])) + np.log(1 / share - 1)
        taken = 1 / (1 + np.exp(np.clip(gap, -50, 50)))
        share = float(np.clip(taken.mean(), 1e-6, 1 - 1e-6))
        copied = float(np.clip((taken * same).sum() / max((taken * shared).sum(), 1e-9), *COPIED))
        usual = float(np.clip(((1 - taken) * same).sum() / max(((1 - taken) * shared).sum(), 1e-9), *_USUAL))
    return share


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
