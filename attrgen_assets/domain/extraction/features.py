"""What a model sees of a token, written out as features.

Features come in blocks. A block is one thing known of a token - its text, a neighbour's text, its place in the text -
and whatever follows from it; so its features' weights are summed once per distinct block and category, and cached.
All attributes share all blocks.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from attrgen_assets.domain.extraction.word_classes import WordClasses

Block = tuple[str, Any]
"""The block's name, and what is known: a text, or a tuple of texts, numbers and flags. `inputs` says what they mean."""

EDGE: Final = "\0"  # stands for what lies before the first and after the last token

_UNITS: Final = {
    "weight": "oz ounce ounces lb lbs pound pounds g gr gram grams kg mg mcg milligram milligrams gm gms iu",
    "volume": "fl ml l liter litre liters gallon gallons gal quart quarts qt pint cc cu",
    "length": 'mm cm m inch inches in ft feet foot meter meters yard yards yd " ” d w h',
    "count": "count ct pack pk pcs pc piece pieces set pair pairs box bx carton case each per dz dozen sheets bags"
    " loads pads rolls pouches packs boxes packets capsules tablets gummies softgels",
    "data": "gb mb tb kb gbps mbps gigabyte megabyte",
    "rate": "ghz mhz rpm k hz w watt v volt volts amp spf ply",
}
_UNIT_OF: Final = {word: kind for kind, words in _UNITS.items() for word in words.split()}
_RUNS: Final = re.compile(r"(.)\1+")
_DIGITS: Final = re.compile(r"\d")
_LOWER: Final = re.compile(r"[a-z]")
_UPPER: Final = re.compile(r"[A-Z]")


def shape(text: str) -> str:
    """Upper case as A, lower case as a, digits as 9.

    >>> shape("YA24a-3")
    'AA99a-9'
    """
    return _UPPER.sub("A", _LOWER.sub("a", _DIGITS.sub("9", text)))


@lru_cache(maxsize=100_000)
def token_features(token: str) -> tuple[str, ...]:
    """Features of a token by itself: spelling, case, shape, affixes, number, unit."""
    if token == EDGE:
        return ("edge",)
    token = token[:40]  # nothing is learned from the tail of a string without spaces
    lower, full = token.lower(), shape(token)
    features = [f"w={lower}", f"s={full[:8]}", f"ss={_RUNS.sub(chr(92) + '1', full)[:8]}"]
    if token != lower:
        features.append(f"W={token}")
    if len(lower) > 3:
        features += [f"p3={lower[:3]}", f"x2={lower[-2:]}", f"x3={lower[-3:]}"]
        if len(lower) > 5:
            features += [f"p4={lower[:4]}", f"x4={lower[-4:]}"]
    if lower in _UNIT_OF:
        features.append(f"u={_UNIT_OF[lower]}")
    if token[0].isdigit():
        features.append(f"n={_size_of(token)}")
    elif not token[0].isalnum():
        features.append("punct")
    return tuple(features)


def _size_of(number: str) -> str:
    digits = sum(character.isdigit() for character in number)
    return f"{digits if digits < 8 else 8 if digits < 11 else 12}{'.' if '.' in number else ''}"


@lru_cache(maxsize=200_000)
def near_features(token: str) -> tuple[str, ...]:
    """Features of a neighbouring token: fewer than of the token itself."""
    if token == EDGE:
        return ("edge",)
    token = token[:40]
    lower, full = token.lower(), shape(token)
    features = [f"w={lower}", f"ss={_RUNS.sub(chr(92) + '1', full)[:8]}"]
    if lower in _UNIT_OF:
        features.append(f"u={_UNIT_OF[lower]}")
    return tuple(features)


@lru_cache(maxsize=100_000)
def word_features(word: str) -> tuple[str, ...]:
    """Features of the unbroken word around a token."""
    word = word[:40]
    lower, full = word.lower(), shape(word)
    kind = "mixed" if any(c.isdigit() for c in word) and any(c.isalpha() for c in word) else "plain"
    return (f"w={lower}", f"ss={_RUNS.sub(chr(92) + '1', full)[:10]}", f"k={kind}{min(len(word), 12)}")


def block_features(block: Block, category: str, classes: WordClasses) -> list[str]:
    """The features of one block; those of a token and its neighbours hold the classes of their words.

    >>> from attrgen_assets.domain.extraction.word_classes import NO_CLASSES
    >>> block_features(("-1", "Pack"), "Tea", NO_CLASSES)
    ['-1:w=pack', '-1:ss=Aa', '-1:u=count']
    >>> block_features(("pair", ("pack", "of")), "Tea", NO_CLASSES)
    ['pair=pack|of']
    """
    name, known = block
    if name in _PLACES:
        return _PLACES[name](known, category)
    if name == "0":
        found = [f"0:{feature}" for feature in token_features(known)]
        alike = [f"0:{feature}" for feature in classes.features(known.lower())]
        return [*found, *alike, f"0:c={category}:{known[:40].lower()}"]
    if name.startswith("w"):
        return [f"{name}:{feature}" for feature in word_features(known)]
    return [f"{name}:{feature}" for feature in (*near_features(known), *classes.neighbour_features(known.lower()))]


def _at(known: tuple[int, int, str], category: str) -> list[str]:
    front, back, field = known
    return ["bias", f"f={field}", f"a={front}:{field}", f"z={back}:{field}"]


def _part(known: tuple[int, int, int, bool], category: str) -> list[str]:
    front, back, place, inside = known
    return [f"part={front}:{place}", f"back={back}:{place}", f"in={inside}"]


def _spaced(known: tuple[bool, bool], category: str) -> list[str]:
    return [f"sp={known[0]}:{known[1]}"]


def _pair(known: tuple[str, str], category: str) -> list[str]:
    return [f"pair={known[0]}|{known[1]}"[:60]]


def _next_pair(known: tuple[str, str], category: str) -> list[str]:
    return [f"pair+={known[0]}|{known[1]}"[:60]]


def _again(known: tuple[int, bool | None, bool, bool, str], category: str) -> list[str]:
    times, other, before, after, field = known
    found = [f"times={times}"]
    if other is not None:
        found += [f"other={other}", f"others={before}:{after}", f"others={before}:{after}:{field}"]
    return found


def _key(known: tuple[str, int], category: str) -> list[str]:
    return [f"key={known[0]}", f"key={known[0]}:{known[1]}"]


def _size(known: tuple[str, ...], category: str) -> list[str]:
    *features, field = known
    return [text for feature in features for text in (feature, f"{feature}:{category}", f"{feature}:{field}")]


_PLACES: Final[dict[str, Callable[[Any, str], list[str]]]] = {
    "at": _at,
    "part": _part,
    "spaced": _spaced,
    "pair": _pair,
    "pair+": _next_pair,
    "again": _again,
    "key": _key,
    "size": _size,
}
