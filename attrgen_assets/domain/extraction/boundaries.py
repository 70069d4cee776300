"""With which tokens values of other rows begin and end, and whether this one's neighbours belong to it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.tokens import Tokens

FEATURES: Final = (
    "values that begin so", "values that end so", "values that end with the next token",
    "values that begin with the token before", "values with the next token", "values with the token before",
    "values that go on so", "values that go on so from the token before", "tokens of values", "values as long",
)  # fmt: skip
"""What `ValueWords.features` counts; first in the category, then in all categories together."""
NEIGHBOURS: Final = (
    "kind of the next token", "kind of the token before", "next token in capitals", "token before in capitals",
    "begins the text", "ends the text",
)  # fmt: skip
NAMES: Final = (*(f"{name}, in the category" for name in FEATURES), *FEATURES, *NEIGHBOURS)
LONGEST: Final = 8  # tokens; longer values count as that long
_EDGE: Final = "\0"
_NEVER: Final = [0, 0, 0]


@dataclass(slots=True)
class ValueWords:
    """How many stated values begin with each token, end with it, hold it, hold a pair, have a length; and how many."""

    tokens: dict[str, list[int]] = field(default_factory=dict)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    lengths: list[int] = field(default_factory=lambda: [0] * (LONGEST + 1))
    count: int = 0

    def add(self, entry: Sequence[str]) -> None:
        """Count one value."""
        self.count += 1
        self.lengths[min(len(entry), LONGEST)] += 1
        for token in set(entry):
            self.tokens.setdefault(token, [0, 0, 0])[2] += 1
        self.tokens[entry[0]][0] += 1
        self.tokens[entry[-1]][1] += 1
        self.pairs.update(set(pairwise(entry)))

    def features(self, entry: Sequence[str], before: str, after: str) -> tuple[float, ...]:
        """`FEATURES` of a span of these tokens in lower case, between two others.

        >>> words = ValueWords()
        >>> words.add(("green", "tea"))
        >>> words.features(("green",), "\\0", "tea")[:5]
        (1, 0, 1, 0, 1)
        """
        known, pairs, length = self.tokens, self.pairs, len(entry)
        begin, end = entry[0], entry[-1]
        next_one, last_one = known.get(after, _NEVER), known.get(before, _NEVER)
        return (
            known.get(begin, _NEVER)[0],
            known.get(end, _NEVER)[1],
            next_one[1],
            last_one[0],
            next_one[2],
            last_one[2],
            pairs.get((end, after), 0),
            pairs.get((before, begin), 0),
            begin in known if length == 1 else sum([token in known for token in entry]) / length,
            self.lengths[min(length, LONGEST)] / (self.count + 1),
        )


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Values of other rows by category and attribute, and by attribute."""

    here: dict[tuple[str, str], ValueWords]
    anywhere: dict[str, ValueWords]

    def features(self, category: str, attribute: str, tokens: Tokens, first: int, last: int) -> tuple[float, ...]:
        """`NAMES` of a span."""
        lower = tokens.lower
        entry = lower[first : last + 1]
        before = lower[first - 1] if first else _EDGE
        after = lower[last + 1] if last + 1 < len(lower) else _EDGE
        return (
            *self.here.get((category, attribute), _NOTHING).features(entry, before, after),
            *self.anywhere.get(attribute, _NOTHING).features(entry, before, after),
            _kind(after),
            _kind(before),
            after != _EDGE and tokens.tokens[last + 1][0].isupper(),
            first > 0 and tokens.tokens[first - 1][0].isupper(),
            first == 0,
            after == _EDGE,
        )


def count_boundaries(mentions: Iterable[Mention]) -> Boundaries:
    """Count every mention."""
    found = Boundaries({}, {})
    for mention in mentions:
        found.here.setdefault((mention.category, mention.attribute), ValueWords()).add(mention.entry)
        found.anywhere.setdefault(mention.attribute, ValueWords()).add(mention.entry)
    return found


def _kind(token: str) -> int:
    """Nothing, a letter, a digit, a comma, a hyphen, another mark."""
    start = token[0]
    if start.isalpha():
        return 1
    return 0 if token == _EDGE else 2 if start.isdigit() else {",": 3, "-": 4}.get(start, 5)


_NOTHING: Final = ValueWords()
