"""The specification table of a part: what suppliers list, merged, measured, categorised and ordered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from attrgen_assets.domain.catalogue.measures import Measure, in_both_systems, parse_measure, shown_number, symbol
from attrgen_assets.domain.catalogue.registry import (
    CATEGORIES,
    AttributeRegistry,
    AttributeSpec,
    Category,
    Kind,
    attribute_name,
    guessed_category,
    without_unit,
)
from attrgen_assets.domain.fusion.fuse import fuse_claims
from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.domain.parts.claims import Claim
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import LosingValue, PartRecord
from attrgen_assets.domain.tables import Status

TABLE_FIELD: Final = "specification_table"
_NOTHING: Final = frozenset({"", "-", "--", "n/a", "na", "not applicable", "none", "null", "tbd", "unknown", "?"})
_TOLERANCE: Final = FieldRule().tolerance
_ELSE: Final = "the field "
_BOOLEANS: Final = {"yes": True, "true": True, "y": True, "no": False, "false": False, "n": False}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SpecRow(_Frozen):
    """One line of the table.

    value: a number in `unit`, [low, high] of a range or of two alternatives, a text or a boolean. text: how it is
    shown, in both systems of units. raw: as the source wrote it. discovered: the registry does not know it; category
    and kind are guessed. confidence: 0-1.
    """

    name: str
    display_name: str
    category: Category
    kind: Kind
    value: Any
    unit: str | None = None
    text: str
    raw: str = ""
    source: str
    confidence: float = Field(ge=0, le=1)
    losing: tuple[LosingValue, ...] = ()
    discovered: bool = False


class LeftOut(_Frozen):
    """An entry that is in no line of the table, and why."""

    name: str
    value: str
    source: str
    why: str


class SpecTable(_Frozen):
    """All lines, most important first within each category; and what was left out of them."""

    rows: tuple[SpecRow, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def by_category(self) -> dict[Category, tuple[SpecRow, ...]]:
        """The lines of each category that has any, in the order of `CATEGORIES`."""
        found = {category: tuple(row for row in self.rows if row.category == category) for category in CATEGORIES}
        return {category: rows for category, rows in found.items() if rows}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One supplier's entry of an attribute; `value` as it is fused, `shown` as it was written."""

    source: str
    shown: str
    value: str
    measure: Measure | None


@dataclass(slots=True)
class _Group:
    """All entries of one attribute. settled: the value of the record's own field, which says the same."""

    spec: AttributeSpec
    discovered: bool
    entries: list[_Entry] = field(default_factory=list)


def spec_table(record: PartRecord, claims: Sequence[Claim], registry: AttributeRegistry) -> SpecTable:
    """The table of a part.

    Fields of the record that are specifications are lines as they are. Entries of suppliers' own tables come under
    the name that the registry has for them; several of one attribute are fused. Every entry is a line, a losing value
    of one, or left out with a reason.

    claims: about the part, with the entries of every supplier under `specification_table`.
    """
    groups, left_out = _groups(claims, registry)
    own = {spec.field: spec for spec in registry.attributes if spec.field is not None}
    rows = {}
    for name, spec in own.items():
        value = record.fields[name]
        if value.status is Status.FOUND:
            rows[spec.name] = _own_row(record, spec, groups.pop(spec.name, None))
        elif value.status is Status.NOT_APPLICABLE:
            group = groups.pop(spec.name, None)
            left_out += [_not_applicable(entry, spec) for entry in (group.entries if group else ())]
    rows |= {row.name: row for row in _fused_rows(groups, record.mpn)}
    ordered = sorted(rows.values(), key=lambda row: (CATEGORIES.index(row.category), registry.rank(row.name), row.name))
    return SpecTable(rows=tuple(ordered), left_out=tuple(left_out))


def with_own_rows(table: SpecTable, record: PartRecord, registry: AttributeRegistry) -> SpecTable:
    """The table with the lines of the record's own fields as they are now; what suppliers' tables say stays."""
    own = {spec.name: spec for spec in registry.attributes if spec.field is not None}
    rows = {row.name: row for row in table.rows if row.name not in own}
    former = {row.name: row for row in table.rows}
    for name, spec in own.items():
        if record.fields[spec.field or ""].status is Status.FOUND:
            row = _own_row(record, spec, None)
            said = [lost for lost in former[name].losing if lost.why.startswith(_ELSE)] if name in former else []
            rows[name] = row.model_copy(update={"losing": (*row.losing, *said)})
    return SpecTable(rows=tuple(sorted(rows.values(), key=_order(registry))), left_out=table.left_out)


def _not_applicable(entry: _Entry, spec: AttributeSpec) -> LeftOut:
    why = f"the field {spec.field} is NOT_APPLICABLE"
    return LeftOut(name=spec.display_name, value=entry.shown, source=entry.source, why=why)


def _order(registry: AttributeRegistry) -> Callable[[SpecRow], tuple[int, int, str]]:
    return lambda row: (CATEGORIES.index(row.category), registry.rank(row.name), row.name)


def _groups(claims: Sequence[Claim], registry: AttributeRegistry) -> tuple[dict[str, _Group], list[LeftOut]]:
    groups: dict[str, _Group] = {}
    left_out: list[LeftOut] = []
    for source, written, text in _entries(claims):
        name, unit = without_unit(written)
        if text.casefold() in _NOTHING:
            left_out.append(LeftOut(name=written, value=text, source=source, why="says nothing"))
            continue
        measure = _measure(text, unit)
        spec = registry.find(written)
        group = groups.setdefault(
            spec.name if spec else attribute_name(written),
            _Group(spec=spec or _discovered(name, text, measure), discovered=spec is None),
        )
        if group.spec.kind == "number":
            measure = measure.converted(group.spec.unit) if measure and group.spec.unit else measure
            if measure is None:
                expected = f"a number in {group.spec.unit}" if group.spec.unit else "a number"
                left_out.append(LeftOut(name=written, value=text, source=source, why=f"not {expected}"))
                continue
        group.entries.append(_Entry(source, text, _fusible(text, measure, group.spec.kind), measure))
    return groups, left_out


def _entries(claims: Sequence[Claim]) -> Iterator[tuple[str, str, str]]:
    """(source, name, value) of every entry of every usable table, by source and then as listed."""
    for claim in sorted(claims, key=lambda one: one.source):
        if claim.attribute == TABLE_FIELD and claim.publishable and claim.value:
            for entry in claim.value:
                yield claim.source, str(entry["name"]).strip(), " ".join(str(entry["value"]).split())


def _measure(text: str, unit: str | None) -> Measure | None:
    """The measure that a text is; a bare number is in the unit that stood in brackets behind the name."""
    found = parse_measure(text)
    return Measure(found.low, found.high, unit) if found is not None and found.unit is None else found


def _discovered(name: str, text: str, measure: Measure | None) -> AttributeSpec:
    """What can be said of an attribute that the registry does not know."""
    unit = measure.unit if measure else None
    kind: Kind = "number" if unit else "boolean" if text.casefold() in _BOOLEANS else "text"
    return AttributeSpec(
        name=attribute_name(name),
        display_name=name[:80] or "(unnamed)",
        category=guessed_category(name, unit),
        kind=kind,
        unit=unit if kind == "number" else None,
    )


def _fusible(text: str, measure: Measure | None, kind: Kind) -> str:
    """The text by which two entries are held to be equal."""
    if kind == "number" and measure is not None:
        return repr(measure.low) if measure.low == measure.high else in_both_systems(measure)
    return text.casefold() if kind == "boolean" else text


def _fused_rows(groups: Mapping[str, _Group], mpn: str) -> Iterator[SpecRow]:
    """One line per attribute, all fused at once."""
    filled = {name: group for name, group in groups.items() if group.entries}
    if not filled:
        return
    lines = [(mpn, name, entry.source, entry.value) for name, group in filled.items() for entry in group.entries]
    frame = pl.DataFrame(lines, schema=["object", "attribute", "source", "value"], orient="row")
    rules = {name: _rule(group) for name, group in filled.items()}
    fused = fuse_claims(frame.unique(["attribute", "source"], keep="first", maintain_order=True), rules=rules)
    lost: dict[str, set[str]] = {}
    for loser in fused.losers.iter_rows(named=True):
        lost.setdefault(loser["attribute"], set()).add(loser["source"])
    for chosen in fused.decisions.iter_rows(named=True):
        name = chosen["attribute"]
        yield _row(filled[name], chosen, beaten=lost.get(name, set()))


def _rule(group: _Group) -> FieldRule:
    single = all(entry.measure is not None and entry.measure.low == entry.measure.high for entry in group.entries)
    return FieldRule(kind="number" if group.spec.kind == "number" and single else "text")


def _row(group: _Group, chosen: Mapping[str, Any], *, beaten: set[str]) -> SpecRow:
    winners = [entry for entry in group.entries if entry.source not in beaten]
    best = next((entry for entry in winners if entry.value == chosen["value"]), (winners or group.entries)[0])
    lost = tuple(
        LosingValue(source=entry.source, value=entry.shown[:500], why=chosen["reason"])
        for entry in group.entries
        if entry.source in beaten or (entry is not best and entry.value.casefold() != best.value.casefold())
    )
    value, text = _typed(group.spec, best)
    return SpecRow(
        name=group.spec.name,
        display_name=group.spec.display_name,
        category=group.spec.category,
        kind=group.spec.kind,
        value=value,
        unit=group.spec.unit,
        text=text,
        raw=best.shown[:500],
        source=", ".join(sorted({entry.source for entry in winners})),
        confidence=round(float(chosen["confidence"]), 4),
        losing=lost,
        discovered=group.discovered,
    )


def _typed(spec: AttributeSpec, entry: _Entry) -> tuple[Any, str]:
    """A value by its kind, and how it is shown."""
    if spec.kind == "number" and entry.measure is not None:
        low, high = entry.measure.low, entry.measure.high
        return low if low == high else [low, high], in_both_systems(entry.measure)
    if spec.kind == "boolean" and entry.shown.casefold() in _BOOLEANS:
        told = _BOOLEANS[entry.shown.casefold()]
        return told, "Yes" if told else "No"
    return entry.shown, entry.shown


def _own_row(record: PartRecord, spec: AttributeSpec, group: _Group | None) -> SpecRow:
    """The line of a primary field; what suppliers' tables say else of it is lost to it."""
    name = spec.field or ""
    value, unit = record.fields[name], PART_FIELDS[name].unit
    known = symbol(unit) if unit else None
    measure = Measure(value.value, value.value, known) if isinstance(value.value, int | float) else None
    text = in_both_systems(measure) if measure else _shown(value.value)
    entries = group.entries if group else []
    agreeing = {entry.source for entry in entries if _agrees(entry, value.value)}
    lost = [
        LosingValue(source=entry.source, value=entry.shown[:500], why=f"{_ELSE}{name} says else")
        for entry in entries
        if not _agrees(entry, value.value)
    ]
    return SpecRow(
        name=spec.name,
        display_name=spec.display_name,
        category=spec.category,
        kind=spec.kind,
        value=value.value,
        unit=known,
        text=text,
        source=", ".join(sorted({*value.source.split(", "), *agreeing} - {""})),
        confidence=value.confidence or 0.0,
        losing=(*value.losing, *lost),
    )


def _agrees(entry: _Entry, value: Any) -> bool:
    if entry.measure is not None and isinstance(value, int | float):
        ends = (entry.measure.low, entry.measure.high)
        return all(abs(end - value) <= _TOLERANCE * abs(value) for end in ends)
    return entry.shown.casefold() == str(value).casefold()


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return shown_number(value)
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
