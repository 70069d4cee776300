"""All models of a category side by side: one look at the features scores every attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.crf import CrfWeights, forbid_impossible
from attrgen_assets.domain.extraction.features import Block, block_features
from attrgen_assets.domain.extraction.inputs import TextInputs
from attrgen_assets.domain.extraction.lattice import Floats, forward_backward, span_probabilities
from attrgen_assets.domain.extraction.word_classes import WordClasses

MAX_CACHED_ROWS: Final = 400_000  # rows of summed weights kept; about 100 MB at 60 columns


class WeightRows:
    """Weights of every feature as one dense row over all columns, written out when first asked for.

    Columns are the labels of all models of the category. Blocks are cached as the sum of their features' rows.
    """

    def __init__(
        self, models: Sequence[CrfWeights], offsets: Sequence[int], width: int, category: str, classes: WordClasses
    ) -> None:
        self._category = category
        self._classes = classes
        self._numbers, self._bounds, self._columns, self._values = _by_feature(models, offsets)
        self._width = width
        self._reset()

    def _reset(self) -> None:
        self._rows: NDArray[np.float32] = np.zeros((1024, self._width), dtype=np.float32)
        self._used = 1  # row 0 is all zero: what no model knows
        self._features: dict[str, int] = {}
        self._blocks: dict[str, dict[Any, int]] = {}

    def scores(self, sequences: Sequence[TextInputs]) -> NDArray[np.float32]:
        """Summed weights of every token of all sequences, one after the other: (tokens, columns)."""
        if self._used > MAX_CACHED_ROWS:
            self._reset()
        total: NDArray[np.float32] | None = None
        for name in sequences[0].blocks:
            rows = self._block_rows(name, [known for inputs in sequences for known in inputs.blocks[name]])
            found = self._rows[rows]
            total = found if total is None else np.add(total, found, out=total)
        summed = np.zeros((sum(map(len, sequences)), self._width), dtype=np.float32) if total is None else total
        places, rows = [], []
        for at, features in enumerate(chain.from_iterable(inputs.features for inputs in sequences)):
            for feature in features:
                if feature in self._numbers:
                    row = self._features.get(feature)
                    places.append(at)
                    rows.append(self._add_feature(feature) if row is None else row)
        np.add.at(summed, places, self._rows[rows])
        return summed

    def _block_rows(self, name: str, column: Sequence[Any]) -> list[int]:
        """The row of each block of a column; those not seen before are added."""
        cache = self._blocks.setdefault(name, {None: 0})
        for known in set(column).difference(cache):
            cache[known] = self._add_block((name, known))
        return [cache[known] for known in column]

    def feature_weights(self, feature: str) -> NDArray[np.float32]:
        """The weights of one feature over all columns; zeros when no model knows it."""
        return self._sum([feature])

    def _sum(self, features: Sequence[str]) -> NDArray[np.float32]:
        row = np.zeros(self._width, dtype=np.float32)
        for feature in features:
            number = self._numbers.get(feature)
            if number is not None:
                part = slice(self._bounds[number], self._bounds[number + 1])
                row[self._columns[part]] += self._values[part]
        return row

    def _add_feature(self, feature: str) -> int:
        number = self._features[feature] = self._append(self._sum([feature]))
        return number

    def _add_block(self, block: Block) -> int:
        features = block_features(block, self._category, self._classes)
        known = [feature for feature in features if feature in self._numbers]
        return self._append(self._sum(known)) if known else 0

    def _append(self, row: NDArray[np.float32]) -> int:
        if self._used == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._used] = row
        self._used += 1
        return self._used - 1


def _by_feature(
    models: Sequence[CrfWeights], offsets: Sequence[int]
) -> tuple[dict[str, int], list[int], NDArray[np.int64], NDArray[np.float32]]:
    """All models' weights as compressed sparse rows: feature -> row, bounds of each row, columns, values."""
    numbers: dict[str, int] = {}
    rows, columns, values = [], [], []
    for model, offset in zip(models, offsets, strict=True):
        own = [numbers.setdefault(feature, len(numbers)) for feature in model.features]
        rows.append(np.array(own, dtype=np.int64)[model.feature_ids] if own else np.zeros(0, dtype=np.int64))
        columns.append(model.label_ids.astype(np.int64) + offset)
        values.append(model.values)
    all_rows = np.concatenate(rows)
    order = np.argsort(all_rows, kind="stable")
    bounds = np.searchsorted(all_rows[order], np.arange(len(numbers) + 1)).tolist()
    return numbers, bounds, np.concatenate(columns)[order], np.concatenate(values)[order]


@dataclass(frozen=True, slots=True)
class SpanTable:
    """Probabilities of spans: (attributes, sequences, first token, length - 1)."""

    pooled: Floats
    joint: Floats | None


class CategoryNetwork:
    """The pooled model of each attribute, and the category's joint model if there is one."""

    def __init__(
        self,
        category: str,
        pooled: Mapping[str, CrfWeights],
        joint: CrfWeights | None,
        *,
        classes: WordClasses,
        longest: int,
    ) -> None:
        self.category = category
        self.classes = classes
        self.attributes = tuple(pooled)
        self.joint_attributes = joint.attributes if joint else ()
        self._longest = longest
        models = [*pooled.values(), *([joint] if joint else [])]
        sizes = [len(model.transitions) for model in models]
        offsets = [0, *np.cumsum(sizes).tolist()]
        self.rows = WeightRows(models, offsets[:-1], offsets[-1], category, classes)
        self._pooled_transitions = np.array([forbid_impossible(m.transitions) for m in pooled.values()])
        self._joint_transitions = forbid_impossible(joint.transitions) if joint else None

    def spans(self, sequences: Sequence[TextInputs]) -> SpanTable:
        """Probabilities of all spans of all attributes in non-empty sequences."""
        lengths = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
        flat = self.rows.scores(sequences).astype(np.float64)
        padded = np.zeros((len(sequences), int(lengths.max()), flat.shape[1]))
        padded[np.arange(padded.shape[1])[None, :] < lengths[:, None]] = flat
        count = len(self.attributes)
        state = padded[..., : 3 * count].reshape(*padded.shape[:2], count, 3).transpose(2, 0, 1, 3)
        marginals = forward_backward(state, self._pooled_transitions, lengths)
        pooled = span_probabilities(marginals, 1, 2, self._longest)
        return SpanTable(pooled, self._joint_spans(padded[..., 3 * count :], lengths))

    def _joint_spans(self, state: Floats, lengths: NDArray[np.int64]) -> Floats | None:
        if self._joint_transitions is None:
            return None
        marginals = forward_backward(state, self._joint_transitions, lengths)
        result = np.zeros((len(self.attributes), *state.shape[:2], self._longest))
        for at, attribute in enumerate(self.joint_attributes):
            if attribute in self.attributes:
                place = self.attributes.index(attribute)
                result[place] = span_probabilities(marginals, 2 * at + 1, 2 * at + 2, self._longest)
        return result
