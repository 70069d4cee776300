"""What a person says of a part: recorded for every later lookup and run, and applied to the stored record at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.field_values import field_value
from attrgen_assets.domain.parts.record import FieldValue, PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE, record_of_document
from attrgen_assets.domain.parts.withheld import broken_by
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.errors import InvalidCorrection, NotFoundError
from attrgen_assets.workflows.store_record import RecordStore, StoredRecord, store_record


class CorrectionStore(RecordStore, Protocol):
    """Documents, and corrections that can be made and taken back."""

    def add_override(self, override: Override) -> None:
        """Record a correction; it is in force from then on."""
        ...

    def withdraw_override(
        self, product_type: str, sku: str, attribute: str, *, by: str, at: datetime, reason: str = ""
    ) -> None:
        """End the correction that is in force; raises NotFoundError where none is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedPart:
    """What a correction did: the field before and after, and the record as it is stored."""

    field: str
    before: FieldValue
    after: FieldValue
    stored: StoredRecord


def correct_part(
    part_number: str,
    field: str,
    text: str,
    *,
    store: CorrectionStore,
    rules: PartRules,
    remade: Callable[[Document, PartRecord], Document],
    by: str,
    reason: str,
    now: datetime,
) -> CorrectedPart:
    """Record that a field of a stored part has this value, or NA, and store the record with it.

    remade: the stored document with another record in it.

    Raises NotFoundError where the part is not stored; InvalidCorrection for a field or a value that cannot be, alone
    or beside the other fields of the record.
    """
    known = record_of_document(stored_part(part_number, store=store))
    value = field_value(field, text)
    _refuse_what_breaks_a_rule(known, field, value)
    override = Override(
        product_type=PRODUCT_TYPE, sku=part_number, attribute=field, value=value, by=by, at=now, reason=reason
    )
    store.add_override(override)
    document = stored_part(part_number, store=store)  # as it is now: a run may have written it meanwhile
    return _applied(document, field, store=store, rules=rules, remade=remade, by=by, why=reason or f"{field} corrected")


def stored_part(part_number: str, *, store: RecordStore) -> Document:
    """The document of a part. Raises NotFoundError, which says how to get one."""
    try:
        return store.get_document(document_id(PRODUCT_TYPE, part_number))
    except NotFoundError as error:
        raise NotFoundError(f"part {part_number} is not stored; `attrgen lookup {part_number}` asks for it") from error


def withdraw_correction(
    part_number: str,
    field: str,
    *,
    store: CorrectionStore,
    remade: Callable[[Document, PartRecord], Document],
    by: str,
    reason: str,
    now: datetime,
) -> None:
    """End the correction of a field: the next lookup or run says again what the sources say.

    The stored value stays until then, marked for review; as the document has changed, no remembered lookup is used.

    Raises NotFoundError where none is in force.
    """
    store.withdraw_override(PRODUCT_TYPE, part_number, field, by=by, at=now, reason=reason)
    document = stored_part(part_number, store=store)
    record = record_of_document(document)
    told = record.fields[field].model_copy(update={"review": f"the correction was taken back by {by}"})
    changed = record.model_copy(update={"fields": {**record.fields, field: told}})
    change = {"by": by, "why": reason or f"correction of {field} taken back"}
    store.write_documents([{**remade(document, changed), "change": change}])


def _refuse_what_breaks_a_rule(record: PartRecord, field: str, value: Any) -> None:
    broken = broken_by(record, field, value)
    if broken is None:
        return
    beside = "it is" if broken.field == field else f"{broken.field}, {broken.value}, would be"
    told = f"{field}: found {value_text(value)!r}; {beside} {broken.problem}"
    other = next((name for name in (broken.field, broken.against) if name not in ("", field)), "")
    hint = f"; correct {other} first if that is what is wrong" if other else ""
    raise InvalidCorrection(f"{told}; allowed: {broken.allowed}{hint}")


def _applied(
    document: Document,
    field: str,
    *,
    store: CorrectionStore,
    rules: PartRules,
    remade: Callable[[Document, PartRecord], Document],
    by: str,
    why: str,
) -> CorrectedPart:
    before = record_of_document(document)
    overwriting = rules.model_copy(update={"update_policies": {}})  # the record is the stored one: nothing to settle
    stored = store_record(
        before, store=store, rules=overwriting, made=lambda record: remade(document, record), by=by, why=why
    )
    return CorrectedPart(field=field, before=before.fields[field], after=stored.record.fields[field], stored=stored)
