"""Why a value: its spans, what each model thinks of them, and the features that speak loudest."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from attrgen_assets.domain.extraction.candidates import SpanCandidate
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.inputs import TextInputs, written_out
from attrgen_assets.domain.extraction.model import Prediction, Predictor
from attrgen_assets.domain.extraction.network import CategoryNetwork
from attrgen_assets.domain.extraction.training import tokens_of

SMALLEST_SHARE: Final = 0.01  # of similar rows: smaller ones would be shown as 0.00


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature of the span's first token; positive weights speak for the attribute's value beginning there."""

    feature: str
    weight: float


@dataclass(frozen=True, slots=True)
class SpanReason:
    """A candidate span, its value after normalisation, and the loudest features of its first token."""

    span: SpanCandidate
    normalised: str
    probability: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer for one attribute, the least probability at which a value is given, and the likeliest spans.

    `by_whole_text` holds the likeliest values by the whole text with their probabilities, where that was judged;
    `by_similar_rows` the values that the most similar labelled rows state, with the shares of these rows.
    """

    attribute: str
    prediction: Prediction
    threshold: float
    spans: tuple[SpanReason, ...]
    by_whole_text: tuple[tuple[str, float], ...]
    by_similar_rows: tuple[tuple[str, float], ...]


def explain(
    predictor: Predictor,
    product: LabelledProduct,
    attributes: Sequence[str] | None = None,
    *,
    spans: int = 3,
    reasons: int = 6,
) -> list[Explanation]:
    """Explain the answers for some attributes (all of the category), `spans` spans and `reasons` features each."""
    decision, normaliser = predictor.model.decision, predictor.model.normaliser
    predictions = predictor.predict([product])[0]
    network = predictor.extractor.network(product.category)
    inputs = predictor.extractor.inputs(product)
    shares = {} if normaliser is None else normaliser.contexts(product.category, product.text)
    nearby = predictor.extractor.similar.nearby(product.category, tokens_of(product))
    result = []
    for attribute in predictions if attributes is None else attributes:
        prediction = predictions.get(attribute)
        if prediction is None:
            continue
        found = [(span, candidate.value) for candidate in prediction.candidates for span in candidate.spans]
        found.sort(key=lambda item: -item[0].average)
        explained = tuple(
            SpanReason(
                span,
                value if normaliser is not None else span.value,
                span.average,
                _reasons(network, attribute, inputs[span.field], span.first, reasons),
            )
            for span, value in found[:spans]
        )
        likely = sorted(shares.get(attribute, {}).items(), key=lambda item: (-item[1], item[0]))[:spans]
        similar = [item for item in nearby.values(attribute)[:spans] if item[1] >= SMALLEST_SHARE]
        result.append(Explanation(attribute, prediction, decision.threshold, explained, tuple(likely), tuple(similar)))
    return result


def _reasons(
    network: CategoryNetwork, attribute: str, inputs: TextInputs, token: int, limit: int
) -> tuple[Reason, ...]:
    column = 3 * network.attributes.index(attribute)
    weights = []
    for feature in written_out(inputs, token, network.category, network.classes):
        row = network.rows.feature_weights(feature)
        weights.append(Reason(feature, round(float(row[column + 1] - row[column]), 3)))
    weights.sort(key=lambda reason: (-abs(reason.weight), reason.feature))
    return tuple(reason for reason in weights[:limit] if reason.weight)
