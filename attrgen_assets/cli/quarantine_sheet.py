"""A sheet of refused rows that came back from a person."""

import csv
from pathlib import Path
from typing import Final

from attrgen_assets.errors import TerminalError

ENTRY_ID: Final = "entry_id"
ATTRIBUTE: Final = "attribute"
CORRECTION: Final = "correction"


def read_sheet(path: Path) -> dict[str, dict[str, str]]:
    """{entry id: {attribute: correction}} of the lines of a CSV that have a correction.

    Raises TerminalError where a column is missing, or two lines correct one attribute of a row differently.
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        start = stream.read(4096)
        stream.seek(0)
        delimiter = ";" if start.partition("\n")[0].count(";") > start.partition("\n")[0].count(",") else ","
        lines = csv.DictReader(stream, delimiter=delimiter)  # some spreadsheets write semicolons
        missing = {ENTRY_ID, ATTRIBUTE, CORRECTION} - set(lines.fieldnames or ())
        if missing:
            raise TerminalError(f"{path}: no column {', '.join(sorted(missing))}; make the sheet with `export`")
        wanted: dict[str, dict[str, str]] = {}
        for line in lines:
            correction = (line[CORRECTION] or "").strip()
            if not correction:
                continue
            of_entry = wanted.setdefault(line[ENTRY_ID].strip(), {})
            attribute = (line[ATTRIBUTE] or "").strip()
            if of_entry.setdefault(attribute, correction) != correction:
                raise TerminalError(
                    f"{path}:{lines.line_num}: {line[ENTRY_ID]} {attribute} is corrected twice: "
                    f"{of_entry[attribute]!r} and {correction!r}"
                )
        return wanted
