"""Rows that come as objects with keys of their own: JSON lines, JSON, MongoDB documents."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from attrgen_assets.adapters.feeds.frames import MAX_COLUMNS, ColumnNames, Row, clip, rows_frame, unique_names
from attrgen_assets.adapters.feeds.values import Number, as_text
from attrgen_assets.domain.tables import RefusalReason

_CELLS_A_FRAME: Final = 1_000_000  # rows times columns: keys may differ in every row
_ROWS_A_FRAME: Final = 20_000


def unparseable(problem: str, text: str) -> Row:
    """The refusal of a row that no cells could be made of."""
    return Row((), RefusalReason.UNPARSEABLE_ROW.value, f"{problem}: {clip(text)}")


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; a key that comes twice keeps both values, as a CSV column would."""
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    return dict(zip(unique_names([key for key, _ in pairs]), (value for _, value in pairs), strict=True))


def json_decoder() -> json.JSONDecoder:
    """A decoder that keeps numbers as they are spelled, NaN and 5,000 digits included, and keys that come twice."""
    return json.JSONDecoder(object_pairs_hook=_pairs, parse_float=Number, parse_int=Number, parse_constant=Number)


Cells = Mapping[str, str | None]
"""A row by its own keys."""


def cells_of(value: Mapping[str, Any]) -> Cells:
    """The values of an object as texts.

    Raises: RecursionError for one that is nested too deeply.
    """
    return {key: as_text(item) for key, item in value.items()}


@dataclass(slots=True)
class _Pending:
    rows: list[Cells | Row] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)


def object_frames(rows: Iterable[Cells | Row], *, source_file: str) -> Iterator[pl.DataFrame]:
    """Frames of objects and refusals, in order; the columns of a frame are the keys of its objects.

    Rows whose keys would make the feed wider than MAX_COLUMNS are refused, with their text.
    """
    names = _Names()
    pending = _Pending()
    first_row = 1
    for row in rows:
        pending.rows.append(names.admit(row))
        if isinstance(pending.rows[-1], Mapping):
            pending.keys.update(dict.fromkeys(pending.rows[-1]))
        count = len(pending.rows)
        if count >= _ROWS_A_FRAME or count * len(pending.keys) >= _CELLS_A_FRAME:
            yield names.frame(pending, source_file=source_file, first_row=first_row)
            first_row += count
            pending = _Pending()
    if pending.rows:
        yield names.frame(pending, source_file=source_file, first_row=first_row)


class _Names:
    """The column of each key, the same in all frames."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._unique = ColumnNames()

    def admit(self, row: Cells | Row) -> Cells | Row:
        """The row, or its refusal where its keys are too many."""
        if isinstance(row, Row):
            return row
        new = [key for key in row if key not in self._names]
        if len(self._names) + len(new) > MAX_COLUMNS:
            return unparseable(f"the keys of all rows are more than {MAX_COLUMNS:,}", as_text(row) or "")
        for key in new:
            self._names[key] = self._unique.add(key)
        return row

    def frame(self, pending: _Pending, *, source_file: str, first_row: int) -> pl.DataFrame:
        """A frame of the rows, one column for each of their keys."""
        keys = list(pending.keys)
        rows = [row if isinstance(row, Row) else Row([row.get(key) for key in keys]) for row in pending.rows]
        return rows_frame(rows, [self._names[key] for key in keys], source_file=source_file, first_row=first_row)
