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


Counts = tuple[int, int, int]
"""Values that begin with a token, end with it, hold it."""
_NEVER: Final[Counts] = (0, 0, 0)


@dataclass(slots=True)
class _Merged:
    """What is known of an attribute in a category and in all of them, side by side: one look finds both."""

    here: ValueWords
    anywhere: ValueWords
    tokens: dict[str, tuple[int, ...]] = field(init=False)
    pairs: dict[tuple[str, str], tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        here, anywhere = self.here, self.anywhere
        self.tokens = {token: (*here.tokens.get(token, _NEVER), *counts) for token, counts in anywhere.tokens.items()}
        self.pairs = {pair: (here.pairs[pair], count) for pair, count in anywhere.pairs.items()}

    def features(self, entry: Sequence[str], before: str, after: str) -> tuple[float, ...]:
        """`FEATURES` of a span of these tokens in lower case, between two others; first in the category."""
        known, pairs, length = self.tokens, self.pairs, len(entry)
        if length == 1:
            begin = end = known.get(entry[0], _UNKNOWN)
            share, share_anywhere = float(begin[2] > 0), float(begin[5] > 0)
        else:
            found = [known.get(token, _UNKNOWN) for token in entry]
            begin, end = found[0], found[-1]
            share = sum([counts[2] > 0 for counts in found]) / length
            share_anywhere = sum([counts[5] > 0 for counts in found]) / length
        following, former = known.get(after, _UNKNOWN), known.get(before, _UNKNOWN)
        on, on_anywhere = pairs.get((entry[-1], after), _NO_PAIR)
        up, up_anywhere = pairs.get((before, entry[0]), _NO_PAIR)
        here, anywhere, last = self.here, self.anywhere, min(length, LONGEST)
        return (
            *(begin[0], end[1], following[1], former[0], following[2], former[2], on, up),
            *(share, here.lengths[last] / (here.count + 1)),
            *(begin[3], end[4], following[4], former[3], following[5], former[5], on_anywhere, up_anywhere),
            *(share_anywhere, anywhere.lengths[last] / (anywhere.count + 1)),
        )


_UNKNOWN: Final = (0, 0, 0, 0, 0, 0)
_NO_PAIR: Final = (0, 0)


@dataclass(frozen=True, slots=True)
class Boundaries:
    """Values of other rows by category and attribute, and by attribute."""

    here: dict[tuple[str, str], ValueWords]
    anywhere: dict[str, ValueWords]
    _merged: dict[tuple[str, str], _Merged] = field(default_factory=dict, compare=False)

    def features(self, category: str, attribute: str, tokens: Tokens, first: int, last: int) -> tuple[float, ...]:
        """`NAMES` of a span.

        >>> from attrgen_assets.domain.extraction.tokens import tokenise
        >>> found = count_boundaries([Mention("row 1", "Tea", "Kind", ("green", "tea"))])
        >>> found.features("Tea", "Kind", tokenise("Green Tea"), 0, 0)[:5]
        (1, 0, 1, 0, 1)
        """
        key = (category, attribute)
        merged = self._merged.get(key)
        if merged is None:
            nothing = ValueWords()
            merged = _Merged(self.here.get(key, nothing), self.anywhere.get(attribute, nothing))
            self._merged[key] = merged
        lower = tokens.lower
        before = lower[first - 1] if first else _EDGE
        after = lower[last + 1] if last + 1 < len(lower) else _EDGE
        return (
            *merged.features(lower[first : last + 1], before, after),
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
