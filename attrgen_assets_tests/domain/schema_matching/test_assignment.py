"""The Hungarian method against trying every assignment."""

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from attrgen_assets.domain.schema_matching.assignment import assign

SHAPES = st.tuples(st.integers(1, 5), st.integers(1, 5))
SCORES = SHAPES.flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.8, 1.0]))
)


def best_sum(scores: np.ndarray) -> float:
    """The greatest sum of any assignment, by trying all."""
    wide = scores if scores.shape[0] <= scores.shape[1] else scores.T
    rows, columns = wide.shape
    return max(float(sum(wide[i, order[i]] for i in range(rows))) for order in permutations(range(columns), rows))


@given(SCORES)
def test_no_other_assignment_has_a_greater_sum(scores: np.ndarray) -> None:
    pairs = assign(scores)
    assert np.isclose(sum(scores[row, column] for row, column in pairs), best_sum(scores))
    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert all(scores[row, column] > 0 for row, column in pairs)


def test_nothing_to_assign() -> None:
    assert assign(np.zeros((0, 3))) == []
    assert assign(np.zeros((2, 2))) == []
