"""Span probabilities against adding up every labelling."""

from itertools import pairwise, product

import numpy as np
import pytest

from attrgen_assets.domain.extraction.crf import forbid_impossible
from attrgen_assets.domain.extraction.lattice import forward_backward, span_probabilities


def _by_enumeration(state: np.ndarray, transition: np.ndarray, begin: int, inside: int, longest: int) -> np.ndarray:
    """Probability of each span from the weights of all labellings of one sequence."""
    steps, labels = state.shape
    result, total = np.zeros((steps, longest)), 0.0
    for path in product(range(labels), repeat=steps):
        score = sum(state[at, label] for at, label in enumerate(path))
        score += sum(transition[one, two] for one, two in pairwise(path))
        weight = np.exp(score)
        total += weight
        for first in (at for at, label in enumerate(path) if label == begin):
            last = first
            while last + 1 < steps and path[last + 1] == inside:
                last += 1
            if last - first < longest:
                result[first, last - first] += weight
    return result / total


@pytest.mark.parametrize("attributes", [1, 2])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_spans_are_exact(attributes: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    labels, lengths = 2 * attributes + 1, np.array([5, 1, 3])
    state = random.normal(scale=2.0, size=(3, 5, labels))
    transition = forbid_impossible(random.normal(size=(labels, labels)).astype(np.float32))
    marginals = forward_backward(state, transition, lengths)
    for attribute in range(attributes):
        begin, inside = 2 * attribute + 1, 2 * attribute + 2
        found = span_probabilities(marginals, begin, inside, longest=4)
        for number, length in enumerate(lengths):
            expected = _by_enumeration(state[number, :length], transition, begin, inside, 4)
            np.testing.assert_allclose(found[number, :length], expected, atol=1e-9)
            assert not found[number, length:].any()


def test_stacked_models_are_scored_apart() -> None:
    random = np.random.default_rng(7)
    state = random.normal(size=(4, 2, 6, 3))
    transitions = random.normal(size=(4, 3, 3))
    lengths = np.array([6, 2])
    together = span_probabilities(forward_backward(state, transitions, lengths), 1, 2, 3)
    for model in range(4):
        alone = span_probabilities(forward_backward(state[model], transitions[model], lengths), 1, 2, 3)
        np.testing.assert_allclose(together[model], alone)


def test_large_scores_neither_over_nor_underflow() -> None:
    state = np.zeros((1, 2_000, 3))
    state[0, :, 0] = 500.0
    state[0, 7, 1] = 2_000.0
    found = span_probabilities(forward_backward(state, np.zeros((3, 3)), np.array([2_000])), 1, 2, 2)
    assert np.isfinite(found).all()
    assert found[0, 7, 0] == pytest.approx(1.0)
