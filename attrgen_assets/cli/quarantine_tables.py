"""Refused rows on a terminal, as JSON lines, and as lines of a CSV."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from rich.table import Table

from attrgen_assets.cli.quarantine_sheet import ATTRIBUTE, CORRECTION, ENTRY_ID
from attrgen_assets.cli.showing import cell, plain, wide_console
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.domain.quarantine.given_skus import CURABLE
from attrgen_assets.workflows.release import ReleaseReport

_CELL: Final = 48  # characters of a cell's text in a list
_KEYS: Final = (
    "entry_id",
    "product_type",
    "sku",
    "status",
    "source",
    "reasons",
    "refusals",
    "fields",
    "cut",
    "history",
)


def print_list(entries: Iterable[Document]) -> int:
    """A line per refusal, the row on the first of them; returns the number of rows."""
    table = Table("id", "sku", "file:row", "reason", "attribute", "text", "nearest", box=None, pad_edge=False)
    for column in table.columns:
        column.overflow = "fold"  # a place or a reason that is cut short helps nobody
    table.columns[0].no_wrap = True
    rows = 0
    for entry in entries:
        rows += 1
        place = f"{entry['source']['file']}:{entry['source']['row_number']}"
        head = (entry["entry_id"], plain(entry["sku"], limit=_CELL), plain(place, limit=_CELL))
        for refusal in _stopping(entry):
            nearest = plain(", ".join(refusal["nearest"] or ()), limit=_CELL)
            what = (refusal["reason"], refusal["attribute"] or "(row)", plain(refusal["text"], limit=_CELL), nearest)
            table.add_row(*head, *what)
            head = ("", "", "")
    if rows:
        wide_console().print(table)
    return rows


def print_counts(counts: Mapping[str, Mapping[str, int]], *, shown: int, status: str) -> None:
    """How many rows there are by product type and reason, and what can be done with them."""
    if not counts:
        print_line(f"no {status} rows")
    for name, reasons in counts.items():
        print_line(f"{name}: " + ", ".join(f"{reason} {count:,}" for reason, count in reasons.items()))
    if counts:
        print_line(f"{shown:,} rows shown; `attrgen quarantine show ID` has more, `fix ID attribute=value` corrects.")


def print_line(text: str) -> None:
    """A line for a person, never wrapped."""
    wide_console().print(text, soft_wrap=True)


def print_entry(entry: Document, overrides: Sequence[Override]) -> None:
    """All there is to know of a row."""
    place = f"{entry['source']['file']}:{entry['source']['row_number']}"
    print_line(f"{entry['product_type']} {entry['entry_id']} ({entry['status']})")
    print_line(
        f"sku {plain(entry['sku']) or '-'}, {plain(place)}, first seen {entry['first_seen']:%Y-%m-%d %H:%M} UTC\n"
    )
    table = Table("refused", "attribute", "field", "text", "nearest legal values", box=None, pad_edge=False)
    for refusal in entry["refusals"]:
        nearest = ", ".join(refusal["nearest"] or ())
        texts = (refusal["attribute"] or "(row)", plain(refusal["field"]), plain(refusal["text"]), plain(nearest))
        table.add_row(refusal["reason"], *texts)
    wide_console().print(table)
    cells = Table("column", "text, as it came", box=None, pad_edge=False)
    for one in entry["fields"]:
        cells.add_row(plain(one["column"]), plain(one["text"], limit=2000))
    print_line("")
    wide_console().print(cells)
    for override in overrides:
        value = "NA" if override.value is None else override.value
        why = f" ({plain(override.reason)})" if override.reason else ""
        print_line(
            f"corrected: {override.attribute} = {plain(value)}, by {plain(override.by)}{why}, {override.at:%Y-%m-%d}"
        )


def print_release(report: ReleaseReport) -> None:
    """What was let go, and what stays and why."""
    if report.released:
        stored = report.stored
        counts = f"{stored.new} new, {stored.changed} changed, {stored.unchanged} unchanged documents"
        print_line(f"{len(report.released):,} rows released: {counts}")
    for held in report.held:
        print_line(f"{held.entry_id} stays: {held.note or _told(held.refusals)}")
    for entry_id in report.not_open:
        print_line(f"{entry_id} is not open any more: nothing to do")
    if not (report.released or report.held or report.not_open):
        print_line("no open rows")


def entry_line(entry: Mapping[str, Any]) -> str:
    """An entry as one line of JSON."""
    return json.dumps({key: entry[key] for key in _KEYS}, ensure_ascii=False, default=lambda at: at.isoformat())


def csv_lines(entries: Iterable[Document]) -> Iterator[str]:
    """A header, then a line per refusal of every entry, for a spreadsheet: with a byte-order mark, as Excel needs."""
    head = (ENTRY_ID, "product_type", "sku", "file", "row", "reason", ATTRIBUTE, "text", "nearest", CORRECTION)
    yield "\ufeff" + _csv_line(head)
    for entry in entries:
        source = entry["source"]
        for refusal in entry["refusals"]:
            attribute = refusal["attribute"] or "sku"  # what a refused row can be corrected by
            texts = (attribute, refusal["text"], ", ".join(refusal["nearest"] or ()), "")
            row = (entry["product_type"], entry["sku"], source["file"], source["row_number"], refusal["reason"])
            yield _csv_line([entry["entry_id"], *map(cell, (*row, *texts))])


def _csv_line(cells: Sequence[Any]) -> str:
    target = io.StringIO(newline="")
    csv.writer(target, lineterminator="").writerow(cells)
    return target.getvalue()


def _stopping(entry: Document) -> list[dict[str, Any]]:
    """The refusals that stopped the row: the others did not keep it from being a document."""
    return [refusal for refusal in entry["refusals"] if refusal["reason"] in entry["reasons"]]


def _told(refusals: Sequence[Mapping[str, Any]]) -> str:
    parts = []
    for refusal in refusals:
        nearest = f", nearest: {', '.join(refusal['nearest'])}" if refusal["nearest"] else ""
        hint = " - `fix ID sku=...` gives it one of its own" if refusal["reason"] in CURABLE else ""
        parts.append(f"{refusal['attribute'] or '(row)'} {refusal['reason']} ({plain(refusal['text'])}{nearest}){hint}")
    return "; ".join(parts)
