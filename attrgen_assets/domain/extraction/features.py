"""What a model sees of a token.

Features come in two kinds. Block features depend on one string only - the token, a neighbour, the word around it - so
their weights are summed once per distinct string and category and then cached. Place features depend on where the
token stands, and are few. All attributes share both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from attrgen_assets.domain.extraction.dimensions import dimension_features
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.tokens import Tokens

Block = tuple[str, str]
"""Which string of the surroundings (`BLOCKS`), and the string."""

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


@dataclass(frozen=True, slots=True)
class TokenInputs:
    """All features of one token, before they are written out: blocks, and place features."""

    blocks: tuple[Block, ...]
    places: tuple[str, ...]


def block_features(block: Block, category: str) -> list[str]:
    """The features of one block.

    >>> block_features(("-1", "Pack"), "Tea")
    ['-1:w=pack', '-1:ss=Aa', '-1:u=count']
    """
    name, text = block
    if name == "0":
        found = [f"0:{feature}" for feature in token_features(text)]
        return [*found, f"0:c={category}:{text[:40].lower()}"]
    if name.startswith("w"):
        return [f"{name}:{feature}" for feature in word_features(text)]
    return [f"{name}:{feature}" for feature in near_features(text)]


def sequence_inputs(
    tokens: Tokens,
    *,
    category: str,
    field: str,
    others: frozenset[str],
    gazetteer: Gazetteer,
    without: str | None = None,
) -> list[TokenInputs]:
    """Blocks and place features of every token of a text.

    `others` are the lower-case tokens of the product's other texts; `without` names the group of rows whose own answers
    the gazetteer leaves out.
    """
    lower = [token.lower() for token in tokens.tokens]
    found = gazetteer.lookup(lower, category, without=without)
    segments = _segments(tokens.tokens)
    words = _word_list(tokens)
    sizes = _sizes(tokens)
    result = []
    for at in range(len(tokens)):
        places = _places(tokens, lower, at, segments[at], field)
        places += found[at]
        places += sizes.get(at, ())
        places += [f"-1{feature}" for feature in found[at - 1]] if at else []
        places += [f"+1{feature}" for feature in found[at + 1]] if at + 1 < len(tokens) else []
        if others:
            places.append(f"other={lower[at] in others}")
        result.append(TokenInputs(_blocks(tokens, at, words), tuple(places)))
    return result


def _sizes(tokens: Tokens) -> dict[int, list[str]]:
    """Features of tokens that stand in the numbers of sizes."""
    result: dict[int, list[str]] = {}
    at = 0
    for start, end, feature in dimension_features(tokens.text[: tokens.ends[-1]] if len(tokens) else ""):
        while at and tokens.starts[at] >= start:
            at -= 1
        while at < len(tokens) and tokens.ends[at] <= start:
            at += 1
        for number in range(at, len(tokens)):
            if tokens.starts[number] >= end:
                break
            result.setdefault(number, []).append(feature)
    return result


def _word_list(tokens: Tokens) -> list[str]:
    words: list[str] = []
    for word, number in zip(tokens.words, tokens.word_numbers, strict=True):
        if number == len(words):
            words.append(word)
    return words


def _blocks(tokens: Tokens, at: int, words: Sequence[str]) -> tuple[Block, ...]:
    all_tokens, count = tokens.tokens, len(tokens)
    number = tokens.word_numbers[at]
    return (
        ("0", all_tokens[at]),
        ("-1", all_tokens[at - 1] if at else EDGE),
        ("+1", all_tokens[at + 1] if at + 1 < count else EDGE),
        ("-2", all_tokens[at - 2] if at > 1 else EDGE),
        ("+2", all_tokens[at + 2] if at + 2 < count else EDGE),
        ("w0", tokens.words[at]),
        ("w-1", words[number - 1] if number else EDGE),
        ("w+1", words[number + 1] if number + 1 < len(words) else EDGE),
    )


def _segments(tokens: Sequence[str]) -> list[tuple[int, int, int, bool]]:
    """For each token: its part of the text counted from the front and from the back, its place in it, in brackets?

    Parts end at commas, bars and semicolons.
    """
    depth, part, place = 0, 0, 0
    rows: list[tuple[int, int, bool]] = []
    for text in tokens:
        if text in ")]":
            depth = max(0, depth - 1)
        rows.append((part, place, depth > 0))
        place += 1
        if text in "([":
            depth += 1
        elif text in (",", "|", ";") and not depth:
            part, place = part + 1, 0
    return [(number, part - number, place, inside) for number, place, inside in rows]


def _places(
    tokens: Tokens, lower: Sequence[str], at: int, segment: tuple[int, int, int, bool], field: str
) -> list[str]:
    part, back, place, inside = segment
    count = len(lower)
    from_end = count - 1 - at
    before = lower[at - 1] if at else EDGE
    after = lower[at + 1] if at + 1 < count else EDGE
    return [
        "bias",
        f"f={field}",
        f"a={at if at < 5 else 5 if at < 8 else 8}:{field}",
        f"z={from_end if from_end < 4 else 4 if from_end < 8 else 8}:{field}",
        f"part={min(part, 5)}:{min(place, 3)}",
        f"back={min(back, 4)}:{min(place, 3)}",
        f"in={inside}",
        f"sp={tokens.spaced[at]}:{tokens.spaced[at + 1] if at + 1 < count else True}",
        f"b={before}|{lower[at]}"[:60],
        f"n={lower[at]}|{after}"[:60],
    ]


def written_out(inputs: TokenInputs, category: str) -> list[str]:
    """All features of a token as strings, as the trainer wants them."""
    return [*inputs.places, *(feature for block in inputs.blocks for feature in _cached_block(block, category))]


@lru_cache(maxsize=200_000)
def _cached_block(block: Block, category: str) -> tuple[str, ...]:
    return tuple(block_features(block, category))
