"""Judging matches: counts by hand, and thresholds by trying all."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.match_scoring import Answer, MatchCase, score_matches, threshold_for_recall


def make_case(**overrides: Any) -> MatchCase:
    given = {"product_type": "saree", "attribute": "fabric", "text": "cotten", "accept": ("Cotton",)}
    return MatchCase(**{**given, "silence": False, "stratum": "words", "weight": 1.0, "part": "tune", **overrides})


CASES = [
    make_case(),
    make_case(text="silkk", accept=("Silk", "Art Silk")),
    make_case(text="silks", accept=("Silk",), silence=True),
    make_case(text="wood", accept=(), silence=True, weight=9.0),
    make_case(text="metal", accept=(), silence=True, weight=1.0),
]


def test_counts() -> None:
    answers = [Answer("Cotton", 90), Answer("Cotton", 80), Answer(None, 0), Answer(None, 0), Answer("Net", 70)]
    score = score_matches(CASES, answers)
    assert (score.cases, score.correct, score.stated, score.right) == (5, 3, 2, 1)
    assert (score.without, score.false_matches) == (2, 1)
    assert (score.accuracy, score.recall, score.false_match_fraction) == (0.6, 0.5, 0.5)
    assert score.weighted_false_match_fraction == pytest.approx(0.1)
    higher = score_matches(CASES, answers, threshold=75)
    assert (higher.correct, higher.false_matches) == (4, 0)


def test_no_cases_have_no_fractions() -> None:
    score = score_matches([], [])
    assert (score.accuracy, score.recall, score.false_match_fraction) == (None, None, None)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=6), st.floats(0, 1))
def test_the_threshold_is_the_highest_that_finds_enough(tenths: list[int], recall: float) -> None:
    cases = [make_case() for _ in tenths]
    answers = [Answer("Cotton", tenth / 10) for tenth in tenths]
    threshold = threshold_for_recall(cases, answers, recall=recall)
    reached = [t / 10 for t in range(1001) if (score_matches(cases, answers, threshold=t / 10).recall or 0) >= recall]
    assert threshold == max(reached)


def test_where_recall_is_out_of_reach_it_is_the_most_there_is() -> None:
    answers = [Answer("Net", 99), Answer("Silk", 50), Answer(None, 0), Answer(None, 0), Answer(None, 0)]
    assert threshold_for_recall(CASES, answers, recall=0.9) == 50
