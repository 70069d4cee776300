"""Which candidate is right: what the models, the text and the gazetteer say of each, weighed by boosted trees.

The trees learn from candidates in rows that the models had not seen (cross-validation), so their probabilities are
those of a right answer, not of a span under a model that knows its own training data by heart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.boundaries import NAMES as BOUNDARIES
from attrgen_assets.domain.extraction.boundaries import Boundaries
from attrgen_assets.domain.extraction.candidates import SpanCandidate, ValueCandidate
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.similar_rows import NAMES as SIMILAR
from attrgen_assets.domain.extraction.similar_rows import Nearby, TextPlace, place_of
from attrgen_assets.domain.extraction.tokens import Tokens
from attrgen_assets.domain.extraction.trees import Trees

FEATURES: Final = (
    "pooled", "joint", "average", "share of all candidates", "relative to the likeliest", "both models", "rank",
    "candidates", "likeliest other", "likeliest other that holds it", "likeliest other that it holds",
    "class by the whole text", "how likely by the whole text", "how likely is nothing", "likeliest other class",
    "stands in a text", "mentions", "texts", "claimed by another attribute", "another span of the attribute",
    "value of others in the category", "of more than one", "value anywhere", "starts inside a word",
    "ends inside a word", "first text", "place", "tokens", "starts with a mark", "ends with a mark", "occurrences",
    "occurrences in the first text", "lower case", "upper case", "capital", "characters", "digits", "as written",
    "characters of the text", *BOUNDARIES, *SIMILAR, "how often stated", "how often the likeliest is right",
)  # fmt: skip
"""What the columns of a ranker's rows mean; the last two are the attribute's own, see `Prior`.

With a fine-tuned encoder `ENCODER_FEATURES` stand before these two.
"""
ENCODER_FEATURES: Final = ("encoder", "encoder relative to its likeliest", "likeliest other by the encoder")
RIVAL: Final = 0.05  # a span of another attribute counts from this probability on
_MARKS: Final = frozenset("-,/&(|.")
_UNLIKELIEST: Final = log(1e-4)
_NOWHERE: Final = (0.0,) * 22  # for a value that stands in no text: the columns of `_of_place` ...
_NO_BOUNDARIES: Final = (0.0,) * len(BOUNDARIES)  # ... and of its boundaries
Key = tuple[str, str]
"""Category and attribute."""
Prior = tuple[float, float]
"""Log odds that a row states the attribute, and that its likeliest value is right."""


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees, and what is known of each attribute before a row is read."""

    trees: Trees
    priors: Mapping[Key, Prior]

    def rank(self, rows: Sequence[Sequence[float]], keys: Sequence[Key]) -> NDArray[np.float64]:
        """The probability that each candidate is right, from its features without the prior."""
        if not rows:
            return np.zeros(0)
        priors = [self.priors.get(key, (0.0, 0.0)) for key in keys]
        return self.trees.probabilities(
            np.concatenate([np.array(rows, dtype=np.float32), np.array(priors, dtype=np.float32)], axis=1)
        )


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a product's candidates are compared with: its texts, their tokens, values seen, similar rows, likely spans.

    `rivals` are spans by field: first and last token, attribute, average probability. `lower` are the texts in lower
    case by field, the first one first.
    """

    category: str
    tokens: Mapping[str, Tokens]
    lower: Mapping[str, str]
    characters: int
    gazetteer: Gazetteer
    boundaries: Boundaries
    nearby: Nearby
    rivals: Mapping[str, Sequence[tuple[int, int, str, float]]]


def surroundings(
    category: str,
    tokens: Mapping[str, Tokens],
    candidates: Mapping[str, Sequence[SpanCandidate]],
    *,
    gazetteer: Gazetteer,
    boundaries: Boundaries,
    nearby: Nearby,
) -> Surroundings:
    """Collect what candidates are compared with."""
    rivals: dict[str, list[tuple[int, int, str, float]]] = {name: [] for name in tokens}
    for attribute, spans in candidates.items():
        for span in spans:
            if (average := span.average) > RIVAL:
                rivals[span.field].append((span.first, span.last, attribute, average))
    lower = {name: found.text.lower() for name, found in tokens.items()}
    return Surroundings(category, tokens, lower, sum(map(len, lower.values())), gazetteer, boundaries, nearby, rivals)


def _logit(probability: float) -> float:
    if 1e-4 < probability < 1 - 1e-4:
        return log(probability / (1 - probability))
    return _UNLIKELIEST if not probability else log(max(probability, 1e-4) / max(1 - probability, 1e-4))


def candidate_features(
    attribute: str,
    values: Sequence[ValueCandidate],
    around: Surroundings,
    context: Mapping[str, float] | None = None,
    *,
    encoder: bool = False,
) -> list[list[float]]:
    """One row of `FEATURES`, without the prior, for each of an attribute's values, which come the likeliest first.

    `context` is how likely each value is by the product's whole text, if that was judged; with `encoder`, what a
    fine-tuned encoder says is part of the rows.
    """
    seen = [value.encoder or 0.0 for value in values]
    total = sum(value.probability for value in values) or 1.0
    top = max(values[0].probability, 1e-6) if values else 1.0
    similar = around.nearby.features(attribute, [_with_place(value, around) for value in values])
    written = [value.spans[0].value.lower() if value.spans else "" for value in values]
    rows = []
    for rank, value in enumerate(values):
        rows.append(
            [
                _logit(value.pooled),
                _logit(value.joint),
                _logit(value.probability),
                value.probability / total,
                value.probability / top,
                value.pooled * value.joint,
                rank,
                len(values),
                *_others(rank, values, written),
                *_of_context(value.value, context),
                *(_of_place(attribute, value, around) if value.spans else _NOWHERE),
                value.value == value.spans[0].value if value.spans else 0.0,
                around.characters,
                *(_of_boundaries(attribute, value.spans[0], around) if value.spans else _NO_BOUNDARIES),
                *similar[rank],
                *(_of_encoder(rank, seen) if encoder else ()),
            ]
        )
    return rows


def _of_boundaries(attribute: str, best: SpanCandidate, around: Surroundings) -> tuple[float, ...]:
    return around.boundaries.features(around.category, attribute, around.tokens[best.field], best.first, best.last)


def _with_place(value: ValueCandidate, around: Surroundings) -> tuple[str, TextPlace | None]:
    """A value and where its likeliest span stands."""
    if not value.spans:
        return value.value, None
    best = value.spans[0]
    return value.value, place_of(around.tokens[best.field], best.first, best.last)


def _of_encoder(rank: int, seen: Sequence[float]) -> tuple[float, float, float]:
    others = max((share for at, share in enumerate(seen) if at != rank), default=0.0)
    return _logit(seen[rank]), seen[rank] / max(*seen, 1e-6), others


def _others(rank: int, values: Sequence[ValueCandidate], written: Sequence[str]) -> tuple[float, float, float]:
    """The likeliest other value; the likeliest whose text holds this text; the likeliest whose text this one holds."""
    if len(values) == 1:
        return 0.0, 0.0, 0.0
    any_other = holds = held = 0.0
    mine = written[rank]
    for at, other in enumerate(values):
        if at != rank:
            any_other = max(any_other, other.probability)
            if mine and written[at]:
                if mine in written[at]:
                    holds = max(holds, other.probability)
                if written[at] in mine:
                    held = max(held, other.probability)
    return any_other, holds, held


def _of_context(value: str, context: Mapping[str, float] | None) -> tuple[float, float, float, float]:
    if context is None:
        return 0.0, 0.0, 0.0, 0.0
    other = max((share for name, share in context.items() if name not in ("", value)), default=0.0)
    return 1.0, _logit(context.get(value, 0.0)), _logit(context.get("", 0.0)), other


def _of_place(attribute: str, value: ValueCandidate, around: Surroundings) -> list[float]:
    """What the likeliest span's place and text say."""
    best = value.spans[0]
    tokens = around.tokens[best.field]
    claimed, same = _rivals(attribute, best, around)
    entry = tokens.lower[best.first : best.last + 1]
    here, anywhere = around.gazetteer.seen(entry, around.category, attribute)
    numbers = tokens.word_numbers
    mark_first, mark_last, lower, *spelling = _spelling(best.value)
    found = [name.count(lower) for name in around.lower.values()]
    return [
        1.0,
        len(value.spans),
        len({span.field for span in value.spans}) if len(value.spans) > 1 else 1,
        _logit(claimed),
        _logit(same),
        here > 0,
        here > 1,
        anywhere > 0,
        best.first > 0 and numbers[best.first - 1] == numbers[best.first],
        best.last + 1 < len(numbers) and numbers[best.last + 1] == numbers[best.last],
        best.field == next(iter(around.tokens)),
        best.start / (len(tokens.text) or 1),
        best.last - best.first + 1,
        mark_first,
        mark_last,
        sum(found),
        found[0],
        *spelling,
    ]


@lru_cache(maxsize=100_000)
def _spelling(text: str) -> tuple[bool, bool, str, bool, bool, bool, int, float]:
    """Marks at both ends, the text in lower case, whether it is in lower, upper or title case, length, digits."""
    return (
        text[0] in _MARKS,
        text[-1] in _MARKS,
        text.lower(),
        text.islower(),
        text.isupper(),
        text[0].isupper(),
        len(text),
        sum(map(str.isdigit, text)) / len(text),
    )


def _rivals(attribute: str, best: SpanCandidate, around: Surroundings) -> tuple[float, float]:
    """The likeliest overlapping span of another attribute, and the likeliest other one of this attribute."""
    claimed = same = 0.0
    begin, end = best.first, best.last
    for first, last, name, average in around.rivals[best.field]:
        if first <= end and begin <= last:
            if name != attribute:
                claimed = max(claimed, average)
            elif average > same and (first != begin or last != end):
                same = average
    return claimed, same
