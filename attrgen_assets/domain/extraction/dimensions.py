"""Sizes written as W x D x H: one parser reads the whole pattern, so that each number knows its place in it."""

import re
from typing import Final

_NUMBER: Final = r"(?:\d+[ -]\d+/\d+|\d+/\d+|\d*\.\d+|\d+)"
_UNIT: Final = r"(?:\s?-?\s?(?:inches|inch|in|feet|ft|cm|mm|yds?|yards?)\b\.?|\s?[\"”″']{1,2})?"
_AXIS: Final = (
    r"(?:\s?-?\s?(?P<axis>wide|width|w|deep|depth|d|high|height|tall|h|long|length|lg|l|diameter|dia)(?![a-z]))?"
)
_PART: Final = re.compile(rf"(?P<number>{_NUMBER})(?P<unit>{_UNIT}){_AXIS}", re.IGNORECASE)
_BY: Final = re.compile(r"\s?(?:x|×|by)\s?", re.IGNORECASE)
_AXES: Final = {"wide": "w", "width": "w", "deep": "d", "depth": "d", "high": "h", "height": "h", "tall": "h",
                "long": "l", "length": "l", "lg": "l", "diameter": "dia"}  # fmt: skip


def dimension_features(text: str) -> list[tuple[int, int, str]]:
    """Character range of each number that belongs to a size, and what is known of it: place, count, axis, unit.

    >>> dimension_features("Shelf 24w x 18")
    [(6, 8, 'dim=1/2'), (6, 8, 'axis=w'), (12, 14, 'dim=2/2')]
    """
    features = []
    for chain in _chains(text):
        for place, part in enumerate(chain, start=1):
            start, end = part.span("number")
            if len(chain) > 1:
                features.append((start, end, f"dim={place}/{min(len(chain), 4)}"))
            axis = part["axis"]
            if axis:
                axis = axis.lower()
                features.append((start, end, f"axis={_AXES.get(axis, axis)}"))
    return features


def _chains(text: str) -> list[list[re.Match[str]]]:
    """Numbers joined by "x"; a number by itself counts when an axis stands behind it."""
    chains: list[list[re.Match[str]]] = []
    current: list[re.Match[str]] = []
    for part in _PART.finditer(text):
        joined = current and _BY.fullmatch(text, current[-1].end(), part.start())
        if not joined:
            chains.append(current)
            current = []
        current.append(part)
    chains.append(current)
    return [chain for chain in chains if len(chain) > 1 or (chain and chain[0]["axis"])]
