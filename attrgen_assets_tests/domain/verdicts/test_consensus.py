"""The table of the consensus, against an oracle that goes through it line by line."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import LosingValue
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.applied import with_verdicts
from attrgen_assets.domain.verdicts.consensus import Fused, decide
from attrgen_assets.domain.verdicts.equality import sameness
from attrgen_assets.domain.verdicts.model import FieldAnswer, FieldVerdict
from attrgen_assets.domain.verdicts.questions import questions_about
from attrgen_assets_tests.domain.verdicts.making import conflict, make_claims, make_record

VALUES = (12.0, 24.0, 120.0)
KNOWN = sameness([("voltage", value) for value in VALUES], PART_FIELDS)
SURE = st.integers(0, 100).map(lambda percent: percent / 100)
ANSWERS = st.tuples(st.sampled_from([None, *VALUES]), SURE)
FUSED = st.one_of(st.just((None, 0.0)), st.tuples(st.sampled_from(VALUES), SURE))


def answer(name: str, value: Any, confidence: float) -> FieldAnswer:
    """What a model says of the voltage."""
    return FieldAnswer(name=name, answer=value, value=value, confidence=confidence)


def decided(fused: tuple[Any, float], *answers: tuple[Any, float]) -> FieldVerdict:
    """What becomes of it."""
    said = [answer(name, *one) for name, one in zip(("openai", "grok"), answers, strict=False)]
    return decide(Fused(field="voltage", value=fused[0], confidence=fused[1]), said, why="conflict", known=KNOWN)


def oracle(fused: tuple[Any, float], answers: list[tuple[Any, float]]) -> tuple[Any, str]:
    """(value, level) by the table."""
    said = sorted((one for one in answers if one[0] is not None), key=lambda one: -one[1])
    value, level, sure = fused[0], "FUSED", fused[1]
    if len(said) == 2 and said[0][0] == said[1][0]:
        value, level = said[0][0], "HIGH"
        sure = max(said[0][1], fused[1] if fused[0] == value else 0)
    elif len(said) == 2:
        if said[0][1] >= 0.7 and round(said[0][1] - said[1][1], 2) >= 0.2:
            value, level, sure = said[0][0], "MEDIUM", said[0][1]
    elif said and said[0][0] == fused[0]:
        level, sure = "MEDIUM", max(fused[1], min(said[0][1], 0.85))
    elif said and said[0][1] >= 0.7 and round(said[0][1] - fused[1], 2) >= 0.2:
        value, level, sure = said[0][0], "MEDIUM", said[0][1]
    return value, level if value is not None and sure >= 0.7 else "REVIEW"


@given(FUSED, st.lists(ANSWERS, min_size=0, max_size=2))
def test_the_table_line_by_line(fused: tuple[Any, float], answers: list[tuple[Any, float]]) -> None:
    verdict = decided(fused, *answers)
    assert (verdict.value, verdict.level) == oracle(fused, answers)


@given(FUSED, st.lists(ANSWERS, min_size=2, max_size=2))
def test_properties_of_every_decision(fused: tuple[Any, float], answers: list[tuple[Any, float]]) -> None:
    verdict, turned = decided(fused, *answers), decided(fused, *reversed(answers))
    for name in ("value", "level", "confidence", "agreement"):
        assert getattr(verdict, name) == getattr(turned, name), "the order of the models makes no difference"
    assert verdict.value in {fused[0], *(value for value, _ in answers)}, "nothing is invented"
    assert (verdict.confidence is None) == (verdict.value is None)
    if verdict.level != "REVIEW":
        assert verdict.confidence is not None
        assert verdict.confidence >= 0.7
    if verdict.level in ("FUSED", "REVIEW") and verdict.value is None:
        assert verdict.level == "REVIEW"
    both = [value for value, _ in answers if value is not None]
    if len(both) == 2:
        assert (verdict.agreement == 1) == (both[0] == both[1])
    assert FieldVerdict.model_validate_json(verdict.model_dump_json()) == verdict


@pytest.mark.parametrize(
    ("fused", "answers", "value", "level", "confidence"),
    [
        ((12.0, 0.6), [(120.0, 0.9), (120.0, 0.8)], 120.0, "HIGH", 0.9),
        ((12.0, 0.95), [(12.0, 0.9), (12.0, 0.8)], 12.0, "HIGH", 0.95),
        ((12.0, 0.9), [(12.0, 0.7), (120.0, 0.95)], 120.0, "MEDIUM", 0.85),
        ((12.0, 0.9), [(12.0, 0.8), (120.0, 0.95)], 12.0, "FUSED", 0.9),
        ((12.0, 0.6), [(12.0, 0.8), (120.0, 0.95)], 12.0, "REVIEW", 0.6),
        ((12.0, 0.6), [(12.0, 0.9)], 12.0, "MEDIUM", 0.85),
        ((12.0, 0.6), [(120.0, 0.9)], 120.0, "MEDIUM", 0.85),
        ((12.0, 0.8), [(120.0, 0.9)], 12.0, "FUSED", 0.8),
        ((None, 0.0), [(120.0, 0.6)], None, "REVIEW", None),
        ((12.0, 0.8), [], 12.0, "FUSED", 0.8),
    ],
)
def test_decisions_that_the_page_shows(
    fused: tuple[Any, float], answers: list[tuple[Any, float]], value: Any, level: str, confidence: float | None
) -> None:
    verdict = decided(fused, *answers)
    assert (verdict.value, verdict.level, verdict.confidence) == (value, level, confidence)


def test_a_decision_changes_the_record_and_keeps_what_lost() -> None:
    claims = make_claims(conflict("weight_lbs", 0.15))
    record = make_record(claims)
    questions = questions_about(record, claims)
    known = sameness([("weight_lbs", 0.3), ("weight_lbs", 0.15)], PART_FIELDS)
    fused = Fused(field="weight_lbs", value=0.3, confidence=0.6)
    said = [answer("openai", 0.15, 0.9), answer("grok", 0.15, 0.9)]
    changed = with_verdicts(record, [decide(fused, said, why="conflict", known=known)], questions)
    weight = changed.fields["weight_lbs"]
    assert (weight.value, weight.source, weight.confidence, weight.method) == (0.15, "amazon", 0.9, "consensus")
    assert weight.losing == (
        LosingValue(source="encompass, marcone, reliable_parts", value="0.3", why="both models say so"),
    )
    assert {name for name in record.fields if record.fields[name] != changed.fields[name]} == {"weight_lbs"}


def test_review_is_told_and_changes_nothing_and_a_settled_reason_goes() -> None:
    claims = make_claims(conflict("weight_lbs", 0.15), without=["manufacturer"])
    record = make_record(claims)
    assert record.needs_review == ("manufacturer is required and not FOUND",)
    questions = questions_about(record, claims)
    verdicts = [
        FieldVerdict(field="weight_lbs", why="conflict", answers=(), level="REVIEW", value=0.3, reason="unclear"),
        FieldVerdict(
            field="manufacturer", why="missing", answers=(answer("openai", "GE", 0.9),), level="MEDIUM", value="GE",
            confidence=0.85, reason="x",
        ),
    ]  # fmt: skip
    changed = with_verdicts(record, verdicts, questions)
    assert changed.needs_review == ("weight_lbs: unclear",)
    assert with_verdicts(changed, verdicts, questions).needs_review == changed.needs_review, "told once"
    assert changed.fields["weight_lbs"] == record.fields["weight_lbs"].model_copy(update={"review": "unclear"})
    assert (changed.missing, changed.fields["manufacturer"].source) == ((), "openai")
    assert changed.fields["manufacturer"].status is Status.FOUND


def test_a_reviewed_field_is_never_changed_whatever_was_decided() -> None:
    claims = make_claims(conflict("weight_lbs", 0.15))
    record = make_record(claims, weight_lbs=0.2)
    questions = questions_about(make_record(claims), claims)
    verdict = FieldVerdict(field="weight_lbs", why="conflict", answers=(), level="HIGH", value=0.15, reason="x")
    assert with_verdicts(record, [verdict], questions) == record
