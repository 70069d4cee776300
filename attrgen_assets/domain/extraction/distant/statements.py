"""What a product states, and the texts in which it may stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from attrgen_assets.domain.extraction.examples import Answers
from attrgen_assets.domain.extraction.spans import Span
from attrgen_assets.domain.extraction.tokens import Tokens

Found = Mapping[str, Sequence[Span]]
"""Spans by field."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One normalised value of the product with number `row`, and the texts that may state it, by field."""

    row: int
    value: str
    texts: Mapping[str, Tokens]


@dataclass(frozen=True, slots=True)
class Looked:
    """A product in which somebody looked for the attribute: its number, all its texts, and the answers."""

    row: int
    texts: Mapping[str, Tokens]
    answers: Answers

    def statements(self) -> list[Statement]:
        """One for each acceptable value."""
        return [
            Statement(self.row, answer.value, {name: self.texts[name] for name in answer.fields or self.texts})
            for answer in self.answers.values
        ]


def token_span(tokens: Tokens, start: int, end: int) -> Span | None:
    """The tokens that fill the characters from `start` to `end` exactly; None where a token is cut.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> token_span(tokenise("a 12 cm shelf"), 2, 7), token_span(tokenise("a 12 cm shelf"), 2, 6)
    (Span(first=1, last=2), None)
    """
    try:
        return Span(tokens.starts.index(start), tokens.ends.index(end))
    except ValueError:
        return None
