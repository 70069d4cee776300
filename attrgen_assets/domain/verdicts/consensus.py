"""One decision from what fusion chose and what the models answered.

| answers that count | decided | level |
|---|---|---|
| two, the same value | that value | HIGH |
| two, one surer by 0.2 or more and at least 0.7 sure | the surer one's | MEDIUM |
| one, the same as the fused value | the fused value | MEDIUM |
| one, at least 0.7 sure and surer than fusion by 0.2 or more | the model's | MEDIUM |
| anything else | the fused value | FUSED |

Whatever is less sure than 0.7 in the end, or has no value, is for a person: REVIEW. An answer that was refused, "cannot
tell", and a model that failed do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from attrgen_assets.domain.verdicts.equality import Sameness
from attrgen_assets.domain.verdicts.model import FieldAnswer, FieldVerdict, Level, Why

SURE: Final = 0.7
"""Below this a person has to look."""

CLEARLY: Final = 0.2
"""How much surer one has to be than another to be believed against it."""

CONTESTED: Final = 0.85
"""No value that rests on one model is surer than this: models are surer of themselves than they are right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """What fusion chose for a field. value: None where there is none; confidence: then 0."""

    field: str
    value: Any
    confidence: float


def decide(fused: Fused, answers: Sequence[FieldAnswer], *, why: Why, known: Sameness) -> FieldVerdict:
    """The decision about one field, by the table above. answers: of at most two models, in the order of the models.

    The order of the answers makes no difference to value, level, confidence and agreement.
    """
    count = [one for one in answers if one.value is not None]
    if len(count) > 1:
        value, confidence, level, reason = _of_two(fused, count, known)
    elif count:
        value, confidence, level, reason = _of_one(fused, count[0], known)
    else:
        value, confidence, level, reason = fused.value, fused.confidence, "FUSED", "no model has an answer"
    if value is None:
        level, reason = "REVIEW", f"{reason}; there is no value"
    elif confidence < SURE:
        level, reason = "REVIEW", f"{reason}; {confidence:.2f} is less sure than {SURE:g}"
    return FieldVerdict(
        field=fused.field,
        why=why,
        answers=tuple(answers),
        agreement=_agreement(fused, count, known),
        level=level,
        value=value,
        confidence=None if value is None else round(confidence, 4),
        reason=reason,
    )


def _of_two(fused: Fused, count: Sequence[FieldAnswer], known: Sameness) -> tuple[Any, float, Level, str]:
    one, other = sorted(count, key=lambda answer: (-answer.confidence, str(answer.value)))[:2]
    if known.same(fused.field, one.value, other.value):
        confirmed = _same(fused, one.value, known)
        value = fused.value if confirmed else one.value
        confidence = max(one.confidence, other.confidence, fused.confidence if confirmed else 0.0)
        return value, confidence, "HIGH", "both models say so"
    surer = f"{one.name} is {one.confidence:.2f} sure, {other.name} {other.confidence:.2f}"
    if one.confidence >= SURE and one.confidence - other.confidence >= CLEARLY - 1e-9:
        value = fused.value if _same(fused, one.value, known) else one.value
        return value, min(one.confidence, CONTESTED), "MEDIUM", f"the models differ, and {surer}"
    return fused.value, fused.confidence, "FUSED", f"the models differ: {surer}"


def _of_one(fused: Fused, one: FieldAnswer, known: Sameness) -> tuple[Any, float, Level, str]:
    sure = min(one.confidence, CONTESTED)
    if _same(fused, one.value, known):
        return fused.value, max(fused.confidence, sure), "MEDIUM", f"{one.name} alone confirms the fused value"
    if one.confidence >= SURE and one.confidence - fused.confidence >= CLEARLY - 1e-9:
        return (
            one.value,
            sure,
            "MEDIUM",
            f"{one.name} alone is {one.confidence:.2f} sure, fusion {fused.confidence:.2f}",
        )
    return fused.value, fused.confidence, "FUSED", f"{one.name} alone says otherwise and is not clearly surer"


def _same(fused: Fused, value: Any, known: Sameness) -> bool:
    return fused.value is not None and known.same(fused.field, fused.value, value)


def _agreement(fused: Fused, count: Sequence[FieldAnswer], known: Sameness) -> float | None:
    if len(count) > 1:
        return known.agreement(fused.field, count[0].value, count[1].value)
    if count and fused.value is not None:
        return known.agreement(fused.field, count[0].value, fused.value)
    return None
