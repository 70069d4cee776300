"""A trained extractor: what it holds, and how it predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from attrgen_assets.domain.extraction.candidates import SpanCandidate, ValueCandidate, values
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.extractor import Candidates, Extractor
from attrgen_assets.domain.extraction.normalise.learned import Normaliser
from attrgen_assets.domain.extraction.training import Parts

FORMAT: Final = 1
"""Version of the model format; a model of another version must be trained again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Whatever decides, with the data, what a model will be.

    `folds` is the number of parts of the cross-validation that chooses the decision rule and measures the model;
    `l1` and `l2` are the penalties on weights.
    """

    tier: str = "fast"
    seed: int = 17
    folds: int = 3
    l1: float = 0.02
    l2: float = 0.05
    max_iterations: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """When a value is given: how much of the average is the joint model's, and the least probability of a value."""

    joint_weight: float = 0.5
    threshold: float = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedExtractor:
    """Everything that prediction needs, and how it came to be.

    `scores` are by cross-validation inside the training data: no other data was looked at.
    """

    config: TrainingConfig
    parts: Parts
    decision: Decision
    normaliser: Normaliser | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    data_hash: str = ""
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """The answer for one attribute: `value` is None when nothing is likely enough.

    `probability` is that of the likeliest value, given or not; `candidates` holds all, the likeliest first.
    """

    value: str | None
    probability: float
    candidates: tuple[ValueCandidate, ...]


class Predictor:
    """A trained extractor at work."""

    def __init__(self, model: TrainedExtractor) -> None:
        self.model = model
        self.extractor = Extractor(model.parts)

    def predict(self, products: Sequence[LabelledProduct]) -> list[dict[str, Prediction]]:
        """The answer for every attribute of each product's category."""
        found = self.extractor.candidates(products)
        return [
            {
                name: decide(product.category, name, spans, self.model.decision, self.model.normaliser)
                for name, spans in _with_all(candidates, self.extractor.attributes(product.category)).items()
            }
            for product, candidates in zip(products, found, strict=True)
        ]


def _with_all(candidates: Candidates, attributes: Sequence[str]) -> dict[str, list[SpanCandidate]]:
    return {name: candidates.get(name, []) for name in attributes}


def decide(
    category: str,
    attribute: str,
    spans: Sequence[SpanCandidate],
    decision: Decision,
    normaliser: Normaliser | None,
) -> Prediction:
    """Choose among candidate spans: equal normalised values count together, the likeliest wins."""
    found = values(spans, decision.joint_weight, lambda raw: _normal(category, attribute, raw, normaliser))
    if not found:
        return Prediction(None, 0.0, ())
    best = found[0]
    given = best.value if best.probability >= decision.threshold else None
    return Prediction(given, best.probability, tuple(found))


def _normal(category: str, attribute: str, raw: str, normaliser: Normaliser | None) -> str:
    return raw if normaliser is None else normaliser.apply(category, attribute, raw)[0]
