"""How the values of a field are compared, and how one of them is chosen."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, Field

from attrgen_assets.domain.units import conversion_factor

Kind = Literal["number", "time", "text", "place", "list"]
Strategy = Literal["vote", "priority", "median", "union"]

TIME: Final = r"^\s*\d{1,2}:[0-5]\d(?::[0-5]\d)?\s*(?:[ap]\.?\s*m?\.?)?\s*$"
NUMBER: Final = r"^\s*[-+]?[$₹€£]?\s*\d[\d,]*(?:\.\d+)?\s*[a-zA-Z\"']{0,12}\.?\s*$"
_UNIT: Final = r"\d\s*([a-zA-Z\"']{1,12})\.?\s*$"
MOSTLY: Final = 0.5
"""The share of a field's values that have to look like times before it is taken for one; numbers need nearly all."""


class FieldRule(BaseModel):
    """A field: its kind, and the strategy that chooses.

    tolerance: numbers within this share of one another are equal (0.05 is 5 %). unit: what numbers are converted to.
    source_priority: most trusted first (OEM sources for a technical specification); used by the strategy `priority`.
    similarity: texts and lists that are at least so alike (0-1) are equal: texts by their words in any order (token
    sort ratio), lists by what they share (Jaccard); None: only where they are the same.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind = "text"
    tolerance: float = Field(default=0.05, ge=0, lt=1)
    strategy: Strategy = "vote"
    source_priority: tuple[str, ...] = ()
    unit: str | None = None
    similarity: float | None = Field(default=None, gt=0, le=1)


def contradictions(rule: FieldRule) -> Mapping[str, str]:
    """What a rule says that cannot be right, by the key that says it.

    >>> contradictions(FieldRule(kind="text", strategy="median"))
    {'strategy': 'the median is of numbers, not of kind text; write kind: number, or another strategy'}
    """
    found = {}
    if rule.unit is not None and conversion_factor(rule.unit, rule.unit or "-") is None:
        found["unit"] = "not a unit that is known; write one such as kg, in, V or USD"
    elif rule.unit is not None and rule.kind != "number":
        found["unit"] = f"units are of numbers, not of kind {rule.kind}; write kind: number, or leave it out"
    if rule.strategy == "median" and rule.kind != "number":
        found["strategy"] = (
            f"the median is of numbers, not of kind {rule.kind}; write kind: number, or another strategy"
        )
    if rule.strategy == "priority" and not rule.source_priority:
        found["strategy"] = "priority needs the sources in their order; write source_priority: [first, second]"
    return found


def unused_keys(rule: FieldRule) -> tuple[str, ...]:
    """Keys that a rule gives although its kind or strategy asks for others.

    >>> unused_keys(FieldRule(kind="text", tolerance=0.1, source_priority=("a",)))
    ('tolerance', 'source_priority')
    """
    used = {
        "tolerance": rule.kind == "number",
        "similarity": rule.kind in ("text", "list"),
        "source_priority": rule.strategy == "priority",
    }
    return tuple(key for key, needed in used.items() if key in rule.model_fields_set and not needed)


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
            unit=value.str.extract(_UNIT).str.to_lowercase().drop_nulls().mode().sort().first(),
        )
        .sort("attribute")
    )
    return {str(row["attribute"]): _rule(row) for row in looks.iter_rows(named=True)}


def _known_unit(word: str | None) -> str | None:
    """The unit in which most values are written: those without one are taken to be in it as well."""
    return word if word is not None and conversion_factor(word, word) is not None else None


def _rule(looks: Mapping[str, Any]) -> FieldRule:
    if (looks["listed"] or 0) >= MOSTLY:
        return FieldRule(kind="list", strategy="union")
    if (looks["time"] or 0) >= MOSTLY:
        return FieldRule(kind="time")
    if (looks["number"] or 0) >= 0.9:
        count = (looks["whole"] or 0) >= 0.9 and (looks["middle"] or 0) >= 1000
        return FieldRule(kind="number", tolerance=0.01 if count else 0.05, unit=_known_unit(looks["unit"]))
    return FieldRule()
