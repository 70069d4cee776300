"""Which claims say the same: every claim gets the key of its value, by the kind of its field."""

import json
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from rapidfuzz import fuzz

from attrgen_assets.domain.fusion.rules import FieldRule
from attrgen_assets.domain.units import conversion_factor, parse_quantity

MISSING: Final = r"(?i)^\W*(?:n/?a|none|null|nan|unknown|not (?:available|known|applicable|specified)|tb[ad]|-*)\W*$"
"""What sources write where they have no value: kept on record, and no vote against those who have one."""

_TIME: Final = r"(\d{1,2}):([0-5]\d)(?::[0-5]\d)?\s*([aApP])?"


def value_keys(values: pl.DataFrame, rules: Mapping[str, FieldRule]) -> pl.DataFrame:
    """Distinct (attribute, value) with `key` (text; null: no value) and `number` (of fields of numbers).

    >>> frame = pl.DataFrame({"attribute": ["t", "t"], "value": ["19:33", "7:33 p.m."]})
    >>> value_keys(frame, {"t": FieldRule(kind="time")})["key"].to_list()
    ['1173', '1173']
    """
    alike: dict[tuple[str, str | None], list[str]] = {}  # what is read in one way is read at once
    for name in values["attribute"].unique().sort():
        alike.setdefault((rules[name].kind, rules[name].unit), []).append(name)
    return pl.concat(
        _keys_of(values.filter(pl.col("attribute").is_in(names)), rules[names[0]]) for names in alike.values()
    )


def _keys_of(values: pl.DataFrame, rule: FieldRule) -> pl.DataFrame:
    text = pl.col("value")
    key, number = _text_key(text), pl.lit(None, dtype=pl.Float64)
    if rule.kind == "time":
        key = _time_key(text)
    elif rule.kind == "number":
        # Plain numbers in bulk; only what carries a unit or separators is parsed one by one.
        quick = text.str.strip_chars().cast(pl.Float64, strict=False)
        slow = text.map_elements(lambda one: _number(one, rule.unit), return_dtype=pl.Float64)
        number = pl.when(quick.is_finite()).then(quick).otherwise(pl.when(quick.is_null()).then(slow))
        key = number.cast(pl.String)
    elif rule.kind == "list":
        key = text.map_elements(_list_key, return_dtype=pl.String)
    missing = text.str.contains(MISSING).fill_null(value=True)
    return values.with_columns(number=number).with_columns(key=pl.when(~missing).then(key))


def _text_key(text: pl.Expr) -> pl.Expr:
    folded = text.str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars()
    return pl.when(folded.str.len_chars() > 0).then(folded).otherwise(text)


def _time_key(text: pl.Expr) -> pl.Expr:
    """Minutes after midnight; dates and remarks around a time of day do not distinguish it."""
    found = text.str.extract_groups(_TIME)
    hour, minute = (found.struct.field(part).cast(pl.Int64) for part in ("1", "2"))
    half = found.struct.field("3").str.to_lowercase()
    hour = pl.when(half.is_null()).then(hour).otherwise(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    return (hour * 60 + minute).cast(pl.String)


def _number(text: str, unit: str | None) -> float | None:
    found = parse_quantity(text)
    if found is None:
        return None
    if unit is None or found.unit is None or found.unit == unit:
        return found.value
    factor = conversion_factor(found.unit, unit)
    return None if factor is None else found.value * factor


def list_items(text: str) -> list[str]:
    """The entries of a list written as JSON, or with ; or | between them.

    >>> list_items('["a", "b"]'), list_items("a; b")
    (['a', 'b'], ['a', 'b'])
    """
    try:
        read = json.loads(text)
    except ValueError:
        return [one.strip() for one in text.replace("|", ";").split(";") if one.strip()]
    return (
        [one if isinstance(one, str) else json.dumps(one, sort_keys=True) for one in read]
        if isinstance(read, list)
        else [text]
    )


def _list_key(text: str) -> str:
    return json.dumps(sorted({one.casefold().strip() for one in list_items(text)}), ensure_ascii=False)


def alike_clusters(groups: pl.DataFrame, rule: FieldRule) -> npt.NDArray[np.int64]:
    """The index of each value's leader, by likeness: the best supported value of an item leads those like itself.

    groups: item, key, support; of one attribute. rule: with a similarity; of lists it is the share of common entries.
    """
    leader = np.arange(groups.height)
    threshold = rule.similarity or 1.0
    for places in groups.with_row_index("at").group_by("item").agg("at", "key", "support").iter_rows():
        _, at, keys, support = places
        left = sorted(range(len(at)), key=lambda one: (-support[one], keys[one]))
        while left:
            head = left[0]
            near = [one for one in left if _alike(keys[one], keys[head], rule.kind) >= threshold]
            leader[[at[one] for one in near]] = at[head]
            left = [one for one in left if one not in near]
    return leader


def _alike(one: str, other: str, kind: str) -> float:
    """How like two keys are, 0-1."""
    if one == other:
        return 1.0
    if kind == "list":
        mine, theirs = (set(json.loads(key)) for key in (one, other))
        return len(mine & theirs) / len(mine | theirs) if mine | theirs else 1.0
    return fuzz.token_sort_ratio(one, other) / 100


def number_clusters(
    item: npt.NDArray[np.int64], number: npt.NDArray[np.float64], tolerance: npt.NDArray[np.float64],
    support: npt.NDArray[np.int64],
) -> npt.NDArray[np.int64]:  # fmt: skip
    """Cluster numbers (distinct per item) that are equal within a tolerance; returns the index of each one's leader.

    The number with most support leads and takes those within tolerance of itself, then the next: 100, 104, 108 is
    never one cluster at 5 %, as it would be if equality were carried on from neighbour to neighbour.
    """
    order = np.lexsort((number, item))
    leader = np.arange(len(item))
    ordered = number[order]
    close = (np.diff(ordered) <= tolerance[order][1:] * np.maximum(np.abs(ordered[1:]), np.abs(ordered[:-1]))) & (
        np.diff(item[order]) == 0
    )
    chains = np.split(order, np.flatnonzero(~close) + 1) if close.any() else []
    for chain in (one for one in chains if len(one) > 1):
        left = sorted(chain.tolist(), key=lambda at: (-int(support[at]), float(number[at])))
        while left:
            head = left[0]
            near = [
                at
                for at in left
                if abs(number[at] - number[head]) <= tolerance[at] * max(abs(number[at]), abs(number[head]))
            ]
            leader[near] = head
            left = [at for at in left if at not in set(near)]
    return leader
