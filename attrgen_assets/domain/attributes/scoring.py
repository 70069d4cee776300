"""Answers against a gold set: how many are right, wrong, missed, made up.

Precision = right / (right + wrong + made up); recall = right / (right + wrong + missed), over stated attributes;
made-up fraction = values given where the text states none, of all labels that state none.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from attrgen_assets.domain.product_types.model import NOT_APPLICABLE
from attrgen_assets.domain.tables import Status

NOT_STATED: Final = "NOT_STATED"
"""The gold label of an attribute that the listing does not state."""


class Verdict(StrEnum):
    """What one answer is worth."""

    RIGHT = "right"
    WRONG = "wrong"  # stated, and answered with another value
    MISSED = "missed"  # stated, and not answered
    MADE_UP = "made_up"  # answered, and not stated
    SILENT = "silent"  # not stated, and not answered: right, but neither in precision nor in recall
    EITHER = "either"  # may be read as stated or not, and not answered


def judge(label: Any, entry: Mapping[str, Any]) -> Verdict:
    """Judge one entry of a document (value, status) by its gold label.

    label: acceptable values, or for a list attribute acceptable lists; "NOT_STATED", "NA", or a list with these in it.

    >>> judge(["Mustard", "Yellow"], {"value": "Yellow", "status": "FOUND"})
    <Verdict.RIGHT: 'right'>
    >>> judge("NOT_STATED", {"value": "Red", "status": "FOUND"})
    <Verdict.MADE_UP: 'made_up'>
    """
    options = label if isinstance(label, list) else [label]
    silence_is_right = bool({NOT_STATED, NOT_APPLICABLE} & {option for option in options if isinstance(option, str)})
    values = [option for option in options if option not in (NOT_STATED, NOT_APPLICABLE)]
    if entry["status"] != Status.FOUND:
        if not values:
            return Verdict.SILENT
        return Verdict.EITHER if silence_is_right else Verdict.MISSED
    if not values:
        return Verdict.MADE_UP
    value = entry["value"]
    if isinstance(value, list):
        return Verdict.RIGHT if sorted(value) in [sorted(option) for option in values] else Verdict.WRONG
    return Verdict.RIGHT if value in values else Verdict.WRONG


@dataclass
class Score:
    """Counts of verdicts over many answers."""

    counts: Counter[Verdict] = field(default_factory=Counter)

    @property
    def precision(self) -> float | None:
        """0-1; None where nothing was answered."""
        given = sum(self.counts[v] for v in (Verdict.RIGHT, Verdict.WRONG, Verdict.MADE_UP))
        return self.counts[Verdict.RIGHT] / given if given else None

    @property
    def recall(self) -> float | None:
        """0-1; None where nothing was stated."""
        stated = sum(self.counts[v] for v in (Verdict.RIGHT, Verdict.WRONG, Verdict.MISSED))
        return self.counts[Verdict.RIGHT] / stated if stated else None

    @property
    def made_up_fraction(self) -> float | None:
        """0-1, of the labels that state nothing; None where there are none."""
        unstated = self.counts[Verdict.MADE_UP] + self.counts[Verdict.SILENT]
        return self.counts[Verdict.MADE_UP] / unstated if unstated else None


@dataclass(frozen=True, slots=True)
class Judged:
    """One answer with its verdict; `confidence` is 0-1, None where nothing is said of it."""

    id: str
    attribute: str
    verdict: Verdict
    label: Any
    value: Any
    confidence: float | None = None

    @property
    def is_miss(self) -> bool:
        """Whether it is not right: wrong, missed or made up."""
        return self.verdict in (Verdict.WRONG, Verdict.MISSED, Verdict.MADE_UP)

    @property
    def is_given(self) -> bool:
        """Whether a value was given, right or not."""
        return self.verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.MADE_UP)


Miss = Judged
"""An answer that is not right."""


def judge_all(answers: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]]) -> list[Judged]:
    """The verdict on every label, of (id, gold labels, the document's attributes: value, status, confidence)."""
    return [
        Judged(listing, name, judge(label, entry), label, entry["value"], entry.get("confidence"))
        for listing, labels, attributes in answers
        for name, label in labels.items()
        for entry in (attributes[name],)
    ]


def scores_of(judged: Iterable[Judged]) -> dict[str, Score]:
    """Scores per attribute."""
    scores: dict[str, Score] = {}
    for one in judged:
        scores.setdefault(one.attribute, Score()).counts[one.verdict] += 1
    return scores


def score(
    answers: Iterable[tuple[str, Mapping[str, Any], Mapping[str, Any]]],
) -> tuple[dict[str, Score], list[Miss]]:
    """Scores per attribute and what was not right, of (id, gold labels, the document's attributes)."""
    judged = judge_all(answers)
    return scores_of(judged), [one for one in judged if one.is_miss]


def total(scores: Iterable[Score]) -> Score:
    """All counts together.

    >>> total([Score(Counter({Verdict.RIGHT: 2})), Score(Counter({Verdict.WRONG: 2}))]).precision
    0.5
    """
    return Score(sum((one.counts for one in scores), Counter()))
