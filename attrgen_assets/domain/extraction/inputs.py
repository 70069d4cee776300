"""What is known of every token of a text, before it is written out as features."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from attrgen_assets.domain.extraction.dimensions import dimension_features
from attrgen_assets.domain.extraction.features import EDGE, Block, block_features
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.tokens import Tokens

_KEY_TOKENS: Final = 6  # so far a name with a colon speaks for what follows
_FRONT: Final = (0, 1, 2, 3, 4, 5, 5, 5)  # distances from the front that are told apart; 8 for more
_BACK: Final = (0, 1, 2, 3, 4, 4, 4, 4)


@dataclass(frozen=True, slots=True)
class TokenInputs:
    """What is known of one token: blocks, and features that the gazetteer gives.

    The blocks: "0" its text, "-2" to "+2" the texts of its neighbours, "w-2" to "w+2" the words around it, "at" its
    distance from both ends of which text, "part" its place among the parts of the text, "spaced" white space on either
    side, "pair" and "pair+" it with a neighbour, "again" where its text stands once more, "key" the name with a colon
    that it follows, "size" its place in a size.
    """

    blocks: tuple[Block, ...]
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherTexts:
    """Lower-case tokens of a product's other texts, and those that follow one another there."""

    tokens: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def other_texts(texts: Sequence[Tokens]) -> OtherTexts:
    """Collect them."""
    lower = [[token.lower() for token in tokens.tokens] for tokens in texts]
    return OtherTexts(
        frozenset(token for text in lower for token in text),
        frozenset(pair for text in lower for pair in pairwise(text)),
    )


def sequence_inputs(
    tokens: Tokens,
    *,
    category: str,
    field: str,
    others: OtherTexts | None,
    gazetteer: Gazetteer,
    without: str | None = None,
) -> list[TokenInputs]:
    """What is known of every token of a text.

    `others` are the product's other texts, if there are any; `without` names the group of rows whose own answers the
    gazetteer leaves out.
    """
    lower = [token.lower() for token in tokens.tokens]
    found = gazetteer.lookup(lower, category, without=without)
    padded = ["", *(tuple(features) for features in found), ""]
    texts = _texts(tokens, lower)
    places = _places(tokens, lower, field)
    again = _again(lower, field, others)
    sizes = _sizes(tokens)
    keys = _keys(lower)
    result = []
    for at, known in enumerate(texts):
        blocks = [*known, *places[at], again[at]]
        if at in keys:
            blocks.append(("key", keys[at]))
        if at in sizes:
            blocks.append(("size", (*sizes[at], field)))
        features = (
            *padded[at + 1],
            *(f"-1{feature}" for feature in padded[at]),
            *(f"+1{feature}" for feature in padded[at + 2]),
        )
        result.append(TokenInputs(tuple(blocks), features))
    return result


def _texts(tokens: Tokens, lower: Sequence[str]) -> list[list[Block]]:
    """Each token with its neighbours, and the words around it."""
    near = [EDGE, EDGE, *tokens.tokens, EDGE, EDGE]
    words = [EDGE, EDGE, *_word_list(tokens), EDGE, EDGE]
    edged = [EDGE, *lower, EDGE]
    return [
        [
            ("0", near[at + 2]),
            ("-1", near[at + 1]),
            ("+1", near[at + 3]),
            ("-2", near[at]),
            ("+2", near[at + 4]),
            ("w0", words[number + 2]),
            ("w-1", words[number + 1]),
            ("w+1", words[number + 3]),
            ("w-2", words[number]),
            ("w+2", words[number + 4]),
            ("pair", (edged[at], edged[at + 1])),
            ("pair+", (edged[at + 1], edged[at + 2])),
        ]
        for at, number in enumerate(tokens.word_numbers)
    ]


def _places(tokens: Tokens, lower: Sequence[str], field: str) -> list[tuple[Block, Block, Block]]:
    """Where each token stands."""
    count = len(lower)
    spaced = (*tokens.spaced, True)
    return [
        (
            ("at", (_near(at, _FRONT), _near(count - 1 - at, _BACK), field)),
            ("part", (min(part, 5), min(back, 4), min(place, 3), inside)),
            ("spaced", spaced[at : at + 2]),
        )
        for at, (part, back, place, inside) in enumerate(_segments(tokens.tokens))
    ]


def _near(distance: int, known: Sequence[int]) -> int:
    return known[distance] if distance < len(known) else 8


def _again(lower: Sequence[str], field: str, others: OtherTexts | None) -> list[Block]:
    """How often each token stands in its text; whether other texts hold it, also after and before the same token."""
    times = Counter(lower)
    if others is None:
        return [("again", (min(times[token], 3), None, False, False, field)) for token in lower]
    edged = [EDGE, *lower, EDGE]
    follows = [pair in others.pairs for pair in pairwise(edged)]
    return [
        ("again", (min(times[token], 3), token in others.tokens, follows[at], follows[at + 1], field))
        for at, token in enumerate(lower)
    ]


def _keys(lower: Sequence[str]) -> dict[int, tuple[str, int]]:
    """For tokens that follow a name with a colon ("COLOR: Black") the name, and how closely."""
    result: dict[int, tuple[str, int]] = {}
    key, since = None, 0
    for at, text in enumerate(lower):
        if text == ":" and at and lower[at - 1][0].isalpha():
            key, since = lower[at - 1][:20], 0
            continue
        if text in (".", ";", "|"):
            key = None
        if key is not None and since < _KEY_TOKENS:
            result[at] = (key, min(since, 3))
            since += 1
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


def written_out(inputs: TokenInputs, category: str) -> list[str]:
    """All features of a token as strings, as the trainer wants them."""
    return [*inputs.features, *(feature for block in inputs.blocks for feature in _cached_block(block, category))]


@lru_cache(maxsize=200_000)
def _cached_block(block: Block, category: str) -> tuple[str, ...]:
    return tuple(block_features(block, category))
