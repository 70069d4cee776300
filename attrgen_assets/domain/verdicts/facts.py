"""The facts of a record: what a text about it may say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from attrgen_assets.domain.parts.fields import PART_FIELDS, Field
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.texts import Stated, canonical_code, stated

_LEFT_OUT: Final = frozenset(
    # Suppliers' own prose is theirs, and whatever stands in it would become a fact. Prices change, links break.
    "long_description installation_suggestions msrp high_avg_price low_avg_price current_selling_price".split()
)
_NO_TEXT_KINDS: Final = frozenset({"url", "url_list"})
_MOST_SHOWN: Final = 30  # entries of one list


@dataclass(frozen=True, slots=True)
class Facts:
    """What is FOUND. shown: by field, for a model. numbers: (number, unit or None). codes: canonical."""

    shown: Mapping[str, Any]
    numbers: frozenset[tuple[float, str | None]]
    codes: frozenset[str]

    def lacks(self, one: Stated) -> bool:
        """Whether something that a text states is not among the facts.

        Numbers are compared as numbers, and with a unit only with those of that unit; codes as canonical texts.
        """
        if one.code is not None:
            return canonical_code(one.code) not in self.codes
        number = one.number or 0.0
        return not any(
            abs(number - known) <= 1e-6 * max(abs(number), abs(known)) and one.unit in (None, unit)
            for known, unit in self.numbers
        )


def is_fact(name: str, fields: Mapping[str, Field] = PART_FIELDS) -> bool:
    """Whether a text may speak of a field at all: not of prose, prices and links.

    >>> is_fact("voltage"), is_fact("msrp")
    (True, False)
    """
    return name in fields and name not in _LEFT_OUT and fields[name].kind not in _NO_TEXT_KINDS


def facts_of(record: PartRecord, fields: Mapping[str, Field] = PART_FIELDS) -> Facts:
    """The facts of the FOUND fields, without prose, prices and links; and the numbers of the part itself."""
    shown: dict[str, Any] = {"mpn": record.mpn}
    numbers: set[tuple[float, str | None]] = set()
    codes = {canonical_code(number) for number in (record.mpn, *record.chain)}
    texts = [record.mpn, *record.chain]
    for name, held in record.fields.items():
        if held.status is not Status.FOUND or not is_fact(name, fields):
            continue
        field = fields[name]
        entries = list(_entries(held.value))
        if field.kind == "number":
            numbers.add((float(held.value), field.unit))
            shown[name] = f"{held.value:g} {field.unit}" if field.unit else held.value
        else:
            shown[name] = entries[:_MOST_SHOWN] if isinstance(held.value, list | tuple) else entries[0]
            texts += entries
            codes |= {canonical_code(entry) for entry in entries if any(map(str.isdigit, entry))}
    for text in texts:
        for one in stated(text):
            if one.code is not None:
                codes.add(one.code)
            elif one.number is not None:
                numbers.add((one.number, one.unit))
    return Facts(shown, frozenset(numbers), frozenset(codes))


def _entries(value: Any) -> Iterable[str]:
    for entry in value if isinstance(value, list | tuple) else [value]:
        yield f"{entry.get('name')}: {entry.get('value')}" if isinstance(entry, Mapping) else str(entry)
