"""From probabilities of spans to candidate values."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

KEPT: Final = 6  # values kept of an attribute: the right one is hardly ever further down


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A span that may be an attribute's value: where it stands, what is written there, and how likely it is.

    `start` and `end` are character offsets in the field's text, so that `text[start:end] == value`; `first` and `last`
    are token numbers. `pooled` is the attribute's model's probability, `joint` that of the category's model.
    """

    field: str
    start: int
    end: int
    first: int
    last: int
    value: str
    pooled: float
    joint: float | None

    @property
    def average(self) -> float:
        """The average of both models' probabilities, or the one there is."""
        return self.pooled if self.joint is None else (self.pooled + self.joint) / 2


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value with the probability that any of its spans is one - on average, pooled, joint - the likeliest span first.

    Without a joint model `joint` is `pooled`.
    """

    value: str
    probability: float
    pooled: float
    joint: float
    spans: tuple[SpanCandidate, ...]


def values(spans: Iterable[SpanCandidate], normal: Callable[[str], str] = str) -> list[ValueCandidate]:
    """Distinct normalised values, the likeliest first; several mentions make a value likelier.

    >>> found = [SpanCandidate("t", at, at + 3, at, at, "Red", 0.5, None) for at in (0, 4)]
    >>> values(found)[0].probability
    0.75
    """
    by_value: dict[str, list[SpanCandidate]] = {}
    for span in spans:
        by_value.setdefault(normal(span.value), []).append(span)
    result = []
    for value, found in by_value.items():
        if len(found) == 1:
            span = found[0]
            joint = span.pooled if span.joint is None else span.joint
            result.append(ValueCandidate(value, span.average, span.pooled, joint, (span,)))
            continue
        found.sort(key=lambda span: (-span.average, span.field, span.start, span.end))
        pooled = _any([span.pooled for span in found])
        joint = pooled if found[0].joint is None else _any([span.joint or 0.0 for span in found])
        average = _any([span.average for span in found])
        result.append(ValueCandidate(value, average, pooled, joint, tuple(found)))
    result.sort(key=lambda candidate: (-candidate.probability, candidate.value))
    return result[:KEPT]


def _any(probabilities: Sequence[float]) -> float:
    """The probability of at least one of independent events."""
    return 1 - prod(1 - min(probability, 0.9999) for probability in probabilities)
