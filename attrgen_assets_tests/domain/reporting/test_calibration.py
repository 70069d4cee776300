"""Calibration against slow, obvious calculations, and properties of the interval."""

from itertools import pairwise
from math import isclose, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.reporting.calibration import EDGES, calibration, wilson_interval

ANSWERS = st.lists(st.tuples(st.integers(0, 100).map(lambda n: n / 100), st.booleans()), max_size=60)


def slow_bins(answers: list[tuple[float, bool]]) -> list[list[tuple[float, bool]]]:
    found = []
    for low, high in pairwise(EDGES):
        inside = [pair for pair in answers if low <= pair[0] < high or pair[0] == high == EDGES[-1]]
        found.append(inside)
    return [one for one in found if one]


@given(ANSWERS)
def test_bins_error_and_brier_are_what_they_are_defined_to_be(answers: list[tuple[float, bool]]) -> None:
    measured = calibration(answers)
    bins = slow_bins(answers)
    assert [(one.count, one.right) for one in measured.bins] == [(len(b), sum(right for _, right in b)) for b in bins]
    assert measured.count == len(answers)
    if not answers:
        assert (measured.expected_error, measured.brier) == (None, None)
        return
    error = sum(abs(sum(right for _, right in b) - sum(c for c, _ in b)) for b in bins) / len(answers)
    brier = sum((c - (1 if right else 0)) ** 2 for c, right in answers) / len(answers)
    assert measured.expected_error is not None
    assert measured.brier is not None
    assert isclose(measured.expected_error, error, abs_tol=1e-9)
    assert isclose(measured.brier, brier, abs_tol=1e-9)


@given(ANSWERS)
def test_order_does_not_matter_and_sure_answers_are_counted(answers: list[tuple[float, bool]]) -> None:
    measured = calibration(answers)
    again = calibration(list(reversed(answers)))
    assert [(one.count, one.right) for one in measured.bins] == [(one.count, one.right) for one in again.bins]
    sure = [right for confidence, right in answers if confidence >= 0.9]
    assert measured.sure == (sum(sure), len(sure))


def test_a_confidence_that_was_stored_in_32_bits_is_in_its_own_bin() -> None:
    import numpy as np

    stored = float(np.float32(0.9))
    assert stored < 0.9
    (one,) = calibration([(stored, True)]).bins
    assert (one.lower, one.upper) == (0.9, 0.95)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_what_is_no_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="outside"):
        calibration([(confidence, True)])


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_interval_holds_the_share_and_solves_the_equation_of_the_score(pair: tuple[int, int]) -> None:
    right, count = pair
    low, high = wilson_interval(right, count, z=1.96)
    share = right / count
    assert 0 <= low <= share <= high <= 1
    for limit in (low, high):
        if 0 < limit < 1:
            assert isclose(abs(share - limit), 1.96 * sqrt(limit * (1 - limit) / count), rel_tol=1e-6, abs_tol=1e-9)


@given(st.integers(1, 100), st.integers(2, 5))
def test_more_answers_make_the_interval_narrower(count: int, times: int) -> None:
    few, many = wilson_interval(count // 2, count), wilson_interval(count // 2 * times, count * times)
    assert many[1] - many[0] < few[1] - few[0]


def test_nothing_counted_says_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)
