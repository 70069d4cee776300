"""Text to tokens that keep their character offsets."""

import re
from dataclasses import dataclass
from typing import Final

MAX_TOKENS: Final = 2_000
"""Tokens read of one text: a title has 20, a long description 500; whatever comes later is not a product's value."""

# Values start and end inside words: "Letters" states the pattern Letter, "COLOR: BlackUPC: 01" the color Black,
# "12.5g" the weight's number. So words are cut where case or kind changes, and before -s, -ed and -ing.
_TOKEN: Final = re.compile(
    r"[A-Z]?[a-z]{2,}?(?=(?:ing|ed|s)(?![a-z]))"
    r"|(?<=[a-z])(?:ing|ed|s)(?![a-z])"
    r"|[A-Z]?[a-z]+"
    r"|[A-Z]{2,40}?(?=S(?![A-Za-z]))"
    r"|[A-Z]+(?![a-z])"
    r"|[A-Z]+?(?=[A-Z][a-z])"
    r"|[^\W\d_]"
    r"|\d+(?:[.,]\d+)*"
    r"|[^\w\s]|_"
)
_WORD: Final = re.compile(r"[^\W_]+")
_CHUNK: Final = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of one text: `text[starts[i]:ends[i]] == tokens[i]`; `lower[i]` is token i in lower case.

    `words[i]` is the unbroken word around token i, `word_numbers[i]` that word's number; `spaced[i]` says whether white
    space stands before token i.
    """

    text: str
    tokens: tuple[str, ...]
    lower: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    words: tuple[str, ...]
    word_numbers: tuple[int, ...]
    spaced: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    def value(self, first: int, last: int) -> str:
        """The text of tokens first to last, both included, as it was written."""
        return self.text[self.starts[first] : self.ends[last]]


def tokenise(text: str, *, limit: int = MAX_TOKENS) -> Tokens:
    """Cut a text into at most `limit` tokens.

    >>> tokenise("Men's T-Shirts 12.5g").tokens
    ('Men', "'", 's', 'T', '-', 'Shirt', 's', '12.5', 'g')
    >>> tokenise("COLOR: BlackUPC: 01").value(2, 2)
    'Black'
    """
    text_read = text[: limit * 40]  # tokens are short; this bounds the work on a text without spaces
    tokens: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in _TOKEN.finditer(text_read):
        if len(tokens) == limit:
            break
        tokens.append(found.group())
        starts.append(found.start())
        ends.append(found.end())
    words, numbers = _words_around(text_read, starts, ends)
    spaced = tuple(start == 0 or text[start - 1].isspace() for start in starts)
    lower = tuple(token.lower() for token in tokens)
    return Tokens(text, tuple(tokens), lower, tuple(starts), tuple(ends), words, numbers, spaced)


def _words_around(text: str, starts: list[int], ends: list[int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """For each token the run of letters and digits it belongs to (itself for punctuation), and that run's number."""
    found = [(word.start(), word.end(), word.group()) for word in _WORD.finditer(text)]
    words: list[str] = []
    numbers: list[int] = []
    at, number, last = 0, -1, -1
    for start, end in zip(starts, ends, strict=True):
        while at < len(found) and found[at][1] <= start:
            at += 1
        inside = at < len(found) and found[at][0] <= start
        begin = found[at][0] if inside else start
        if begin != last:
            number, last = number + 1, begin
        words.append(found[at][2] if inside else text[start:end])
        numbers.append(number)
    return tuple(words), tuple(numbers)
