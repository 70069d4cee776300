"""What is known of every token of a text, before it is written out as features."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from attrgen_assets.domain.extraction.dimensions import dimension_features
from attrgen_assets.domain.extraction.features import EDGE, Block, block_features
from attrgen_assets.domain.extraction.gazetteers import Gazetteer
from attrgen_assets.domain.extraction.tokens import Tokens
from attrgen_assets.domain.extraction.word_classes import WordClasses

_KEY_TOKENS: Final = 6  # so far a name with a colon speaks for what follows
_FRONT: Final = (0, 1, 2, 3, 4, 5, 5, 5)  # distances from the front that are told apart; 8 for more
_BACK: Final = (0, 1, 2, 3, 4, 4, 4, 4)


@dataclass(frozen=True, slots=True)
class TextInputs:
    """What is known of every token of a text: blocks as columns, and the features that the gazetteer gives each token.

    `blocks[name][i]` is what that block knows of token i, None for nothing. The blocks: "0" its text, "-2" to "+2" the
    texts of its neighbours, "w-2" to "w+2" the words around it, "at" its distance from both ends of which text, "part"
    its place among the parts of the text, "spaced" white space on either side, "pair" and "pair+" it with a neighbour,
    "again" where its text stands once more, "key" the name with a colon that it follows, "size" its place in a size.
    """

    blocks: Mapping[str, Sequence[Any]]
    features: Sequence[Sequence[str]]

    def __len__(self) -> int:
        return len(self.features)


@dataclass(frozen=True, slots=True)
class OtherTexts:
    """Lower-case tokens of a product's other texts, and those that follow one another there."""

    tokens: frozenset[str]
    pairs: frozenset[tuple[str, str]]


def other_texts(texts: Sequence[Tokens]) -> OtherTexts:
    """Collect them."""
    return OtherTexts(
        frozenset(token for tokens in texts for token in tokens.lower),
        frozenset(pair for tokens in texts for pair in pairwise(tokens.lower)),
    )


def sequence_inputs(
    tokens: Tokens,
    *,
    category: str,
    field: str,
    others: OtherTexts | None,
    gazetteer: Gazetteer,
    without: str | None = None,
) -> TextInputs:
    """What is known of every token of a text.

    `others` are the product's other texts, if there are any; `without` names the group of rows whose own answers the
    gazetteer leaves out.
    """
    lower = tokens.lower
    found = gazetteer.lookup(lower, category, without=without)
    blocks = {
        **_texts(tokens, lower),
        **_places(tokens, field),
        "again": _again(lower, field, others),
        "key": _keys(lower),
        "size": _sizes(tokens, field),
    }
    return TextInputs(blocks, _with_neighbours(found))


def _with_neighbours(found: Sequence[Sequence[str]]) -> list[list[str]]:
    """Each token's features, and those of the tokens before and after it, marked as such."""
    if not any(found):
        return [[] for _ in found]
    before = [[], *([f"-1{feature}" for feature in features] for features in found)]
    after = [*([f"+1{feature}" for feature in features] for features in found[1:]), []]
    return [[*mine, *left, *right] for mine, left, right in zip(found, before, after, strict=False)]


def _texts(tokens: Tokens, lower: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Each token with its neighbours, and the words around it."""
    count = len(lower)
    near = [EDGE, EDGE, *tokens.tokens, EDGE, EDGE]
    words = [EDGE, EDGE, *_word_list(tokens), EDGE, EDGE]
    around = {name: near[shift : shift + count] for shift, name in enumerate(("-2", "-1", "0", "+1", "+2"))}
    numbers = tokens.word_numbers
    for shift, name in enumerate(("w-2", "w-1", "w0", "w+1", "w+2")):
        shifted = words[shift:]
        around[name] = [shifted[number] for number in numbers]
    pairs = list(pairwise([EDGE, *lower, EDGE]))
    return {**around, "pair": pairs[:-1], "pair+": pairs[1:]}


def _places(tokens: Tokens, field: str) -> dict[str, Sequence[Any]]:
    """Where each token stands."""
    count = len(tokens)
    return {
        "at": [(_near(at, _FRONT), _near(count - 1 - at, _BACK), field) for at in range(count)],
        "part": [
            (min(part, 5), min(back, 4), min(place, 3), inside)
            for part, back, place, inside in _segments(tokens.tokens)
        ],
        "spaced": list(pairwise((*tokens.spaced, True))),
    }


def _near(distance: int, known: Sequence[int]) -> int:
    return known[distance] if distance < len(known) else 8


def _again(lower: Sequence[str], field: str, others: OtherTexts | None) -> list[tuple[Any, ...]]:
    """How often each token stands in its text; whether other texts hold it, also after and before the same token."""
    times = Counter(lower)
    if others is None:
        return [(min(times[token], 3), None, False, False, field) for token in lower]
    edged = [EDGE, *lower, EDGE]
    follows = [pair in others.pairs for pair in pairwise(edged)]
    return [
        (min(times[token], 3), token in others.tokens, follows[at], follows[at + 1], field)
        for at, token in enumerate(lower)
    ]


def _keys(lower: Sequence[str]) -> list[tuple[str, int] | None]:
    """For tokens that follow a name with a colon ("COLOR: Black") the name, and how closely."""
    result: list[tuple[str, int] | None] = [None] * len(lower)
    if ":" not in lower:
        return result
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


def _sizes(tokens: Tokens, field: str) -> list[tuple[str, ...] | None]:
    """Features of tokens that stand in the numbers of sizes."""
    found: list[list[str]] = [[] for _ in tokens.tokens]
    at = 0
    for start, end, feature in dimension_features(tokens.text[: tokens.ends[-1]] if len(tokens) else ""):
        while at and tokens.starts[at] >= start:
            at -= 1
        while at < len(tokens) and tokens.ends[at] <= start:
            at += 1
        for number in range(at, len(tokens)):
            if tokens.starts[number] >= end:
                break
            found[number].append(feature)
    return [(*features, field) if features else None for features in found]


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


def written_out(inputs: TextInputs, at: int, category: str, classes: WordClasses) -> list[str]:
    """All features of a token as strings, as the trainer wants them."""
    blocks = ((name, known[at]) for name, known in inputs.blocks.items())
    return [
        *inputs.features[at],
        *(feature for block in blocks if block[1] is not None for feature in _cached_block(block, category, classes)),
    ]


@lru_cache(maxsize=200_000)
def _cached_block(block: Block, category: str, classes: WordClasses) -> tuple[str, ...]:
    return tuple(block_features(block, category, classes))
