"""Which candidate is right: a logistic regression over what the models, the text and the gazetteer say of each.

It is trained on candidates in rows that the models had not seen (cross-validation), so its probabilities are those of
a right answer, not of a span under a model that knows its own training data by heart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.candidates import SpanCandidate, ValueCandidate
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.tokens import Tokens

FEATURES: Final = (
    "bias", "pooled", "joint", "average", "claimed by another attribute", "another span of the attribute",
    "value of others in the category", "of more than one", "value anywhere", "starts inside a word",
    "ends inside a word", "several mentions", "first field", "likeliest", "length", "starts with a mark",
    "ends with a mark", "share of all candidates", "relative to the likeliest", "both models",
    "class by the whole text", "how likely by the whole text",
)  # fmt: skip
RIVAL: Final = 0.05  # a span of another attribute counts from this probability on
RIDGE: Final = 0.3  # penalty on squared weights
_MARKS: Final = frozenset("-,/&(|.")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a product's candidates are compared with: its texts' tokens, values seen, and likely spans.

    `rivals` are spans by field: first and last token, attribute, average probability.
    """

    category: str
    tokens: Mapping[str, Tokens]
    gazetteer: Gazetteer
    rivals: Mapping[str, Sequence[tuple[int, int, str, float]]]


def surroundings(
    category: str,
    tokens: Mapping[str, Tokens],
    candidates: Mapping[str, Sequence[SpanCandidate]],
    gazetteer: Gazetteer,
) -> Surroundings:
    """Collect what candidates are compared with."""
    rivals: dict[str, list[tuple[int, int, str, float]]] = {name: [] for name in tokens}
    for attribute, spans in candidates.items():
        for span in spans:
            if (average := span.average) > RIVAL:
                rivals[span.field].append((span.first, span.last, attribute, average))
    return Surroundings(category, tokens, gazetteer, rivals)


def _logit(probability: float) -> float:
    return log(max(probability, 1e-4) / max(1 - probability, 1e-4))


def candidate_features(
    attribute: str,
    values: Sequence[ValueCandidate],
    around: Surroundings,
    context: Mapping[str, float] | None = None,
) -> list[list[float]]:
    """One row of `FEATURES` for each of an attribute's values, which come the likeliest first.

    `context` is how likely each value is by the product's whole text, if that was judged.
    """
    total = sum(value.probability for value in values) or 1.0
    top = max(values[0].probability, 1e-6) if values else 1.0
    return [
        [*_of_models(attribute, value, around), *_of_text(attribute, value, around, first=rank == 0),
         value.probability / total, value.probability / top, value.pooled * value.joint,
         float(context is not None), _logit(context.get(value.value, 0.0)) if context is not None else 0.0]
        for rank, value in enumerate(values)
    ]  # fmt: skip


def _of_models(attribute: str, value: ValueCandidate, around: Surroundings) -> list[float]:
    best = value.spans[0]
    claimed = same = 0.0
    for first, last, name, average in around.rivals[best.field]:
        if first <= best.last and best.first <= last:
            if name != attribute:
                claimed = max(claimed, average)
            elif average > same and (first != best.first or last != best.last):
                same = average
    logits = [_logit(value.pooled), _logit(value.joint), _logit(value.probability), _logit(claimed), _logit(same)]
    return [1.0, *logits]


def _of_text(attribute: str, value: ValueCandidate, around: Surroundings, *, first: bool) -> list[float]:
    best = value.spans[0]
    tokens = around.tokens[best.field]
    entry = tuple(token.lower() for token in tokens.tokens[best.first : best.last + 1])
    here, anywhere = around.gazetteer.seen(entry, around.category, attribute)
    numbers = tokens.word_numbers
    return [
        float(here > 0),
        float(here > 1),
        float(anywhere > 0),
        float(best.first > 0 and numbers[best.first - 1] == numbers[best.first]),
        float(best.last + 1 < len(numbers) and numbers[best.last + 1] == numbers[best.last]),
        float(len(value.spans) > 1),
        float(best.field == next(iter(around.tokens))),
        float(first),
        log(best.last - best.first + 1),
        float(tokens.tokens[best.first] in _MARKS),
        float(tokens.tokens[best.last] in _MARKS),
    ]


def fit_ranker(rows: Sequence[Sequence[float]], right: Sequence[bool]) -> tuple[float, ...]:
    """Weights of `FEATURES` by Newton's method, rounded to 6 places."""
    features, target = np.array(rows, dtype=np.float64), np.array(right, dtype=np.float64)
    weights = np.zeros(features.shape[1])
    for _ in range(30):
        shares = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (shares - target) + RIDGE * weights
        curve = (features * (shares * (1 - shares))[:, None]).T @ features + RIDGE * np.eye(len(weights))
        step = np.linalg.solve(curve, slope)
        weights -= step
        if float(np.abs(step).max()) < 1e-8:
            break
    return tuple(round(weight, 6) for weight in weights.tolist())


def rank(rows: Sequence[Sequence[float]], weights: Sequence[float]) -> NDArray[np.float64]:
    """The probability that each candidate is right."""
    if not rows:
        return np.zeros(0)
    scores = np.array(rows, dtype=np.float64) @ np.array(weights)
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -30, 30))))
