"""Does confidence mean what it says? Of the answers given with 0.9, about 90 % should be right."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

EDGES: Final = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
"""Bins of confidence: finer towards 1, where nearly all answers are. Each has its lower edge, the last both."""

SURE: Final = 0.9
"""From here on an answer counts as sure."""

Z_95: Final = 1.959963984540054
"""The normal distribution's 97.5 % point: two-sided 95 %."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers whose confidence is in [lower, upper): how many, their mean confidence, how many are right."""

    lower: float
    upper: float
    count: int
    right: int
    mean_confidence: float

    @property
    def right_fraction(self) -> float:
        """0-1."""
        return self.right / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the share right."""
        return wilson_interval(self.right, self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Bins that have answers, in order; `expected_error` and `brier` are 0-1, 0 is best; None without answers."""

    bins: tuple[Bin, ...]
    count: int
    right: int
    expected_error: float | None
    brier: float | None

    @property
    def sure(self) -> tuple[int, int]:
        """(right, given) of the answers given with `SURE` or more."""
        bins = [one for one in self.bins if one.lower >= SURE]
        return sum(one.right for one in bins), sum(one.count for one in bins)


def calibration(answers: Iterable[tuple[float, bool]], *, edges: Sequence[float] = EDGES) -> Calibration:
    """Compare the confidence of answers (0-1) with how many of them are right.

    Expected calibration error: the mean over bins, weighted by their answers, of |share right - mean confidence|
    (Naeini, Cooper, Hauskrecht: Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015).
    Brier score: the mean of (confidence - 1 if right else 0) squared (Brier, Monthly Weather Review 78, 1950).

    Confidences are rounded to four decimals first: they are stored in 32 bits, where 0.9 is a little less than 0.9.

    >>> measured = calibration([(0.9, True)] * 9 + [(0.9, False)])
    >>> measured.count, measured.expected_error, round(measured.brier, 4)
    (10, 0.0, 0.09)
    """
    last = len(edges) - 2
    counts, rights, sums = [0] * (last + 1), [0] * (last + 1), [0.0] * (last + 1)
    squares = 0.0
    for stated, right in answers:
        confidence = round(float(stated), 4)
        if not edges[0] <= confidence <= edges[-1]:
            raise ValueError(f"a confidence of {confidence} is outside {edges[0]} to {edges[-1]}")
        at = min(bisect_right(edges, confidence) - 1, last)
        counts[at] += 1
        rights[at] += right
        sums[at] += confidence
        squares += (confidence - right) ** 2
    total = sum(counts)
    bins = tuple(
        Bin(lower=edges[at], upper=edges[at + 1], count=n, right=rights[at], mean_confidence=sums[at] / n)
        for at, n in enumerate(counts)
        if n
    )
    gaps = sum(one.count * abs(one.right_fraction - one.mean_confidence) for one in bins)
    return Calibration(
        bins=bins,
        count=total,
        right=sum(rights),
        expected_error=round(gaps / total, 12) if total else None,  # 9/10 - 0.9 is not quite 0 in binary
        brier=squares / total if total else None,
    )


def wilson_interval(right: int, count: int, *, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a share, within 0-1 (Wilson, JASA 22, 1927); (0, 1) where nothing was counted.

    Unlike the textbook interval it stays sensible for few answers and for shares near 0 or 1.

    >>> [round(limit, 3) for limit in wilson_interval(9, 10)]
    [0.596, 0.982]
    """
    if count == 0:
        return 0.0, 1.0
    share, weight = right / count, z * z / count
    centre = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / count + weight / (4 * count)) / (1 + weight)
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return (0.0 if right == 0 else low), (1.0 if right == count else high)
