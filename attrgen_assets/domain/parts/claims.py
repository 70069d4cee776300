"""Claims: what one source says of one attribute of one part."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import polars as pl

from attrgen_assets.domain.parts.fields import PART_FIELDS

Flag = Literal["suspect", "not_applicable", "malformed", "stale"]

UNPUBLISHABLE: Final = frozenset({"suspect", "malformed"})
"""Flags of claims that are kept on record and never become a value of a record."""

CLAIMS_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "object": pl.String,
    "attribute": pl.String,
    "source": pl.String,
    "value": pl.String,
    "raw": pl.String,
    "unit": pl.String,
    "flags": pl.List(pl.String),
    "endpoint": pl.String,
    "note": pl.String,
    "observed_at": pl.Datetime("us", "UTC"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a source says.

    object: the part number that was asked for. value: text, number, list of texts, or list of {name, value} (a table);
    None where the source says NOT_APPLICABLE, or nothing that could be read. raw: as the source wrote it.
    unit: that of `value`. note: why a flag was set. observed_at: when the source said it (UTC).

    Flags: suspect, read but impossible (a length of 6,000 in); malformed, not of the field's kind;
    not_applicable; stale, older than the source's own limit (a price of two years ago).
    """

    object: str
    attribute: str
    source: str
    value: Any
    raw: str
    observed_at: datetime
    unit: str | None = None
    flags: tuple[Flag, ...] = ()
    endpoint: str = ""
    note: str = ""

    @property
    def publishable(self) -> bool:
        """Whether a record may take this value, or the NOT_APPLICABLE that it stands for."""
        return not UNPUBLISHABLE.intersection(self.flags)


def unreadable(claims: Iterable[Claim]) -> str:
    """Why an answer with these claims says nothing, where it does; empty where one of them can be used, or none is.

    >>> unreadable([])
    ''
    """
    said = list(claims)
    return "nothing in the answer can be read" if said and not any(claim.publishable for claim in said) else ""


def claims_frame(claims: Iterable[Claim], *, include_unpublishable: bool = False) -> pl.DataFrame:
    """The claims as a table: object, attribute, source, value, and raw, unit, flags, endpoint, note, observed_at.

    `value` is text: a text as it is, a number in its shortest form, a list as JSON; null for NOT_APPLICABLE.
    Claims flagged suspect or malformed are left out unless asked for: nothing computed from the table can publish them.

    >>> from datetime import UTC, datetime
    >>> seen = datetime(2026, 1, 1, tzinfo=UTC)
    >>> claim = Claim(object="X1", attribute="msrp", source="marcone", value=9.5, raw="9.50", observed_at=seen)
    >>> claims_frame([claim]).select("object", "attribute", "source", "value").row(0)
    ('X1', 'msrp', 'marcone', '9.5')
    """
    rows = [_row(claim) for claim in claims if include_unpublishable or claim.publishable]
    return pl.DataFrame(rows, schema=CLAIMS_SCHEMA, orient="row")


def claims_of_frame(frame: pl.DataFrame) -> list[Claim]:
    """The claims of a table that `claims_frame` made, values in the kind of their field; its inverse.

    >>> from datetime import UTC, datetime
    >>> seen = datetime(2026, 1, 1, tzinfo=UTC)
    >>> claim = Claim(object="X1", attribute="msrp", source="marcone", value=9.5, raw="9.50", observed_at=seen)
    >>> claims_of_frame(claims_frame([claim])) == [claim]
    True
    """
    return [
        Claim(**{**row, "value": _typed(row["attribute"], row["value"]), "flags": tuple(row["flags"])})
        for row in frame.select(*CLAIMS_SCHEMA).iter_rows(named=True)
    ]


def _typed(attribute: str, text: str | None) -> Any:
    kind = PART_FIELDS[attribute].kind
    if text is None or kind not in ("number", "text_list", "url_list", "table"):
        return text
    return float(text) if kind == "number" else json.loads(text)


def value_text(value: Any) -> str | None:
    """A claim's value as text: what `claims_frame` has in its column `value`.

    >>> value_text(4.0), value_text(["a", "b"]), value_text(None)
    ('4', '["a", "b"]', None)
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _row(claim: Claim) -> tuple[object, ...]:
    return (
        claim.object, claim.attribute, claim.source, value_text(claim.value), claim.raw, claim.unit,
        list(claim.flags), claim.endpoint, claim.note, claim.observed_at,
    )  # fmt: skip
