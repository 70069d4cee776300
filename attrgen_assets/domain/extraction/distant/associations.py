"""Words that come with a value: Rings/Bands comes with "wedding band", Gray and Metallic with "stainless"."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import log
from typing import Final

from attrgen_assets.domain.extraction.distant.abbreviations import is_abbreviation
from attrgen_assets.domain.extraction.distant.statements import Found, Looked, Statement
from attrgen_assets.domain.extraction.spans import Span
from attrgen_assets.domain.extraction.tokens import Tokens

Phrase = tuple[str, ...]

LONGEST: Final = 3  # tokens of a phrase
PURE: Final = 0.7  # of the products with a phrase so many state the value
ENOUGH: Final = 2.0  # nats of evidence that a phrase must give
ALIKE: Final = 3.0  # so much more it weighs where phrase and value share a word, or one shortens the other
STEM: Final = 4  # letters that two words of one stem share
_WORD: Final = re.compile(r"[^\W\d_]+")


def find_associated(looked: Sequence[Looked], statements: Sequence[Statement]) -> list[Found]:
    """For each statement the phrases that come with its value, of those learned from all of `looked`."""
    phrases = _learn(looked, statements)
    return [
        {name: _occurrences(tokens, phrases[statement.value]) for name, tokens in statement.texts.items()}
        for statement in statements
    ]


def _learn(looked: Sequence[Looked], statements: Sequence[Statement]) -> dict[str, frozenset[Phrase]]:
    """For each value the phrases that explain its statements, the most telling first, until none tells enough."""
    of_row = {item.row: {phrase for tokens in item.texts.values() for phrase, _ in _phrases(tokens)} for item in looked}
    total: Counter[Phrase] = Counter(phrase for found in of_row.values() for phrase in found)
    open_rows: dict[str, dict[int, set[Phrase]]] = defaultdict(dict)
    for statement in statements:
        own = {phrase for tokens in statement.texts.values() for phrase, _ in _phrases(tokens)}
        open_rows[statement.value][statement.row] = own
    result = {}
    for value, rows in sorted(open_rows.items()):
        stating = [item.row for item in looked if item.answers.accepts(value)]
        stated: Counter[Phrase] = Counter(phrase for row in stating for phrase in of_row[row])
        pure = {phrase: stated[phrase] / total[phrase] for phrase in stated if stated[phrase] >= PURE * total[phrase]}
        result[value] = _explaining(value, rows, pure, len(stating) / len(looked))
    return result


def _explaining(
    value: str, rows: Mapping[int, set[Phrase]], pure: Mapping[Phrase, float], prior: float
) -> frozenset[Phrase]:
    waiting, chosen = dict(rows), set()
    while waiting:
        counted = Counter(phrase for own in waiting.values() for phrase in own if phrase in pure)
        scored = [
            (count * log((count * pure[phrase] + prior) / (count + 1) / prior) * _likeness(phrase, value), phrase)
            for phrase, count in counted.items()
        ]
        score, phrase = max(scored, default=(0.0, ()), key=lambda item: (item[0], len(item[1]), item[1]))
        if score < ENOUGH:
            break
        chosen.add(phrase)
        waiting = {row: own for row, own in waiting.items() if phrase not in own}
    return frozenset(chosen)


def _likeness(phrase: Phrase, value: str) -> float:
    words = [word.lower() for word in _WORD.findall(value)]
    letters = "".join(words)
    for token in phrase:
        if len(token) >= STEM and any(word[:STEM] == token[:STEM] for word in words):
            return ALIKE
    return ALIKE if len("".join(phrase)) > 1 and is_abbreviation("".join(phrase), letters) else 1.0


def _phrases(tokens: Tokens) -> Iterator[tuple[Phrase, Span]]:
    """Every one to three tokens in a row that begin and end with a letter or digit, and hold a letter."""
    lower = tokens.lower
    for first, begin in enumerate(lower):
        if not begin[0].isalnum():
            continue
        for last in range(first, min(first + LONGEST, len(lower))):
            phrase = tuple(lower[first : last + 1])
            if phrase[-1][0].isalnum() and any(token[0].isalpha() for token in phrase):
                yield phrase, Span(first, last)


def _occurrences(tokens: Tokens, phrases: frozenset[Phrase]) -> list[Span]:
    """The longest phrases in a text, not overlapping."""
    taken: list[Span] = []
    found = [span for phrase, span in _phrases(tokens) if phrase in phrases]
    for span in sorted(found, key=lambda span: (-len(span), span.first)):
        if all(span.last < other.first or span.first > other.last for other in taken):
            taken.append(span)
    return sorted(taken, key=lambda span: span.first)
