"""A record with what was decided about its fields."""

from collections.abc import Sequence
from typing import Any, Final

from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, LosingValue, PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.model import FieldVerdict
from attrgen_assets.domain.verdicts.questions import FieldQuestion

METHOD: Final = "consensus"
_LONGEST: Final = 500


def with_verdicts(
    record: PartRecord, verdicts: Sequence[FieldVerdict], questions: Sequence[FieldQuestion]
) -> PartRecord:
    """The record as decided. Of HIGH and MEDIUM fields value, source, confidence and losing values are set, with the
    method `consensus`; other fields stay as they are. REVIEW adds a reason to `needs_review`; the reasons that a
    decision has settled are taken out.

    Fields that a person reviewed are never changed, whatever the verdicts say.
    """
    asked = {one.field.name: one for one in questions}
    fields: dict[str, FieldValue] = dict(record.fields)
    reasons = list(record.needs_review)
    for verdict in verdicts:
        held = fields[verdict.field]
        if held.method == REVIEWED:
            continue
        if verdict.level in ("HIGH", "MEDIUM"):
            fields[verdict.field] = _decided(held, verdict, asked[verdict.field])
            reasons = [one for one in reasons if not _settles(verdict.field, one)]
        elif verdict.level == "REVIEW":
            fields[verdict.field] = held.model_copy(update={"review": verdict.reason})
            if (told := f"{verdict.field}: {verdict.reason}") not in reasons:
                reasons.append(told)
    return record.model_copy(
        update={
            "fields": fields,
            "missing": tuple(name for name in record.missing if fields[name].status is not Status.FOUND),
            "needs_review": tuple(reasons),
            "category": str(fields["primary_category"].value or "") if "primary_category" in fields else "",
        }
    )


def _settles(field: str, reason: str) -> bool:
    """Whether a reason of fusion is over once the field is FOUND and sure: it is missing, it is not sure enough."""
    return reason.startswith((f"{field} is required and not FOUND", f"{field} is less sure than "))


def _decided(held: FieldValue, verdict: FieldVerdict, question: FieldQuestion) -> FieldValue:
    text = value_text(verdict.value)
    sources = {value_text(one.value): ", ".join(one.sources) for one in question.candidates if one.sources}
    lost = [one for one in held.losing if not _wins(one, verdict.value, question)]
    if held.status is Status.FOUND and value_text(held.value) != text:
        old = LosingValue(source=held.source, value=(value_text(held.value) or "")[:_LONGEST], why=verdict.reason)
        lost = [old, *lost]
    said = [one for one in verdict.answers if one.value is not None]
    asked = ", ".join(one.name for one in said if verdict.level == "HIGH" or value_text(one.value) == text)
    return FieldValue(
        status=Status.FOUND,
        value=verdict.value,
        source=sources.get(text) or (held.source if held.status is Status.FOUND else asked),
        confidence=verdict.confidence,
        method=METHOD,
        losing=tuple(lost),
    )


def _wins(lost: LosingValue, value: Any, question: FieldQuestion) -> bool:
    """Whether what lost before says the value that the field has now."""
    won = next((one for one in question.candidates if value_text(one.value) == value_text(value)), None)
    return won is not None and lost.source in won.sources and lost.value in won.texts
