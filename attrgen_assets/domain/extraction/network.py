"""All models of a category side by side: one look at the features scores every attribute."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.crf import CrfWeights, forbid_impossible
from attrgen_assets.domain.extraction.features import Block, TokenInputs, block_features
from attrgen_assets.domain.extraction.lattice import Floats, forward_backward, span_probabilities

MAX_CACHED_ROWS: Final = 400_000  # rows of summed weights kept; about 100 MB at 60 columns


class WeightRows:
    """Weights of every feature as one dense row over all columns, written out when first asked for.

    Columns are the labels of all models of the category. Blocks are cached as the sum of their features' rows.
    """

    def __init__(self, models: Sequence[CrfWeights], offsets: Sequence[int], width: int, category: str) -> None:
        self._category = category
        self._sparse = _by_feature(models, offsets)
        self._width = width
        self._reset()

    def _reset(self) -> None:
        self._rows: NDArray[np.float32] = np.zeros((1024, self._width), dtype=np.float32)
        self._used = 1  # row 0 is all zero: what no model knows
        self._features: dict[str, int] = {}
        self._blocks: dict[Block, int] = {}

    def scores(self, sequences: Sequence[Sequence[TokenInputs]]) -> NDArray[np.float32]:
        """Summed weights of every token of all sequences, one after the other: (tokens, columns)."""
        if self._used > MAX_CACHED_ROWS:
            self._reset()
        numbers: list[int] = []
        starts: list[int] = []
        for inputs in chain.from_iterable(sequences):
            starts.append(len(numbers))
            numbers += [self._block(block) for block in inputs.blocks]
            numbers += [self._feature(feature) for feature in inputs.places if feature in self._sparse]
        if not starts:
            return np.zeros((0, self._width), dtype=np.float32)
        return np.add.reduceat(self._rows[numbers], starts, axis=0)

    def feature_weights(self, feature: str) -> NDArray[np.float32]:
        """The weights of one feature over all columns; zeros when no model knows it."""
        row = np.zeros(self._width, dtype=np.float32)
        for columns, values in self._sparse.get(feature, ()):
            row[columns] += values
        return row

    def _feature(self, feature: str) -> int:
        number = self._features.get(feature)
        if number is None:
            number = self._features[feature] = self._append(self.feature_weights(feature))
        return number

    def _block(self, block: Block) -> int:
        number = self._blocks.get(block)
        if number is None:
            known = [feature for feature in block_features(block, self._category) if feature in self._sparse]
            row = np.sum([self.feature_weights(feature) for feature in known], axis=0) if known else None
            number = self._blocks[block] = 0 if row is None else self._append(row)
        return number

    def _append(self, row: NDArray[np.float32]) -> int:
        if self._used == len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros_like(self._rows)])
        self._rows[self._used] = row
        self._used += 1
        return self._used - 1


Slices = list[tuple[NDArray[np.int64], NDArray[np.float32]]]


def _by_feature(models: Sequence[CrfWeights], offsets: Sequence[int]) -> dict[str, Slices]:
    found: dict[str, Slices] = {}
    for model, offset in zip(models, offsets, strict=True):
        bounds = np.searchsorted(model.feature_ids, np.arange(len(model.features) + 1))
        columns = model.label_ids.astype(np.int64) + offset
        for number, feature in enumerate(model.features):
            part = slice(bounds[number], bounds[number + 1])
            found.setdefault(feature, []).append((columns[part], model.values[part]))
    return found


@dataclass(frozen=True, slots=True)
class SpanTable:
    """Probabilities of spans: (attributes, sequences, first token, length - 1)."""

    pooled: Floats
    joint: Floats | None


class CategoryNetwork:
    """The pooled model of each attribute, and the category's joint model if there is one."""

    def __init__(
        self, category: str, pooled: Mapping[str, CrfWeights], joint: CrfWeights | None, *, longest: int
    ) -> None:
        self.category = category
        self.attributes = tuple(pooled)
        self.joint_attributes = joint.attributes if joint else ()
        self._longest = longest
        models = [*pooled.values(), *([joint] if joint else [])]
        sizes = [len(model.transitions) for model in models]
        offsets = [0, *np.cumsum(sizes).tolist()]
        self.rows = WeightRows(models, offsets[:-1], offsets[-1], category)
        self._pooled_transitions = np.array([forbid_impossible(m.transitions) for m in pooled.values()])
        self._joint_transitions = forbid_impossible(joint.transitions) if joint else None

    def spans(self, sequences: Sequence[Sequence[TokenInputs]]) -> SpanTable:
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
