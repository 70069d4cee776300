"""Values that break a hard rule of the record: withheld, one by one, so that they hold up no other record."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrgen_assets.domain.parts.check import FieldFailure, hard_failures
from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, LosingValue, PartRecord
from attrgen_assets.domain.tables import Status

_WITHHELD: Final = "withheld: "  # how the reason for a review begins


def withheld_fields(record: PartRecord) -> Mapping[str, FieldValue]:
    """What takes the place of fields that break a hard rule: NOT_FOUND, for review, the value among the losing ones.

    Of two fields that contradict one another, a person's stays and the machine's is withheld; of two alike both are,
    as nobody knows which one is wrong.

    >>> from attrgen_assets.domain.parts.fields import PART_FIELDS
    >>> fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    >>> fields["msrp"] = FieldValue(status=Status.FOUND, value=0.0, source="shop", confidence=0.9)
    >>> held = withheld_fields(PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields=fields))
    >>> held["msrp"].status.value, held["msrp"].review
    ('NOT_FOUND', 'withheld: 0 is out of range; allowed: 0.01 to 10000 USD')
    """
    found: dict[str, FieldValue] = {}
    for failure in hard_failures(record):
        names = [name for name in (failure.field, failure.against) if name]
        yielding = [name for name in names if record.fields[name].method != REVIEWED] or names
        for name in yielding:
            if name not in found:
                found[name] = _withheld(name, record.fields[name], failure)
    return found


def _withheld(name: str, value: FieldValue, failure: FieldFailure) -> FieldValue:
    text = (value_text(value.value) or "")[:500]
    told = failure.problem if name == failure.field else f"{failure.field} is {failure.problem}"
    shown = f"{text[:80]} is {told}" if text and name == failure.field else f"{text[:80]}, as {told}" if text else told
    lost = (LosingValue(source=value.source, value=text, why=told),) if text else ()
    return FieldValue(
        status=Status.NOT_FOUND,
        losing=(*lost, *value.losing),
        note="no value could be used",
        review=f"{_WITHHELD}{shown}; allowed: {failure.allowed}",
    )


def withheld_failures(record: PartRecord) -> Iterator[FieldFailure]:
    """Fields whose value is withheld, as failures of a check; the value is that which was not taken."""
    for name, held in record.fields.items():
        if held.review.startswith(_WITHHELD):
            lost = held.losing[0].value if held.losing else ""
            problem, _, allowed = held.review.removeprefix(_WITHHELD).partition("; allowed: ")
            yield FieldFailure(part_number=record.mpn, field=name, problem=problem, value=lost[:80], allowed=allowed)


def broken_by(record: PartRecord, name: str, value: Any) -> FieldFailure | None:
    """The hard rule that a person would break with this value of a field; None where there is none."""
    status = Status.FOUND if value is not None else Status.NOT_APPLICABLE
    said = FieldValue(status=status, value=value, source="a person", confidence=1.0, method=REVIEWED)
    changed = record.model_copy(update={"fields": {**record.fields, name: said}})
    return next((one for one in hard_failures(changed) if name in (one.field, one.against)), None)
