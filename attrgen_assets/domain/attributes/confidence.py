"""From scores to confidences: of the values given with 0.9, about 90 % shall be right.

Sources and matching give every value a score, which only ranks. What share of the values with a score is right was
counted on a gold set; the curve through these counts turns scores into confidences. It is made by isotonic regression
(pool adjacent violators: Ayer et al., An empirical distribution function for sampling with incomplete information,
Annals of Mathematical Statistics 26, 1955), each block's share by the rule of succession, (right + 1) / (given + 2),
so that few answers never prove much.

An attribute that errs more or less than the curve expects multiplies its error by (errors + 1) / (expected errors + 1),
which is the Poisson rate under a gamma prior worth one error.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from attrgen_assets.domain.product_types.trust import Calibration, Measured

_BLOCK: Final = 25
"""Answers that make a point of the curve: among fewer a single error moves it by more than 4 %."""

_LIMITS: Final = (0.01, 0.999)
"""Nothing is impossible, and no gold set is large enough to prove more."""


def calibrated(scores: np.ndarray, attribute: str, calibration: Calibration) -> np.ndarray:
    """Confidences of an attribute's scores; both 0-1, f32.

    >>> neck = Measured(given=9, right=7, expected=8)
    >>> known = Calibration(curve=((0.8, 0.9), (0.9, 0.98)), attributes={"neck": neck})
    >>> [f"{x:.2f}" for x in calibrated(np.array([0.4, 0.85, 1.0]), "color", known)]
    ['0.45', '0.94', '0.98']
    >>> [f"{x:.2f}" for x in calibrated(np.array([0.85]), "neck", known)]
    ['0.91']
    """
    given, right = zip((0.0, 0.0), *calibration.curve, strict=True)
    error = 1.0 - np.interp(scores, given, right)
    known = calibration.attributes.get(attribute)
    if known is not None:
        error *= (known.given - known.right + 1) / (known.given - known.expected + 1)
    confidence: np.ndarray = np.clip(1.0 - error, *_LIMITS).astype(np.float32)
    return confidence


def fit_calibration(answers: Iterable[tuple[str, float, bool]]) -> Calibration | None:
    """The calibration that (attribute, score, whether right) of values given to a gold set show; None without any.

    >>> answers = [("color", 0.9, True)] * 99 + [("color", 0.9, False), ("neck", 0.7, True)]
    >>> fitted = fit_calibration(answers)
    >>> fitted.curve, fitted.attributes["color"].given
    (((0.898, 0.9806),), 100)
    """
    ordered = sorted((score, name, right) for name, score, right in answers)
    if not ordered:
        return None
    scores = np.array([score for score, _, _ in ordered])
    rights = np.array([right for _, _, right in ordered], dtype=float)
    curve = _isotonic(scores, rights)
    bare = Calibration(curve=curve)
    counts: dict[str, list[float]] = {}
    for (_, name, right), expected in zip(ordered, calibrated(scores, "", bare), strict=True):
        for position, amount in enumerate((1, right, float(expected))):
            counts.setdefault(name, [0, 0, 0])[position] += amount
    attributes = {
        name: Measured(given=int(given), right=int(right), expected=round(expected, 2))
        for name, (given, right, expected) in sorted(counts.items())
    }
    return Calibration(curve=curve, attributes=attributes)


def _isotonic(scores: np.ndarray, rights: np.ndarray) -> tuple[tuple[float, float], ...]:
    """Points (mean score, share right) of ascending scores, ascending in both."""
    blocks: list[tuple[float, float, int]] = []  # sum of scores, right, given
    for start, end in _ranges(scores):
        blocks.append((float(scores[start:end].sum()), float(rights[start:end].sum()), end - start))
        while len(blocks) > 1 and _share(blocks[-1]) <= _share(blocks[-2]):
            last, before = blocks.pop(), blocks.pop()
            blocks.append((last[0] + before[0], last[1] + before[1], last[2] + before[2]))
    return tuple((round(total / given, 4), round(_share((total, right, given)), 4)) for total, right, given in blocks)


def _share(block: tuple[float, float, int]) -> float:
    return (block[1] + 1) / (block[2] + 2)


def _ranges(scores: np.ndarray) -> Sequence[tuple[int, int]]:
    """Ranges of at least _BLOCK answers, of which no two hold the same score; a short rest joins the last."""
    starts = [0]
    for position in range(1, len(scores)):
        enough = position - starts[-1] >= _BLOCK and len(scores) - position >= _BLOCK
        if enough and scores[position] > scores[position - 1]:
            starts.append(position)
    return list(zip(starts, [*starts[1:], len(scores)], strict=True))
