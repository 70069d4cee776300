"""Exact match, case-sensitive, micro F1.

As ExtractGPT (arXiv 2310.12537, section 4) and WDC PAVE (arXiv 2403.02130) count: every scored pair of product and
attribute falls in one of five classes, by what the labels say and what was predicted:

    NN  not stated, nothing predicted     NV  not stated, a value predicted
    VN  stated, nothing predicted         VC  stated, an acceptable value predicted   VW  stated, another value

precision = VC / (NV + VC + VW), recall = VC / (VN + VC + VW). A right "not stated" is no true positive, a wrong value
costs precision and recall. Attributes that a row does not list are not scored. Where both "not stated" and a value are
acceptable, either is right, and a wrong value counts as NV.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from attrgen_assets.domain.extraction.examples import Answers


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of the five classes.

    >>> score = Score(nn=5, nv=1, vn=2, vc=6, vw=1)
    >>> round(score.precision, 3), round(score.recall, 3), round(score.f1, 3)
    (0.75, 0.667, 0.706)
    """

    nn: int = 0
    nv: int = 0
    vn: int = 0
    vc: int = 0
    vw: int = 0

    @property
    def precision(self) -> float:
        """Right values among predicted values; 0 where none was predicted."""
        predicted = self.nv + self.vc + self.vw
        return self.vc / predicted if predicted else 0.0

    @property
    def recall(self) -> float:
        """Right values among stated values; 0 where none is stated."""
        stated = self.vn + self.vc + self.vw
        return self.vc / stated if stated else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 where both are 0."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def classify(answers: Answers, predicted: str | None) -> str:
    """The class of one pair: nn, nv, vn, vc or vw.

    >>> from attrgen_assets.domain.extraction.examples import Answer
    >>> red = Answers((Answer("Red"),))
    >>> classify(red, "Red"), classify(red, "red"), classify(red, None), classify(Answers((), absent=True), "Red")
    ('vc', 'vw', 'vn', 'nv')
    """
    if predicted is None:
        return "nn" if answers.absent else "vn"
    if answers.accepts(predicted):
        return "vc"
    return "nv" if answers.absent else "vw"


def score(pairs: Iterable[tuple[Answers, str | None]]) -> Score:
    """Count pairs of answers and prediction."""
    return Score(**Counter(classify(answers, predicted) for answers, predicted in pairs))


def score_rows(
    rows: Iterable[tuple[Mapping[str, Answers], Mapping[str, str | None]]],
) -> tuple[Score, dict[str, Score]]:
    """Micro score over all listed attributes, and by attribute, sorted; an attribute not predicted counts as null."""
    by_attribute: dict[str, list[tuple[Answers, str | None]]] = {}
    for answers, predictions in rows:
        for attribute, expected in answers.items():
            by_attribute.setdefault(attribute, []).append((expected, predictions.get(attribute)))
    total = score(pair for pairs in by_attribute.values() for pair in pairs)
    return total, {attribute: score(pairs) for attribute, pairs in sorted(by_attribute.items())}
