"""A further opinion on spans beside the linear-chain models: whose it is, how it is trained, and how it joins in."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from attrgen_assets.domain.extraction.candidates import SpanCandidate
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.training import Row, tokens_of

ENOUGH: Final = 0.03  # a span that the linear-chain models do not propose is a candidate from this probability on

Place = tuple[str, int, int]
"""A field of a product, and the first and last token of a span in it."""
PlacedSpans = dict[str, dict[Place, float]]
"""By attribute, the probability of each span that is not hopeless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptOpinion:
    """An opinion as files of a model's folder: contents by file name."""

    files: Mapping[str, bytes]


class Opinion(Protocol):
    """Whatever gives probabilities of spans."""

    def spans(self, products: Sequence[LabelledProduct]) -> list[PlacedSpans]:
        """Spans of each product by attribute of its category."""

    def kept(self) -> KeptOpinion:
        """What brings it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What an opinion is learned from: rows, and attributes by category, whether or not these rows state them."""

    rows: Sequence[Row]
    attributes: Mapping[str, Sequence[str]]
    seed: int


class OpinionTrainer(Protocol):
    """Whatever learns opinions from rows; the same lesson gives the same opinion."""

    def train(self, lessons: Sequence[Lesson]) -> Sequence[Opinion]:
        """An opinion for each lesson. Together, because they may be learned at the same time."""

    def average(self, opinions: Sequence[Opinion], rows: Sequence[Row]) -> Opinion:
        """The average of opinions that this trainer made for the same attributes; values seen are those of the rows."""


def joined(
    products: Sequence[LabelledProduct],
    found: Sequence[Mapping[str, list[SpanCandidate]]],
    opinion: Opinion,
    wanted: Callable[[str], Collection[str]],
) -> list[dict[str, list[SpanCandidate]]]:
    """Candidates with the opinion on each, and those that only the opinion proposes.

    `wanted` are the attributes of a category; the opinion may know of more.
    """
    return [
        _joined(product, spans, {name: placed[name] for name in placed.keys() & wanted(product.category)})
        for product, spans, placed in zip(products, found, opinion.spans(products), strict=True)
    ]


def _joined(
    product: LabelledProduct, spans: Mapping[str, list[SpanCandidate]], placed: PlacedSpans
) -> dict[str, list[SpanCandidate]]:
    tokens = tokens_of(product)
    result = {}
    for attribute in sorted({*spans, *placed}):
        left = dict(placed.get(attribute, {}))
        listed = [
            replace(span, encoder=left.pop((span.field, span.first, span.last), 0.0))
            for span in spans.get(attribute, ())
        ]
        for (field, first, last), probability in left.items():
            if probability >= ENOUGH:
                text = tokens[field]
                start, end = text.starts[first], text.ends[last]
                listed.append(
                    SpanCandidate(field, start, end, first, last, text.text[start:end], 0.0, None, probability)
                )
        if listed:
            result[attribute] = listed
    return result
