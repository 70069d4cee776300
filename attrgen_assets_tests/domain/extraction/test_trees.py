"""Boosted trees as arrays, against scikit-learn's own predictions."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier

from attrgen_assets.domain.extraction import ranker_fitting
from attrgen_assets.domain.extraction.ranker_fitting import fit_trees
from attrgen_assets.domain.extraction.trees import DEPTH


@pytest.mark.parametrize("count", [40, 5_000])
def test_the_same_probabilities_as_the_library(count: int) -> None:
    random = np.random.default_rng(5)
    rows = random.normal(size=(count, 7)).astype(np.float32)
    right = rows[:, 0] * rows[:, 1] + random.normal(size=count) > 0
    trees = fit_trees(rows.tolist(), right.tolist(), seed=3)
    library = GradientBoostingClassifier(
        learning_rate=ranker_fitting.RATE,
        n_estimators=ranker_fitting.TREES,
        max_depth=DEPTH,
        min_samples_leaf=min(ranker_fitting.LEAF, count // ranker_fitting.LEAVES),
        subsample=ranker_fitting.ROWS,
        max_features=ranker_fitting.FEATURES,
        random_state=3,
    ).fit(rows, right)
    fresh = random.normal(size=(4_500, 7)).astype(np.float32)
    np.testing.assert_allclose(trees.probabilities(fresh), library.predict_proba(fresh)[:, 1], atol=1e-5)


def test_no_rows_have_no_probabilities() -> None:
    trees = fit_trees([[0.0], [1.0]] * 20, [False, True] * 20, seed=1)
    assert trees.probabilities(np.zeros((0, 1), dtype=np.float32)).shape == (0,)
