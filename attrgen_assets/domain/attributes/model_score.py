"""How good a model is for the catalogue: its answers read as legal values, against documents and corrections."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.coerce import Outcome, Reader, Readings, reader_for
from attrgen_assets.domain.attributes.lessons import Lesson, learned_attributes, spelled_value
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.extraction.model import Predictor, TrainedExtractor
from attrgen_assets.domain.extraction.scoring import Score, score_rows
from attrgen_assets.domain.product_types.model import EnumAttribute, ProductType

_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """The micro score over all labelled attributes, of each attribute, and over what people answered.

    unheard: by attribute, products of which nobody found anything and the model gives a legal value.
    """

    total: Score
    by_attribute: Mapping[str, Score]
    corrected: Score
    unheard: Mapping[str, int]

    @property
    def trust(self) -> dict[str, float]:
        """By attribute, the largest share of the unheard values that can be right, 0-1.

        The rules are taken to miss at most as many statements as they find: of 40 values that nobody heard of, next to
        10 that were found, no more than 10 can be right. A model learns only from what was found, and so says too much
        of attributes that are seldom stated.
        """
        stated = {name: score.vc + score.vw + score.vn for name, score in self.by_attribute.items()}
        return {name: min(1.0, stated[name] / max(1, self.unheard.get(name, 0))) for name in stated}


def score_model(model: TrainedExtractor, held_out: Sequence[Lesson], product_type: ProductType) -> ModelScore:
    """Compare a model's legal values with the answers. A text that the config refuses counts as no answer."""
    predictor = Predictor(model)
    read = _LegalValues(product_type)
    predicted: list[dict[str, str | None]] = []
    for start in range(0, len(held_out), _BATCH):
        batch = [lesson.product for lesson in held_out[start : start + _BATCH]]
        for row in predictor.predict(batch):
            predicted.append({name: read.value(name, found.value) for name, found in row.items()})
    total, by_attribute = score_rows((lesson.expected, row) for lesson, row in zip(held_out, predicted, strict=True))
    corrected, _ = score_rows(
        ({name: lesson.expected[name] for name in lesson.corrected}, row)
        for lesson, row in zip(held_out, predicted, strict=True)
    )
    unheard = Counter(
        name
        for lesson, row in zip(held_out, predicted, strict=True)
        for name, value in row.items()
        if value is not None and name in lesson.silent
    )
    return ModelScore(
        total=total, by_attribute=by_attribute, corrected=corrected, unheard=dict(sorted(unheard.items()))
    )


class _LegalValues:
    """What texts mean under the config, read as the validator reads them and remembered."""

    def __init__(self, product_type: ProductType) -> None:
        plan = compile_plan(product_type)
        self._vocabularies = plan.vocabularies
        self._attributes = {attribute.name: attribute for attribute in learned_attributes(product_type)}
        self._readers: dict[str, Reader] = {
            name: reader_for(attribute, product_type.texts, vocabulary=plan.vocabularies.get(name))
            for name, attribute in self._attributes.items()
        }
        self._known: dict[tuple[str, str], str | None] = {}

    def value(self, attribute: str, text: str | None) -> str | None:
        """The legal value of a text, spelled as in the answers; None where there is none."""
        if text is None or attribute not in self._readers:
            return None
        key = (attribute, text)
        if key not in self._known:
            self._known[key] = self._read(attribute, self._readers[attribute](pl.Series([text], dtype=pl.String)))
        return self._known[key]

    def _read(self, attribute: str, readings: Readings) -> str | None:
        if readings.outcome[0] != Outcome.ACCEPTED:
            return None
        value: float | int | bool = readings.value[0].item()
        if isinstance(self._attributes[attribute], EnumAttribute):
            return str(self._vocabularies[attribute].values[int(value)])
        return spelled_value(value)
