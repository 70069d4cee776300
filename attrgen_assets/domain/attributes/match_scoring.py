"""Matches against labels: how many texts find their legal value, and how many that have none are given one.

    recall = right / stated; false match fraction = answered / texts that no legal value is right for;
    accuracy = (right + rightly silent) / all that are judged.

A text that may be read either way (the labels say both) is wrong only with a value that is not among its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_STEPS: Final = 1001  # thresholds of 0 to 100 in tenths


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchCase:
    """A text as it stands in a feed, and what it may be matched to.

    accept: legal values of which any is right.  silence: whether no value is right, too (always without `accept`).
    weight: for how many texts of the feeds the case stands; it was drawn from its stratum by lot.
    part: tune or measure.
    """

    product_type: str
    attribute: str
    text: str
    accept: tuple[str, ...]
    silence: bool
    stratum: str
    weight: float
    part: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The value that a matcher names, and how sure it is, 0-100; None where it names none."""

    value: str | None
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchScore:
    """Counts of judged cases.

    stated: cases that have a value and no other right answer; of these `right` ones.  without: cases that no value is
    right for; of these `false_matches`.  The weighted fraction is over all texts that the cases stand for.
    """

    cases: int
    correct: int
    stated: int
    right: int
    without: int
    false_matches: int
    weighted_false_match_fraction: float | None

    @property
    def accuracy(self) -> float | None:
        """0-1; None without cases."""
        return self.correct / self.cases if self.cases else None

    @property
    def recall(self) -> float | None:
        """0-1; None where nothing is stated."""
        return self.right / self.stated if self.stated else None

    @property
    def false_match_fraction(self) -> float | None:
        """0-1; None where every case has a value."""
        return self.false_matches / self.without if self.without else None


def score_matches(cases: Sequence[MatchCase], answers: Sequence[Answer], *, threshold: float = 0.0) -> MatchScore:
    """Judge the answers that score at least `threshold`; the others count as silent.

    >>> case = MatchCase(product_type="saree", attribute="fabric", text="cotten", accept=("Cotton",), silence=False,
    ...                  stratum="words", weight=1, part="tune")
    >>> score_matches([case], [Answer("Cotton", 83.3)]).recall, score_matches([case], [Answer(None, 0)]).accuracy
    (1.0, 0.0)
    """
    correct = right = false = stated = without = 0
    weight = false_weight = 0.0
    for case, answer in zip(cases, answers, strict=True):
        value = answer.value if answer.score >= threshold else None
        correct += case.silence if value is None else value in case.accept
        if not case.accept:
            without, weight = without + 1, weight + case.weight
            if value is not None:
                false, false_weight = false + 1, false_weight + case.weight
        elif not case.silence:
            stated += 1
            right += value in case.accept
    return MatchScore(
        cases=len(cases),
        correct=correct,
        stated=stated,
        right=right,
        without=without,
        false_matches=false,
        weighted_false_match_fraction=false_weight / weight if weight else None,
    )


def threshold_for_recall(cases: Sequence[MatchCase], answers: Sequence[Answer], *, recall: float) -> float:
    """The highest threshold (0 to 100, in tenths) at which recall is at least `recall`, else the one of most recall."""
    best, most = 0.0, -1.0
    for step in range(_STEPS):
        threshold = (_STEPS - 1 - step) / 10
        found = score_matches(cases, answers, threshold=threshold).recall or 0.0
        if found > most:
            best, most = threshold, found
        if found >= recall:
            return threshold
    return best
