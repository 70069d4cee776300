"""How records of parts, their states and their differences are shown on a terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

from attrgen_assets.cli.showing import field_line, plain

if TYPE_CHECKING:
    from attrgen_assets.domain.catalogue.specifications import SpecTable
    from attrgen_assets.domain.parts.record import FieldValue, PartRecord
    from attrgen_assets.domain.versions.diff import DocumentDiff, State
    from attrgen_assets.workflows.history import HistoryEntry

_INDENT = 26  # the longest name of a field


def show_document(document: Mapping[str, Any]) -> None:
    """A stored part: its record, its specification table, its texts."""
    from attrgen_assets.domain.catalogue.specifications import SpecTable
    from attrgen_assets.domain.parts.record_document import record_of_document

    change = document.get("change") or {}
    typer.echo(f"{document['sku']}, version {document['version']}, {document['updated_at']:%Y-%m-%d %H:%M} UTC")
    if change:
        typer.echo(f"  by {plain(change['by'])}: {plain(change['why'])}")
    show_record(record_of_document(document))
    show_specifications(SpecTable.model_validate(document.get("specifications") or {}))
    if content := document.get("content"):
        writer = f" by {content['by']}" if content["by"] else ""
        typer.echo(f"\n{plain(content['title'])}  [{content['method']}{writer}]")
        typer.echo(plain(content["description"], limit=2_000))
        for text in content["refused"]:
            typer.echo(f"not taken from {text['name']}: {plain('; '.join(text['reasons']), limit=300)}")
    if verdicts := document.get("verdicts"):
        typer.echo(f"\nverdicts: {verdicts['status']}{': ' if verdicts['reason'] else ''}{plain(verdicts['reason'])}")
        for one in verdicts["fields"]:
            typer.echo(f"  {one['field']:{_INDENT}} {one['level']}: {plain(one['reason'], limit=120)}")


def show_record(record: "PartRecord") -> None:
    """All fields, and why a person has to look at the record."""
    from attrgen_assets.domain.parts.fields import PART_FIELDS

    if len(record.chain) > 1:
        typer.echo(f"  replaced: {' -> '.join(record.chain)}")
    typer.echo(f"\n{record.mpn}: {record.found} of {len(record.fields)} fields FOUND")
    for name in PART_FIELDS:
        show_field(name, record.fields[name])
    for reason in record.needs_review:
        typer.echo(f"needs review: {plain(reason)}")


def show_field(name: str, field: "FieldValue", *, prefix: str = "") -> None:
    """A field: its value, confidence, method and sources; what lost against it below."""
    from attrgen_assets.domain.parts.claims import value_text
    from attrgen_assets.domain.parts.fields import PART_FIELDS

    said = f"{field.method}: {plain(field.source)}"
    if field.confidence is None:
        remark = f"[{said}] {plain(field.note)}" if field.source else plain(field.note)
        typer.echo(prefix + field_line(name, field.status.value, remark=remark))
    else:
        remark = f"[{field.confidence:.2f}, {said}] {plain(field.note)}".rstrip()
        typer.echo(prefix + field_line(name, value_text(field.value), unit=PART_FIELDS[name].unit, remark=remark))
    for lost in field.losing:
        why = f"{plain(lost.source)}; {plain(lost.why, limit=100)}"
        typer.echo(f"{prefix}  {'':{_INDENT}}   not {plain(lost.value, limit=50)} ({why})")


def show_specifications(table: "SpecTable") -> None:
    """The lines of a specification table by category, both systems of units side by side."""
    for category, rows in table.by_category().items():
        typer.echo(f"\n{category}")
        for row in rows:
            name = f"{row.display_name} (new)" if row.discovered else row.display_name
            typer.echo(f"  {plain(name, limit=40):{_INDENT}} {plain(row.text, limit=70)}  [{row.confidence:.2f}]")
    for left in table.left_out:
        typer.echo(f"left out: {plain(left.name)}: {plain(left.value, limit=60)} ({left.source}; {plain(left.why)})")


def show_history(entries: "Sequence[HistoryEntry]") -> None:
    """A line per state, newest first."""
    for entry in entries:
        changed = ", ".join(entry.changed[:8]) or "nothing but confidences, sources or the config"
        more = f" and {len(entry.changed) - 8} more" if len(entry.changed) > 8 else ""
        previous = f" after {entry.previous}" if entry.previous is not None else ""
        head = f"version {entry.version}{previous}, {entry.at:%Y-%m-%d %H:%M:%S} UTC"
        typer.echo(f"{head}, {plain(entry.by)}: {plain(entry.why)}")
        typer.echo(f"  changed: {changed}{more}" if entry.previous is not None else "  first state")


def show_diff(before: Mapping[str, Any], after: Mapping[str, Any], found: "DocumentDiff") -> None:
    """What differs between two states."""
    typer.echo(f"{before['_id']}: version {before['version']} to version {after['version']}")
    show_changes(found)
    if found.empty:
        typer.echo("  the same")


def show_changes(found: "DocumentDiff") -> None:
    """Every change, before and after."""
    for change in found.attributes:
        typer.echo(f"  {change.attribute}")
        typer.echo(f"    - {_state(change.before)}")
        typer.echo(f"    + {_state(change.after)}")
    for block in found.blocks:
        typer.echo(f"  {block.block}: {plain(block.entry)}")
        for sign, entry in (("-", block.before), ("+", block.after)):
            if entry is not None:
                shown = entry.get("text", entry) if isinstance(entry, Mapping) else entry
                typer.echo(f"    {sign} {plain(shown, limit=120)}")
    if found.missing_before != found.missing_after:
        typer.echo(f"  missing: {', '.join(found.missing_before) or 'nothing'} -> "
                   f"{', '.join(found.missing_after) or 'nothing'}")  # fmt: skip


def show_waiting(waiting: Sequence[Mapping[str, Any]], *, limit: int) -> None:
    """Records that wait for a person, and what to do."""
    if not waiting:
        typer.echo("no record waits for a person")
        return
    for one in waiting:
        typer.echo(f"{one['part']}  {plain(one['title'], limit=60)}")
        for why in one["why"]:
            typer.echo(f"  {plain(why)}")
    more = f"; more may follow: --limit {10 * limit}" if len(waiting) == limit else ""
    typer.echo(f"\n{len(waiting)} records wait{more}")
    typer.echo("attrgen parts correct PART FIELD VALUE --by WHO   say what is right; it is kept from then on")


def _state(state: "State") -> str:
    if state.confidence is None and state.value is None:
        return state.status
    sure = (
        "" if state.confidence is None else f"  [{state.confidence:.2f}, {plain(state.method)}: {plain(state.source)}]"
    )
    return f"{plain(state.value, limit=100)}{sure}"
