"""Weights of linear-chain models, and networks that score all attributes of a category in one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

OUTSIDE: Final = "O"

Weights = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True)
class CrfWeights:
    """One trained model: weight `values[k]` of feature `features[feature_ids[k]]` for label `label_ids[k]`.

    `transitions` is (L, L), from row to column. Labels are O, and B:attribute, I:attribute for each attribute.
    """

    attributes: tuple[str, ...]
    features: tuple[str, ...]
    feature_ids: NDArray[np.int32]
    label_ids: NDArray[np.int16]
    values: NDArray[np.float32]
    transitions: NDArray[np.float32]


class CrfTrainer(Protocol):
    """Whatever trains a linear-chain model from features and labels; the same input gives the same weights.

    Sequences are prepared once and used for many models, because writing features out costs more than training.
    """

    def prepare(self, sequence: Sequence[Sequence[str]]) -> object:
        """A sequence of tokens' features in the trainer's own form."""

    def train(self, sequences: Sequence[object], labels: Sequence[Sequence[str]]) -> tuple[Weights, Weights]:
        """Weights by (feature, label), and by (label, next label)."""


def label_names(attributes: Sequence[str]) -> list[str]:
    """Labels in the order of their ids.

    >>> label_names(["Brand"])
    ['O', 'B:Brand', 'I:Brand']
    """
    return [OUTSIDE, *(f"{place}:{attribute}" for attribute in attributes for place in "BI")]


def pack(
    attributes: Sequence[str],
    states: Weights,
    transitions: Weights,
    *,
    smallest: float = 1e-4,
) -> CrfWeights:
    """Arrays from a trainer's weights; weights nearer to zero than `smallest` are dropped."""
    ids = {name: at for at, name in enumerate(label_names(attributes))}
    kept = sorted((feature, ids[name], weight) for (feature, name), weight in states.items() if abs(weight) >= smallest)
    features = sorted({feature for feature, _, _ in kept})
    numbers = {feature: at for at, feature in enumerate(features)}
    matrix = np.zeros((len(ids), len(ids)), dtype=np.float32)
    for (source, target), weight in transitions.items():
        matrix[ids[source], ids[target]] = weight
    return CrfWeights(
        tuple(attributes),
        tuple(features),
        np.array([numbers[feature] for feature, _, _ in kept], dtype=np.int32),
        np.array([name for _, name, _ in kept], dtype=np.int16),
        np.array([weight for _, _, weight in kept], dtype=np.float32),
        matrix,
    )


def forbid_impossible(transitions: NDArray[np.float32]) -> NDArray[np.float64]:
    """Transitions in which `I` follows only the `B` and `I` of its own attribute."""
    scores = transitions.astype(np.float64)
    for inside in range(2, len(scores), 2):
        allowed = np.zeros(len(scores), dtype=bool)
        allowed[[inside - 1, inside]] = True
        scores[~allowed, inside] = -1e4
    return scores
