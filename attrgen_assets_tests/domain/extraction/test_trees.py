"""Boosted trees as arrays, and how they choose among candidates: against slow oracles and scikit-learn."""

from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss

from attrgen_assets.domain.extraction import ranker_fitting
from attrgen_assets.domain.extraction.ranker_fitting import fit_trees
from attrgen_assets.domain.extraction.trees import DEPTH, Trees, chosen

SCORES = st.floats(-700, 700)


def walked(trees: Trees, row: NDArray[np.float32]) -> float:
    """A row's sum, down one tree after the other."""
    total = trees.start
    for features, thresholds, values in zip(trees.features, trees.thresholds, trees.values, strict=True):
        node = 0
        while node < len(features):
            node = 2 * node + (1 if row[features[node]] <= thresholds[node] else 2)
        total += float(values[node - len(features)])
    return total


@pytest.mark.parametrize("count", [40, 5_000])
def test_rows_come_to_the_leaves_that_walking_down_comes_to(count: int) -> None:
    random = np.random.default_rng(5)
    rows = random.normal(size=(count, 7)).astype(np.float32)
    right = rows[:, 0] * rows[:, 1] + random.normal(size=count) > 0
    trees = fit_trees(rows.tolist(), right.tolist(), list(range(count)), seed=3)
    assert trees.features.shape == (ranker_fitting.TREES, 2**DEPTH - 1)
    fresh = random.normal(size=(4_500, 7)).astype(np.float32)
    scores = trees.scores(fresh)
    some = range(0, len(fresh), 100)
    np.testing.assert_allclose(scores[some], [walked(trees, fresh[at]) for at in some], atol=1e-9)
    assert np.ptp(scores) > 1


def test_a_question_of_one_candidate_is_answered_as_well_as_by_the_library() -> None:
    random = np.random.default_rng(5)
    rows, fresh = (random.normal(size=(count, 7)).astype(np.float32) for count in (4_000, 4_500))
    right, truth = (found[:, 0] * found[:, 1] + random.normal(size=len(found)) > 0 for found in (rows, fresh))
    library = GradientBoostingClassifier(
        learning_rate=ranker_fitting.RATE,
        n_estimators=ranker_fitting.TREES,
        max_depth=DEPTH,
        min_samples_leaf=ranker_fitting.LEAF,
        subsample=ranker_fitting.ROWS,
        max_features=ranker_fitting.FEATURES,
        random_state=3,
    ).fit(rows, right)
    trees = fit_trees(rows.tolist(), right.tolist(), list(range(len(rows))), seed=3)
    own = log_loss(truth, chosen(trees.scores(fresh), np.arange(len(fresh))))
    assert own == pytest.approx(log_loss(truth, library.predict_proba(fresh)[:, 1]), rel=0.02)
    assert own < 0.9 * log_loss(truth, np.full(len(fresh), right.mean()))


def questions(count: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.intp]]:
    """Four candidates each; right is the one with the highest first feature, if the second is not negative."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(count, 4, 3)).astype(np.float32)
    rows[:, :, 1] = rows[:, :1, 1]
    right = (rows[:, :, 0] == rows[:, :, 0].max(axis=1, keepdims=True)) & (rows[:, :, 1] >= 0)
    return rows.reshape(-1, 3), right.reshape(-1), np.repeat(np.arange(count), 4)


def test_candidates_compete_and_none_of_them_may_be_right() -> None:
    rows, right, asked = questions(1_500, seed=1)
    trees = fit_trees(rows.tolist(), right.tolist(), asked.tolist(), seed=3)
    rows, right, asked = questions(1_000, seed=2)
    shares = chosen(trees.scores(rows), asked).reshape(-1, 4)
    right = right.reshape(-1, 4)
    stated = right.any(axis=1)
    assert (shares.argmax(axis=1) == right.argmax(axis=1))[stated].mean() > 0.95
    assert shares.sum(axis=1)[stated].mean() > 0.9
    assert shares.sum(axis=1)[~stated].mean() < 0.1


def test_of_several_right_candidates_any_may_be_chosen() -> None:
    rows = [[1.0], [1.0], [0.0]] * 200
    trees = fit_trees(rows, [True, True, False] * 200, [at // 3 for at in range(600)], seed=3)
    shares = chosen(trees.scores(np.array(rows[:3], dtype=np.float32)), np.zeros(3, dtype=np.intp))
    assert shares[0] == shares[1] > 0.45
    assert shares[2] < 0.05


def test_the_same_input_gives_the_same_trees() -> None:
    rows, right, asked = questions(50, seed=1)
    one, other = (fit_trees(rows.tolist(), right.tolist(), asked.tolist(), seed=4) for _ in range(2))
    another = fit_trees(rows.tolist(), right.tolist(), asked.tolist(), seed=5)
    assert (one.values == other.values).all()
    assert (one.thresholds == other.thresholds).all()
    assert not (one.values == another.values).all()


def test_no_rows_have_no_scores_and_no_probabilities() -> None:
    trees = fit_trees([[0.0], [1.0]] * 20, [False, True] * 20, list(range(40)), seed=1)
    scores = trees.scores(np.zeros((0, 1), dtype=np.float32))
    assert scores.shape == (0,)
    assert chosen(scores, np.zeros(0, dtype=np.intp)).shape == (0,)


@given(st.lists(st.lists(SCORES, min_size=1, max_size=5), max_size=5))
def test_shares_are_those_of_the_formula_written_out(scores: list[list[float]]) -> None:
    asked = np.array([at for at, listed in enumerate(scores) for _ in listed], dtype=np.intp)
    shares = chosen(np.array([score for listed in scores for score in listed]), asked)
    written = [
        exp(score - max(0, *listed)) / sum(exp(other - max(0, *listed)) for other in [0, *listed])
        for listed in scores
        for score in listed
    ]
    np.testing.assert_allclose(shares, written, rtol=1e-9, atol=1e-300)
