"""Texts that stay true: what was written of a record is held against the record that is stored.

Between writing and storing a policy, a supplier's silence or a person can change a value, and a correction changes
one long afterwards.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.content import claims_beyond
from attrgen_assets.domain.verdicts.facts import facts_of, is_fact
from attrgen_assets.domain.verdicts.model import RecordContent, RefusedText
from attrgen_assets.domain.verdicts.template import template_content
from attrgen_assets.domain.verdicts.texts import stated

_TEXTS: Final = {"title": "part_title", "description": "long_description"}
_MOST_REASONS: Final = 10
_SAME: Final = 1e-6  # relative: the same number, written twice


def template_of(record: PartRecord, refused: tuple[RefusedText, ...] = ()) -> RecordContent:
    """Title and description by the template. refused: what models wrote before."""
    title, description = template_content(record)
    return RecordContent(title=title, description=description, method="template", refused=refused)


def as_reviewed(record: PartRecord, content: RecordContent) -> RecordContent:
    """The content with what a person gave instead of what a machine wrote."""
    changes: dict[str, Any] = {
        text: str(record.fields[name].value) for text, name in _TEXTS.items() if is_reviewed(record, name)
    }
    return content.model_copy(update=changes | ({"method": "reviewed", "by": ""} if len(changes) == 2 else {}))


def is_reviewed(record: PartRecord, name: str) -> bool:
    """Whether a field has a value that a person gave."""
    held = record.fields.get(name)
    return held is not None and held.status is Status.FOUND and held.method == REVIEWED


def settled_content(
    content: Mapping[str, Any] | None, *, written_for: PartRecord, stored: PartRecord
) -> Mapping[str, Any] | None:
    """The texts, as the JSON of RecordContent, that hold of the record that is stored.

    A model's text that says what is no longer so gives way to the template's, and is kept among the refused ones with
    the reasons; the template's is written again. Texts that a person gave are taken as they are. None for none.

    >>> from attrgen_assets.domain.parts.record import FieldValue
    >>> was, now = ({"color": FieldValue(status=Status.FOUND, value=value)} for value in ("Red", "Blue"))
    >>> before, after = (PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields=fields) for fields in (was, now))
    >>> settled_content(template_of(before).model_dump(), written_for=before, stored=after)["description"]
    'Part number A1. Color: Blue.'
    """
    changed = [name for name, value in stored.fields.items() if _differs(written_for.fields.get(name), value)]
    if content is None or not changed:
        return content
    held = RecordContent.model_validate(content)
    if held.method == "model":
        written = [getattr(held, text) for text, name in _TEXTS.items() if not is_reviewed(stored, name)]
        found = [reason for text in written for reason in _no_longer_so(text, changed, written_for, stored)]
        reasons = tuple(dict.fromkeys(found))[:_MOST_REASONS]
        if reasons:
            refused = RefusedText(name=held.by, title=held.title, description=held.description, reasons=reasons)
            held = template_of(stored, (*held.refused, refused))
    else:
        held = template_of(stored, held.refused)
    return as_reviewed(stored, held).model_dump(mode="json")


def _differs(old: FieldValue | None, new: FieldValue) -> bool:
    return old is None or (old.status, old.value, old.method == REVIEWED) != (
        new.status, new.value, new.method == REVIEWED,
    )  # fmt: skip


def _no_longer_so(text: str, changed: list[str], before: PartRecord, after: PartRecord) -> Iterator[str]:
    """What a text says that the stored record does not: numbers and codes, and values that were others."""
    yield from claims_beyond(text, facts_of(after))
    said = stated(text)
    plain = " ".join(text.casefold().split())
    for name in (name for name in changed if is_fact(name) and name in before.fields):
        old, unit = before.fields[name].value, PART_FIELDS[name].unit
        if old is None or old == after.fields[name].value:
            continue
        if PART_FIELDS[name].kind == "number":
            if any(one.unit == unit and _same(one.number, old) for one in said):
                yield f"{name} is no longer {old:g} {unit}"
            continue
        now = {entry.casefold() for entry in _entries(after.fields[name].value)}
        for entry in _entries(old):
            if entry.casefold() not in now and _says(plain, entry):
                yield f"{name} is no longer {entry[:60]}"


def _same(one: float | None, other: float) -> bool:
    return one is not None and abs(one - other) <= _SAME * max(abs(one), abs(other))


def _entries(value: Any) -> list[str]:
    """The texts of a value; of a table's lines what stands on the right."""
    listed = value if isinstance(value, list | tuple) else [] if value is None else [value]
    return [str(entry.get("value")) if isinstance(entry, Mapping) else str(entry) for entry in listed]


def _says(plain: str, entry: str) -> bool:
    """Whether these words stand in a text (in lower case), whether one thing or several: Sensors, sensor."""
    words = " ".join(entry.casefold().split())
    stem = words.removesuffix("s") if len(words) > len("gas") else words
    return bool(stem) and re.search(rf"(?<!\w){re.escape(stem)}s?(?!\w)", plain) is not None
