"""Sizes written as W x D x H: one parser reads the whole pattern, so that each number knows its place in it."""

import re
from typing import Final

_NUMBER: Final = r"(?:\d+[ -]\d+/\d+|\d+/\d+|\d*\.\d+|\d+)"
_UNIT: Final = r"(?:\s?-?\s?(?:inches|inch|in|feet|ft|cm|mm|yds?|yards?)\b\.?|\s?[\"”″']{1,2})?"
_AXIS: Final = (
    r"(?:\s?-?\s?(?P<axis>wide|width|w|deep|depth|d|high|height|tall|h|long|length|lg|l|diameter|dia)(?![a-z/]))?"
)
_PART: Final = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT}){_AXIS}", re.IGNORECASE)
_BY: Final = re.compile(r"\s?(?:x|×|by)\s?", re.IGNORECASE)
_INCHES: Final = (("f", 12.0), ("''", 1.0), ("'", 12.0), ("cm", 1 / 2.54), ("mm", 1 / 25.4), ("y", 36.0))
_AXES: Final = {"wide": "w", "width": "w", "deep": "d", "depth": "d", "high": "h", "height": "h", "tall": "h",
                "long": "l", "length": "l", "lg": "l", "diameter": "dia"}  # fmt: skip


def dimension_features(text: str) -> list[tuple[int, int, str]]:
    """Character range of each number that belongs to a size, and what is known of it: place, count, axis, rank by size.

    >>> dimension_features("Shelf 24w x 18")
    [(6, 8, 'dim=1/2'), (6, 8, 'big=1/2:1'), (6, 8, 'axis=w'), (12, 14, 'dim=2/2'), (12, 14, 'big=2/2:2')]
    """
    features = []
    for chain in _chains(text):
        lengths = [_length(part) for part in chain]
        for place, (part, length) in enumerate(zip(chain, lengths, strict=True), start=1):
            start, end = part.span("number")
            if len(chain) > 1:
                where = f"{place}/{min(len(chain), 4)}"
                rank = 1 + sum(other > length for other in lengths)
                features += [(start, end, f"dim={where}"), (start, end, f"big={where}:{min(rank, 4)}")]
            axis = part["axis"]
            if axis:
                axis = axis.lower()
                features.append((start, end, f"axis={_AXES.get(axis, axis)}"))
    return features


def _chains(text: str) -> list[list[re.Match[str]]]:
    """Numbers joined by "x"; a number by itself counts when an axis stands behind it.

    Further numbers of a size may follow without an "x", where they look like one: 47 1/4w x 18d 29 7/8h.
    """
    chains: list[list[re.Match[str]]] = []
    current: list[re.Match[str]] = []
    for part in _PART.finditer(text):
        between = text[current[-1].end() : part.start()] if current else ""
        joined = current and _BY.fullmatch(between)
        loosely = current and between == " " and (len(current) > 1 or current[0]["axis"]) and _sized(part)
        if not joined and not loosely:
            chains.append(current)
            current = []
        current.append(part)
    chains.append(current)
    return [chain for chain in chains if len(chain) > 1 or (chain and chain[0]["axis"])]


def _sized(part: re.Match[str]) -> bool:
    """Whether a number looks like a length: with a unit, an axis or a fraction."""
    return bool(part["unit"] or part["axis"] or "/" in part["number"])


def _length(part: re.Match[str]) -> float:
    """How long, in inches; a number without a unit is taken for inches."""
    whole, _, fraction = part["number"].replace("-", " ").rpartition(" ")
    top, _, bottom = fraction.partition("/")
    number = float(whole or 0) + float(top) / (float(bottom or 1) or 1)
    unit = part["unit"].strip(" -.").lower()
    return number * next((inches for start, inches in _INCHES if unit.startswith(start)), 1.0)
