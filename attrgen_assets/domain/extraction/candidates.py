"""From probabilities of spans to candidate values."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpanCandidate:
    """A span that may be an attribute's value: where it stands, what is written there, and how likely it is.

    `start` and `end` are character offsets in the field's text: `text[start:end] == value`.
    """

    field: str
    start: int
    end: int
    value: str
    pooled: float
    joint: float | None

    def probability(self, joint_weight: float) -> float:
        """The average of the two models' probabilities, `joint_weight` of it the joint model's."""
        return self.pooled if self.joint is None else (1 - joint_weight) * self.pooled + joint_weight * self.joint


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value with the probability that any of its spans is one, the likeliest span first."""

    value: str
    probability: float
    spans: tuple[SpanCandidate, ...]


def values(
    spans: Iterable[SpanCandidate], joint_weight: float, normal: Callable[[str], str] = str
) -> list[ValueCandidate]:
    """Distinct normalised values, the likeliest first; several mentions make a value likelier.

    >>> found = [SpanCandidate("t", 0, 3, "Red", 0.5, None), SpanCandidate("t", 9, 12, "Red", 0.5, None)]
    >>> values(found, 0.5)[0].probability
    0.75
    """
    by_value: dict[str, list[tuple[float, SpanCandidate]]] = {}
    for span in spans:
        by_value.setdefault(normal(span.value), []).append((span.probability(joint_weight), span))
    result = []
    for value, found in by_value.items():
        found.sort(key=lambda item: (-item[0], item[1].field, item[1].start, item[1].end))
        other = 1.0
        for probability, _ in found:
            other *= 1 - min(probability, 0.9999)
        result.append(ValueCandidate(value, 1 - other, tuple(span for _, span in found)))
    return sorted(result, key=lambda candidate: (-candidate.probability, candidate.value))
