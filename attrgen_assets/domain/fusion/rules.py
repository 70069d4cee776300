"""How the values of a field are compared, and how one of them is chosen."""

from collections.abc import Mapping
from typing import Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["number", "time", "text", "list"]
Strategy = Literal["vote", "priority", "median", "union"]

TIME: Final = r"^\s*\d{1,2}:[0-5]\d(?::[0-5]\d)?\s*(?:[ap]\.?\s*m?\.?)?\s*$"
NUMBER: Final = r"^\s*[-+]?[$₹€£]?\s*\d[\d,]*(?:\.\d+)?\s*[a-zA-Z\"']{0,12}\.?\s*$"
MOSTLY: Final = 0.5
"""The share of a field's values that have to look like times before it is taken for one; numbers need nearly all."""


class FieldRule(BaseModel):
    """A field: its kind, and the strategy that chooses.

    tolerance: numbers within this share of one another are equal (0.05 is 5 %). unit: what numbers are converted to.
    source_priority: most trusted first (OEM sources for a technical specification); used by the strategy `priority`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "text"
    tolerance: float = Field(default=0.05, ge=0, lt=1)
    strategy: Strategy = "vote"
    source_priority: tuple[str, ...] = ()
    unit: str | None = None


def infer_rules(claims: pl.DataFrame) -> dict[str, FieldRule]:
    """A rule for each attribute, from what its values look like.

    Whole numbers of a thousand and more are counts, which are exact: 1 %, not the 5 % of measured sizes.

    >>> infer_rules(pl.DataFrame({"attribute": ["a", "b"], "value": ["7:10 p.m.", "2.5 kg"]}))["a"].kind
    'time'
    """
    value = pl.col("value").drop_nulls()
    plain = value.str.replace_all(",", "").cast(pl.Float64, strict=False)
    looks = (
        claims.group_by("attribute")
        .agg(
            time=value.str.contains(TIME).mean(),
            number=value.str.contains(NUMBER).mean(),
            listed=value.str.contains(r"^\s*\[.*\]\s*$").mean(),
            whole=(value.str.contains(r"^\s*\d[\d,]*\s*$")).mean(),
            middle=plain.median(),
        )
        .sort("attribute")
    )
    return {str(row["attribute"]): _rule(row) for row in looks.iter_rows(named=True)}


def _rule(looks: Mapping[str, float | None]) -> FieldRule:
    if (looks["listed"] or 0) >= MOSTLY:
        return FieldRule(kind="list", strategy="union")
    if (looks["time"] or 0) >= MOSTLY:
        return FieldRule(kind="time")
    if (looks["number"] or 0) >= 0.9:
        count = (looks["whole"] or 0) >= 0.9 and (looks["middle"] or 0) >= 1000
        return FieldRule(kind="number", tolerance=0.01 if count else 0.05)
    return FieldRule()
