"""A trained extractor: what it holds, and how it predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from attrgen_assets.domain.extraction.candidates import ValueCandidate, as_written, values
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.extractor import Candidates, Extractor
from attrgen_assets.domain.extraction.normalise.learned import Normaliser
from attrgen_assets.domain.extraction.ranking import candidate_features, rank, surroundings
from attrgen_assets.domain.extraction.training import Parts, tokens_of

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
    """When a value is given: the ranker's weights, and the least probability of a value.

    Without a ranker the probability is the models' average.
    """

    threshold: float = 0.2
    ranker: tuple[float, ...] | None = None


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
            decide(self.proposals(product, candidates), self.model.decision)
            for product, candidates in zip(products, found, strict=True)
        ]

    def proposals(self, product: LabelledProduct, candidates: Candidates) -> "Proposals":
        """A product's candidate values of every attribute of its category."""
        return propose(self.extractor, product, candidates, self.model.normaliser)


@dataclass(frozen=True, slots=True)
class Proposals:
    """Candidate values by attribute, and the ranker's features of each."""

    values: dict[str, list[ValueCandidate]]
    features: dict[str, list[list[float]]]


def propose(
    extractor: Extractor, product: LabelledProduct, candidates: Candidates, normaliser: Normaliser | None
) -> Proposals:
    """Turn spans into values, equal ones together after normalisation, and describe each to the ranker."""
    category = product.category
    around = surroundings(category, tokens_of(product), candidates, extractor.gazetteer)
    found: dict[str, list[ValueCandidate]] = {}
    for name in extractor.attributes(category):
        normal = as_written if normaliser is None else partial(normaliser.options, category, name)
        found[name] = values(candidates.get(name, ()), normal)
    features = {}
    for name, listed in found.items():
        context = None if normaliser is None else normaliser.context(category, name, product.text)
        features[name] = candidate_features(name, listed, around, context)
    return Proposals(found, features)


def decide(proposals: Proposals, decision: Decision) -> dict[str, Prediction]:
    """Choose each attribute's likeliest value, if it is likely enough."""
    chances = _chances(proposals, decision)
    result = {}
    for name, listed in proposals.values.items():
        if not listed:
            result[name] = Prediction(None, 0.0, ())
            continue
        order = sorted(zip(chances[name], listed, strict=True), key=lambda item: (-item[0], item[1].value))
        probability, best = order[0]
        given = best.value if probability >= decision.threshold else None
        result[name] = Prediction(given, probability, tuple(value for _, value in order))
    return result


def _chances(proposals: Proposals, decision: Decision) -> dict[str, list[float]]:
    """The probability of each value: the ranker's, or the models' average."""
    if decision.ranker is None:
        return {name: [value.probability for value in listed] for name, listed in proposals.values.items()}
    rows = [row for name in proposals.values for row in proposals.features[name]]
    ranked = iter(rank(rows, decision.ranker).tolist())
    return {name: [next(ranked) for _ in listed] for name, listed in proposals.values.items()}
