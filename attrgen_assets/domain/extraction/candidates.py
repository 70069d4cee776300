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
    are token numbers. `pooled` is the attribute's model's probability, `joint` that of the category's model, `encoder`
    that of a fine-tuned encoder, where there is one.
    """

    field: str
    start: int
    end: int
    first: int
    last: int
    value: str
    pooled: float
    joint: float | None
    encoder: float | None = None

    @property
    def average(self) -> float:
        """The average of both models' probabilities, or the one there is; the encoder's counts as much as both."""
        chains = self.pooled if self.joint is None else (self.pooled + self.joint) / 2
        return chains if self.encoder is None else (chains + self.encoder) / 2


@dataclass(frozen=True, slots=True)
class ValueCandidate:
    """A value with the probability that any of its spans is one - on average, pooled, joint - the likeliest span first.

    Without a joint model `joint` is `pooled`; `encoder` is None without one.
    """

    value: str
    probability: float
    pooled: float
    joint: float
    spans: tuple[SpanCandidate, ...]
    encoder: float | None = None


Normal = Callable[[str], Sequence[tuple[str, float]]]
"""What a value as written may become after normalisation, with shares of at most 1 together."""


def as_written(value: str) -> Sequence[tuple[str, float]]:
    """No normalisation."""
    return ((value, 1.0),)


def values(spans: Iterable[SpanCandidate], normal: Normal = as_written) -> list[ValueCandidate]:
    """Distinct normalised values, the likeliest first; several mentions make a value likelier.

    >>> found = [SpanCandidate("t", at, at + 3, at, at, "Red", 0.5, None) for at in (0, 4)]
    >>> values(found)[0].probability
    0.75
    """
    by_value: dict[str, list[tuple[SpanCandidate, float]]] = {}
    for span in spans:
        for value, share in normal(span.value):
            by_value.setdefault(value, []).append((span, share))
    result = [_together(value, found) for value, found in by_value.items()]
    result.sort(key=lambda candidate: (-candidate.probability, candidate.value))
    return result[:KEPT]


def _together(value: str, found: list[tuple[SpanCandidate, float]]) -> ValueCandidate:
    if len(found) == 1:  # nearly always
        span, share = found[0]
        joint = span.pooled if span.joint is None else span.joint
        encoder = None if span.encoder is None else span.encoder * share
        return ValueCandidate(value, span.average * share, span.pooled * share, joint * share, (span,), encoder)
    found.sort(key=lambda item: (-item[0].average * item[1], item[0].field, item[0].start, item[0].end))
    average = _any([span.average * share for span, share in found])
    pooled = _any([span.pooled * share for span, share in found])
    joint = _any([(span.pooled if span.joint is None else span.joint) * share for span, share in found])
    seen = [span.encoder * share for span, share in found if span.encoder is not None]
    spans = tuple(span for span, _ in found)
    return ValueCandidate(value, average, pooled, joint, spans, _any(seen) if seen else None)


def _any(probabilities: Sequence[float]) -> float:
    """The probability of at least one of independent events."""
    return 1 - prod(1 - min(probability, 0.9999) for probability in probabilities)
