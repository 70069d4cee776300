"""Whether two values of a field are the same, by the rules by which claims are fused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.fusion.equality import value_keys
from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.domain.parts.claims import value_text
from attrgen_assets.domain.parts.fields import Field

_LISTS: Final = frozenset({"text_list", "url_list", "table"})
_NEARLY: Final = 0.99
"""The most that two values that differ agree: the words of one in another order."""


@dataclass(frozen=True, slots=True)
class Sameness:
    """Values of fields that were prepared for comparison, all at once."""

    fields: Mapping[str, Field]
    keys: Mapping[tuple[str, str], tuple[str | None, float | None]]

    def key(self, field: str, value: Any) -> str | None:
        """What a value of the field is told apart by; None for one that says nothing ("N/A").

        Raises KeyError for a value that was not prepared.
        """
        return self.keys[field, value_text(value) or ""][0]

    def same(self, field: str, one: Any, other: Any) -> bool:
        """Whether they are one value: numbers within the field's tolerance, texts but for case and punctuation."""
        left, right = (self.keys[field, value_text(value) or ""] for value in (one, other))
        if left[1] is not None and right[1] is not None:
            tolerance = _rule(self.fields[field]).tolerance
            return abs(left[1] - right[1]) <= tolerance * max(abs(left[1]), abs(right[1]))
        return left[0] is not None and left[0] == right[0]

    def agreement(self, field: str, one: Any, other: Any) -> float:
        """How much they agree: 1 for the same; of numbers 1 less their relative difference, of texts shared words."""
        if self.same(field, one, other):
            return 1.0
        left, right = (self.keys[field, value_text(value) or ""] for value in (one, other))
        if left[1] is not None and right[1] is not None:
            return max(0.0, 1 - abs(left[1] - right[1]) / max(abs(left[1]), abs(right[1])))
        mine, theirs = set((left[0] or "").split()), set((right[0] or "").split())
        return min(_NEARLY, len(mine & theirs) / len(mine | theirs)) if mine | theirs else 0.0


def sameness(values: Iterable[tuple[str, Any]], fields: Mapping[str, Field]) -> Sameness:
    """Values, as (field, value), made comparable.

    >>> from attrgen_assets.domain.parts.fields import PART_FIELDS
    >>> known = sameness([("voltage", 12.0), ("voltage", 12.5), ("color", "Off-White"), ("color", "off white")],
    ...                  PART_FIELDS)
    >>> known.same("voltage", 12.0, 12.5), known.same("color", "Off-White", "off white")
    (True, True)
    """
    pairs = sorted({(field, value_text(value) or "") for field, value in values})
    if not pairs:
        return Sameness(fields, {})
    frame = pl.DataFrame(pairs, schema={"attribute": pl.String, "value": pl.String}, orient="row")
    keys = value_keys(frame, {name: _rule(fields[name]) for name in frame["attribute"].unique().to_list()})
    rows = keys.select("attribute", "value", "key", "number").rows()
    return Sameness(fields, {(name, value): (key, number) for name, value, key, number in rows})


def _rule(field: Field) -> FieldRule:
    if field.kind == "number":
        return FieldRule(kind="number", unit=field.unit)
    return FieldRule(kind="list" if field.kind in _LISTS else "text")
