"""Title and description without a model: sentences around the facts."""

from typing import Any, Final

from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.verdicts.content import TITLE_ASKED, UNWANTED

_LONGEST_VALUE: Final = 120
_MOST_LISTED: Final = 10
_SIDES: Final = ("product_length_in", "product_width_in", "product_height_in")


def template_content(record: PartRecord) -> tuple[str, str]:
    """(title, description) from the FOUND fields. Values with links or markup in them are left out.

    >>> record = PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields={})
    >>> template_content(record)
    ('A1', 'Part number A1.')
    """
    said = _Said(record)
    name = said.text("part_title")
    brand, kind = said.text("manufacturer"), said.text("primary_category")
    titles = (name, " ".join(one for one in (brand, kind, record.mpn) if one), f"{brand} {record.mpn}".strip())
    title = next((one for one in titles if one and len(one) <= TITLE_ASKED), record.mpn)
    by = f" by {brand}" if brand and brand.casefold() not in name.casefold() else ""
    # A part number cannot hold markup: only its letters, digits and . / _ + - are ever asked for.
    number = "" if record.mpn in name else f", part number {record.mpn}"
    sentences = [f"{name}{by}{number}." if name else f"Part number {record.mpn}{by}."]
    sentences += [*_look(said), *_measures(said), *_lists(said)]
    return title, " ".join(sentences)


class _Said:
    """The FOUND values of a record as texts that can stand in a sentence; empty for all others."""

    def __init__(self, record: PartRecord) -> None:
        self._fields = record.fields

    def value(self, name: str) -> Any:
        held = self._fields.get(name)
        return held.value if held is not None and held.status is Status.FOUND else None

    def text(self, name: str) -> str:
        value = self.value(name)
        return _usable(value) if isinstance(value, str) else ""

    def number(self, name: str) -> str:
        value = self.value(name)
        return f"{value:.10g}" if isinstance(value, int | float) else ""

    def entries(self, name: str) -> list[str]:
        value = self.value(name)
        return [text for one in value if (text := _usable(str(one)))] if isinstance(value, list | tuple) else []


def _usable(text: str) -> str:
    plain = " ".join(text.split())
    return "" if UNWANTED.search(plain) or len(plain) > _LONGEST_VALUE else plain.rstrip(".")


def _look(said: _Said) -> list[str]:
    named = {"Category": "primary_category", "Appliance": "primary_department", "Color": "color"}
    named |= {"Material": "material", "Finish": "finish", "Terminals": "terminal_type"}
    return [f"{label}: {text}." for label, name in named.items() if (text := said.text(name))]


def _measures(said: _Said) -> list[str]:
    found = []
    if volts := said.number("voltage"):
        found.append(f"Voltage: {volts} V.")
    sides = [said.number(name) for name in _SIDES]
    if all(sides):
        found.append(f"Length, width, height: {sides[0]} in, {sides[1]} in, {sides[2]} in.")
    if pounds := said.number("weight_lbs"):
        found.append(f"Weight: {pounds} lb.")
    return found


def _lists(said: _Said) -> list[str]:
    named = {"Replaces": "cross_reference_parts", "Fits models": "compatible_models", "Helps with": "related_symptoms"}
    found = []
    for label, name in named.items():
        entries = said.entries(name)
        more = " and others" if len(entries) > _MOST_LISTED else ""
        if entries:
            found.append(f"{label}: {', '.join(entries[:_MOST_LISTED])}{more}.")
    return found
