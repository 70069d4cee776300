"""A trained extractor as a proposer of values."""

from collections.abc import Mapping, Sequence
from typing import Final

from attrgen_assets.domain.attributes.ports import ProposedValue, Question
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.model import Prediction, Predictor, TrainedExtractor

_BATCH: Final = 500  # products scored together: more saves nothing and takes memory


class ModelProposer:
    """What a promoted model reads in the texts of a product, with its calibrated probability.

    trust: by attribute, a factor for probabilities, 0-1 (`ModelScore.trust`); an attribute that was not measured has 0.
    """

    def __init__(
        self, model: TrainedExtractor, *, product_type: str, version: str, trust: Mapping[str, float] | None = None
    ) -> None:
        self._trust = trust
        self._predictor = Predictor(model)
        self._product_type = product_type
        self._version = version
        self._asked = 0

    @property
    def version(self) -> str:
        """The model's version."""
        return self._version

    @property
    def notes(self) -> tuple[str, ...]:
        """Nothing: a model that is there answers."""
        return ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many products it was asked about."""
        return {"model_products": self._asked}

    def propose(self, questions: Sequence[Question]) -> list[list[ProposedValue]]:
        """Values that are likely enough, as they stand in the text."""
        self._asked += len(questions)
        found: list[list[ProposedValue]] = []
        for start in range(0, len(questions), _BATCH):
            batch = questions[start : start + _BATCH]
            products = [LabelledProduct(category=self._product_type, texts=question.texts) for question in batch]
            for question, predictions in zip(batch, self._predictor.predict(products), strict=True):
                values = [self._value(name, predictions[name]) for name in question.attributes if name in predictions]
                found.append([value for value in values if value is not None])
        return found

    def _value(self, attribute: str, prediction: Prediction) -> ProposedValue | None:
        if prediction.value is None:
            return None
        span = prediction.candidates[0].spans[0]
        trust = 1.0 if self._trust is None else self._trust.get(attribute, 0.0)
        sure = min(max(prediction.probability, 0.0), 1.0) * trust
        return ProposedValue(attribute=attribute, text=span.value, field=span.field, probability=sure)
