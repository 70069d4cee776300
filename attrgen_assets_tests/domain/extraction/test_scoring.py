"""Scores against the definitions of the papers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.examples import Answer, Answers
from attrgen_assets.domain.extraction.scoring import classify, score, score_rows

RED = Answers((Answer("Red"),))
ABSENT = Answers((), absent=True)
EITHER = Answers((Answer("Red"), Answer("red")), absent=True)


@pytest.mark.parametrize(
    ("answers", "predicted", "name"),
    [
        (RED, "Red", "vc"),
        (RED, "red", "vw"),
        (RED, "", "vw"),
        (RED, None, "vn"),
        (ABSENT, None, "nn"),
        (ABSENT, "Red", "nv"),
        (EITHER, "red", "vc"),
        (EITHER, None, "nn"),
        (EITHER, "Blue", "nv"),
    ],
)
def test_every_pair_has_its_class(answers: Answers, predicted: str | None, name: str) -> None:
    assert classify(answers, predicted) == name


@given(st.lists(st.tuples(st.sampled_from([RED, ABSENT]), st.sampled_from(["Red", "Blue", None])), max_size=40))
def test_precision_and_recall_by_counting(pairs: list[tuple[Answers, str | None]]) -> None:
    found = score(pairs)
    right = sum(answers is RED and predicted == "Red" for answers, predicted in pairs)
    predicted_values = sum(predicted is not None for _, predicted in pairs)
    stated = sum(answers is RED for answers, _ in pairs)
    assert found.precision == (right / predicted_values if predicted_values else 0)
    assert found.recall == (right / stated if stated else 0)
    assert found.f1 == pytest.approx(2 * right / (predicted_values + stated) if right else 0)


def test_attributes_that_are_not_listed_are_not_scored() -> None:
    total, by_attribute = score_rows([({"Color": RED}, {"Color": "Red", "Size": "XL"}), ({"Form": ABSENT}, {})])
    assert (total.vc, total.nn, total.nv + total.vn + total.vw) == (1, 1, 0)
    assert list(by_attribute) == ["Color", "Form"]
