"""What a new record does to the stored one: update policies, values of people, and suppliers that were silent."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.fused_record import with_fields
from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, LosingValue, PartRecord, PartRules, UpdatePolicy
from attrgen_assets.domain.parts.withheld import withheld_fields
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.tables import Status

_CORRECTABLE: Final = PART_FIELDS.keys() - {"mpn"}  # the part number is what a correction is recorded by
_SAME: Final = 1e-9  # relative: one number, written twice


def settled_record(
    record: PartRecord,
    *,
    stored: PartRecord | None,
    reviewed: Sequence[Override],
    rules: PartRules,
    silent: frozenset[str] = frozenset(),
) -> PartRecord:
    """The record to store.

    A value that a person gave is taken as it is, whatever the machine says, which is kept as a losing value. Else the
    policy of the field decides; former part numbers that are known stay known. A field that a supplier had who did not
    answer this time (`silent`) keeps the stored value: a supplier that is down does not empty the catalogue.

    What breaks a hard rule then (a lowest price above the highest) is withheld, and the record waits for a person.
    """
    said = {one.attribute: one for one in reviewed if one.sku == record.mpn and one.attribute in _CORRECTABLE}
    fields = {}
    for name, new in record.fields.items():
        old = stored.fields[name] if stored is not None else None
        if name in said:
            fields[name] = _by_person(new, said[name])
        else:
            fields[name] = _updated(new, _of_machine(old), rules.update_policies.get(name, "overwrite"), silent)
    settled = with_fields(record.model_copy(update={"chain": _chain(record, stored)}), fields, rules)
    held = withheld_fields(settled)
    return with_fields(settled, {**fields, **held}, rules) if held else settled


def _chain(record: PartRecord, stored: PartRecord | None) -> tuple[str, ...]:
    """The longer of two chains of replacements of which one is the end of the other."""
    known = stored.chain if stored is not None else ()
    return known if known[-len(record.chain) :] == record.chain else record.chain


def _by_person(new: FieldValue, override: Override) -> FieldValue:
    """The value that a person gave; that of the machine is kept as a losing value where it says something else."""
    value = list(override.value) if isinstance(override.value, tuple) else override.value
    found, text = value is not None, value_text(value) or ""
    lost = [one for one in new.losing if not (found and _alike(one.value, text))]
    said = value_text(new.value) or ""
    if new.value is not None and not (found and _alike(said, text)):
        lost.insert(0, LosingValue(source=new.source, value=said[:500], why=f"reviewed by {override.by}"))
    return FieldValue(
        status=Status.FOUND if found else Status.NOT_APPLICABLE,
        value=value,
        source=override.by,
        confidence=1.0 if found else None,
        method=REVIEWED,
        losing=tuple(lost),
        note=override.reason,
    )


def _alike(one: str, other: str) -> bool:
    """Whether two texts are one value, written in two ways: 0.250 and 0.25, Red and red."""
    try:
        return math.isclose(float(one), float(other), rel_tol=_SAME)
    except ValueError:
        return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _of_machine(old: FieldValue | None) -> FieldValue | None:
    """The stored value, unless a person gave it whose correction is no longer in force."""
    return None if old is not None and old.method == REVIEWED else old


def _updated(new: FieldValue, old: FieldValue | None, policy: UpdatePolicy, silent: frozenset[str]) -> FieldValue:
    if old is None or old.status is not Status.FOUND:
        return new
    if new.status is Status.NOT_FOUND:
        missed = sorted(silent.intersection(old.source.split(", ")))
        if missed or policy != "overwrite":
            why = f"{', '.join(missed)} did not answer" if missed else f"the policy of the field is {policy}"
            return old.model_copy(update={"note": f"kept: {why}", "losing": new.losing})
        return new
    if new.status is not Status.FOUND:
        return new
    return _POLICIES[policy](new, old)


def _kept(new: FieldValue, old: FieldValue) -> FieldValue:
    if new.value == old.value:
        return new
    text = (value_text(new.value) or "")[:500]
    lost = LosingValue(source=new.source, value=text, why="the policy of the field keeps the first value")
    return old.model_copy(update={"losing": (lost, *new.losing)})


def _merged(new: FieldValue, old: FieldValue) -> FieldValue:
    """Entries of both, those that are stored first, each once (case aside)."""
    seen = {_key(entry): entry for entry in reversed([*old.value, *new.value])}
    ordered = [seen.pop(key) for key in dict.fromkeys(map(_key, [*old.value, *new.value])) if key in seen]
    sources = sorted({*old.source.split(", "), *new.source.split(", ")} - {""})
    return new.model_copy(update={"value": ordered, "source": ", ".join(sources)})


def _key(entry: Any) -> str:
    return str(entry["name"] if isinstance(entry, Mapping) else entry).casefold()


_POLICIES: Mapping[UpdatePolicy, Callable[[FieldValue, FieldValue], FieldValue]] = {
    "overwrite": lambda new, _: new,
    "merge": _merged,
    "keep": _kept,
}
