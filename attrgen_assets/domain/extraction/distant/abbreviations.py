"""Words beside numbers, shortened: 36 Gigabytes is written "36GB", Generation 6 is written "G6"."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from attrgen_assets.domain.extraction.distant.statements import Found, Statement, token_span
from attrgen_assets.domain.extraction.spans import Span
from attrgen_assets.domain.extraction.tokens import Tokens

_PIECE: Final = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_SHARE: Final = 0.05  # of a word's numbers, for a short form to count


def is_abbreviation(short: str, word: str) -> bool:
    """Whether the letters of `short` come in this order in `word`, the first one first.

    >>> is_abbreviation("gb", "gigabytes"), is_abbreviation("mb", "gigabytes"), is_abbreviation("hp", "hewlettpackard")
    (True, False, True)
    """
    if not short or short[0] != word[:1] or len(short) >= len(word):
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def learn_abbreviations(statements: Sequence[Statement]) -> dict[str, tuple[str, ...]]:
    """For each word of values that stands beside a number: its short forms beside the same number in the texts."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for statement in statements:
        pieces = _PIECE.findall(statement.value.lower())
        for one, two in pairwise(pieces):
            if one[0].isdigit() != two[0].isdigit():
                number, word = (one, two) if one[0].isdigit() else (two, one)
                shorts = {
                    short
                    for tokens in statement.texts.values()
                    for short in _beside(tokens, number, after=one == number)
                    if is_abbreviation(short, word)
                }
                votes[word].update(shorts)
    return {
        word: tuple(sorted(short for short, count in found.items() if count >= max(2, _SHARE * found.total())))
        for word, found in sorted(votes.items())
    }


def _beside(tokens: Tokens, number: str, *, after: bool) -> set[str]:
    short = r"[\s-]*([^\W\d_]+)" if after else r"(?<![^\W\d_])([^\W\d_]+)[\s-]*"
    exact = rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)"
    pattern = exact + short if after else short + exact
    return {match[1].lower() for match in re.finditer(pattern, tokens.text)}


def find_abbreviated(statements: Sequence[Statement]) -> list[Found]:
    """For each statement the spans that are its value with words shortened; nothing for values without numbers.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> rows = [Statement(at, f"{at} Gigabytes", {"t": tokenise(f"Disk {at}-GB SAS")}) for at in (36, 73)]
    >>> find_abbreviated(rows)[0]
    {'t': [Span(first=1, last=3)]}
    """
    shorts = learn_abbreviations(statements)
    return [
        {name: _spans(tokens, statement.value, shorts) for name, tokens in statement.texts.items()}
        for statement in statements
    ]


def _spans(tokens: Tokens, value: str, shorts: Mapping[str, tuple[str, ...]]) -> list[Span]:
    pieces = _PIECE.findall(value.lower())
    if not any(piece[0].isdigit() for piece in pieces) or not any(piece[0].isalpha() for piece in pieces):
        return []
    written = ["|".join(map(re.escape, [piece, *shorts.get(piece, ())])) for piece in pieces]
    pattern = r"(?<![^\W_])" + r"[\s/-]*".join(f"(?:{forms})" for forms in written) + r"(?![^\W_])"
    found = (token_span(tokens, *match.span()) for match in re.finditer(pattern, tokens.text, re.IGNORECASE))
    return [span for span in found if span is not None]
