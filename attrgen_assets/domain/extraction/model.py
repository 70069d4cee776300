"""A trained extractor: what it holds, and how it predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Final

from attrgen_assets.domain.extraction.candidates import ValueCandidate, as_written, values
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.extractor import Candidates, Extractor
from attrgen_assets.domain.extraction.normalise.learned import NOTHING, Normaliser
from attrgen_assets.domain.extraction.opinions import Opinion, joined
from attrgen_assets.domain.extraction.ranking import Ranker, candidate_features, surroundings
from attrgen_assets.domain.extraction.training import Parts, tokens_of

FORMAT: Final = 7
"""Version of the model format; a model of another version must be trained again."""
BATCH_ROWS: Final = 500  # products to predict together: more saves nothing and takes memory
LIKELY_CLASS: Final = 0.15  # a class is a candidate by the product's whole text alone from this probability on ...
CLASSES_KEPT: Final = 3  # ... if it is among so many likeliest ones


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Whatever decides, with the data, what a model will be.

    `folds` is the number of parts of the cross-validation that chooses the decision rule and measures the model;
    `l1` and `l2` are the penalties on weights. `encoder` names the one that the accurate tier starts from, `words` the
    vectors that classes of words were made from, if any.
    """

    tier: str = "fast"
    encoder: str = ""
    words: str = ""
    seed: int = 17
    folds: int = 3
    l1: float = 0.02
    l2: float = 0.05
    max_iterations: int = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """When a value is given: the ranker, and the least probability of a value.

    Without a ranker the probability is the models' average.
    """

    threshold: float = 0.2
    ranker: Ranker | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedExtractor:
    """Everything that prediction needs, and how it came to be.

    `scores` are by cross-validation inside the training data: no other data was looked at.
    """

    config: TrainingConfig
    parts: Parts
    decision: Decision
    normaliser: Normaliser | None = None
    opinion: Opinion | None = None
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
        if self.model.opinion is not None:
            found = joined(products, found, self.model.opinion, self.extractor.attributes)
        proposals = [self.proposals(product, spans) for product, spans in zip(products, found, strict=True)]
        return decide(proposals, self.model.decision)

    def proposals(self, product: LabelledProduct, candidates: Candidates) -> "Proposals":
        """A product's candidate values of every attribute of its category."""
        encoder = self.model.opinion is not None
        return propose(self.extractor, product, candidates, self.model.normaliser, encoder=encoder)


@dataclass(frozen=True, slots=True)
class Proposals:
    """A product's candidate values by attribute, and the ranker's features of each."""

    category: str
    values: dict[str, list[ValueCandidate]]
    features: dict[str, list[list[float]]]


def propose(
    extractor: Extractor,
    product: LabelledProduct,
    candidates: Candidates,
    normaliser: Normaliser | None,
    *,
    encoder: bool = False,
) -> Proposals:
    """Turn spans into values, equal ones together after normalisation, and describe each to the ranker.

    Where an attribute has few values, those that the whole text makes likely are candidates as well.
    """
    category = product.category
    tokens = tokens_of(product)
    around = surroundings(
        category,
        tokens,
        candidates,
        gazetteer=extractor.gazetteer,
        boundaries=extractor.boundaries,
        nearby=extractor.similar.nearby(category, tokens),
    )
    shares = {} if normaliser is None else normaliser.contexts(category, product.text)
    found: dict[str, list[ValueCandidate]] = {}
    features: dict[str, list[list[float]]] = {}
    for name in extractor.attributes(category):
        normal = as_written if normaliser is None else partial(normaliser.options, category, name)
        listed = found[name] = values(candidates.get(name, ()), normal)
        listed += _by_whole_text(listed, shares.get(name, {}))
        context = shares.get(name)
        features[name] = candidate_features(name, listed, around, context, encoder=encoder) if listed else []
    return Proposals(category, found, features)


def _by_whole_text(listed: Sequence[ValueCandidate], shares: Mapping[str, float]) -> list[ValueCandidate]:
    """Likely classes that no span stands for."""
    known = {value.value for value in listed}
    likeliest = sorted(shares.items(), key=lambda item: (-item[1], item[0]))[:CLASSES_KEPT]
    return [
        ValueCandidate(name, 0.0, 0.0, 0.0, ())
        for name, share in likeliest
        if name != NOTHING and name not in known and share >= LIKELY_CLASS
    ]


def decide(proposals: Sequence[Proposals], decision: Decision) -> list[dict[str, Prediction]]:
    """Choose each attribute's likeliest value, if it is likely enough."""
    chances = iter(_chances(proposals, decision))
    result = []
    for product in proposals:
        predictions = {}
        for name, listed in product.values.items():
            scored = [(next(chances), value) for value in listed]
            predictions[name] = _prediction(scored, decision.threshold)
        result.append(predictions)
    return result


def _prediction(scored: list[tuple[float, ValueCandidate]], threshold: float) -> Prediction:
    if not scored:
        return Prediction(None, 0.0, ())
    if len(scored) > 1:
        scored.sort(key=lambda item: (-item[0], item[1].value))
    probability, best = scored[0]
    given = best.value if probability >= threshold else None
    return Prediction(given, probability, tuple(value for _, value in scored))


def _chances(proposals: Sequence[Proposals], decision: Decision) -> list[float]:
    """The probability of each value of all products in turn: the ranker's, or the models' average."""
    if decision.ranker is None:
        return [value.probability for product in proposals for listed in product.values.values() for value in listed]
    keys = [
        (product.category, name) for product in proposals for name, listed in product.values.items() for _ in listed
    ]
    rows = list(chain.from_iterable(product.features[name] for product in proposals for name in product.values))
    found: list[float] = decision.ranker.rank(rows, keys).tolist()
    return found
