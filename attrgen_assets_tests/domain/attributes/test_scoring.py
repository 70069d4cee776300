from collections import Counter
from typing import Any

import pytest

from attrgen_assets.domain.attributes.scoring import Score, Verdict, judge, score, total


@pytest.mark.parametrize(
    ("label", "value", "status", "verdict"),
    [
        (["Red"], "Red", "FOUND", Verdict.RIGHT),
        (["Red", "Pink"], "Pink", "FOUND", Verdict.RIGHT),
        (["Red"], "Blue", "FOUND", Verdict.WRONG),
        (["Red"], None, "NOT_FOUND", Verdict.MISSED),
        (["Red"], None, "NOT_APPLICABLE", Verdict.MISSED),
        ("NOT_STATED", None, "NOT_FOUND", Verdict.SILENT),
        ("NOT_STATED", "Red", "FOUND", Verdict.MADE_UP),
        ("NA", None, "NOT_APPLICABLE", Verdict.SILENT),
        ("NA", "Silk", "FOUND", Verdict.MADE_UP),
        (["Buttons", "NOT_STATED"], "Buttons", "FOUND", Verdict.RIGHT),
        (["Buttons", "NOT_STATED"], None, "NOT_FOUND", Verdict.EITHER),
        (["Buttons", "NOT_STATED"], "Zip", "FOUND", Verdict.WRONG),
        ([["S", "M"]], ["M", "S"], "FOUND", Verdict.RIGHT),
        ([["S", "M"], ["S"]], ["S"], "FOUND", Verdict.RIGHT),
        ([["S", "M"]], ["S"], "FOUND", Verdict.WRONG),
    ],
)
def test_every_kind_of_label_is_judged(label: Any, value: Any, status: str, verdict: Verdict) -> None:
    assert judge(label, {"value": value, "status": status}) is verdict


def test_precision_and_recall_count_what_their_definitions_say() -> None:
    counts = {
        Verdict.RIGHT: 6,
        Verdict.WRONG: 1,
        Verdict.MADE_UP: 1,
        Verdict.MISSED: 2,
        Verdict.SILENT: 9,
        Verdict.EITHER: 5,
    }
    one = Score(Counter(counts))
    assert one.precision == pytest.approx(6 / 8)
    assert one.recall == pytest.approx(6 / 9)
    assert one.made_up_fraction == pytest.approx(1 / 10)
    assert Score().precision is None


def test_misses_name_what_was_not_right() -> None:
    labels = {"color": ["Red"], "fabric": "NOT_STATED"}
    answers = {"color": {"value": "Blue", "status": "FOUND"}, "fabric": {"value": None, "status": "NOT_FOUND"}}
    scores, misses = score([("A", labels, answers)])
    assert [(miss.id, miss.attribute, miss.verdict) for miss in misses] == [("A", "color", Verdict.WRONG)]
    assert total(scores.values()).counts == Counter({Verdict.WRONG: 1, Verdict.SILENT: 1})
