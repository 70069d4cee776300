"""The same letters and digits, in any case and with anything between them."""

from collections.abc import Iterable

from attrgen_assets.domain.extraction.distant.statements import Found, Statement
from attrgen_assets.domain.extraction.spans import Span
from attrgen_assets.domain.extraction.tokens import Tokens


def spelled_alike(tokens: Tokens, value: str) -> list[Span]:
    """Whole tokens with the letters and digits of the value.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> tokens = tokenise("Part 539843-001 by Ocean Spray")
    >>> [tokens.value(span.first, span.last) for span in spelled_alike(tokens, "539843001")]
    ['539843-001']
    >>> [tokens.value(span.first, span.last) for span in spelled_alike(tokens, "OCEAN SPRAY")]
    ['Ocean Spray']
    """
    wanted = _plain(value)
    if not wanted:
        return []
    plain = [_plain(token) for token in tokens.tokens]
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    length = 0
    for at, text in enumerate(plain):
        if text:
            starts[length] = at
            length += len(text)
            ends[length] = at
    joined = "".join(plain)
    spans, position = [], joined.find(wanted)
    while position >= 0:
        first, last = starts.get(position), ends.get(position + len(wanted))
        if first is not None and last is not None:
            spans.append(Span(first, last))
        position = joined.find(wanted, position + 1)
    return spans


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def find_spelled_alike(statements: Iterable[Statement]) -> list[Found]:
    """For each statement the spans that are spelled like its value."""
    return [
        {name: spelled_alike(tokens, statement.value) for name, tokens in statement.texts.items()}
        for statement in statements
    ]
