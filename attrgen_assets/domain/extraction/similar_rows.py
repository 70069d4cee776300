"""What the most similar labelled rows say: whoever wrote and labelled those did it here in the same way."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import log, sqrt
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from attrgen_assets.domain.extraction.features import EDGE, shape
from attrgen_assets.domain.extraction.tokens import Tokens

NAMES: Final = (
    "similar rows that state it", "weight of one that states it", "similar rows whose texts stand here",
    "similar rows with the value", "weight of one with the value", "similar rows with the text",
    "similar rows with a text of the shape", "similar rows with it after the same token",
    "similar rows with it before the same token",
)  # fmt: skip
"""What `Nearby.features` gives: shares of the similar rows by weight, and weights of rows, all 0 to 1."""
ROWS: Final = 8  # similar rows that are asked about an attribute
SHARPNESS: Final = 3  # a row counts with its similarity to this power: half as similar, an eighth as much
REACH: Final = 64  # so many of the most similar ones are looked through for rows that know of the attribute
DOUBT: Final = 0.05  # weight of a made-up row that says nothing


class TextPlace(NamedTuple):
    """A text that stands for a value, and the tokens around it in lower case."""

    text: str
    before: str
    after: str


def place_of(tokens: Tokens, first: int, last: int) -> TextPlace:
    """That of tokens `first` to `last`."""
    lower = tokens.lower
    return TextPlace(
        tokens.value(first, last),
        lower[first - 1] if first else EDGE,
        lower[last + 1] if last + 1 < len(lower) else EDGE,
    )


@lru_cache(maxsize=100_000)
def _shape(text: str) -> str:
    return shape(text[:10])


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """What is kept of a row that was learned from.

    `words` says how often each word, in lower case, stands there. By attribute that somebody looked at, `values` are
    the acceptable answers, and `places` the texts that stand for them.
    """

    category: str
    words: Mapping[str, int]
    values: Mapping[str, tuple[str, ...]]
    places: Mapping[str, tuple[TextPlace, ...]]


def words_of(tokens: Mapping[str, Tokens]) -> dict[str, int]:
    """Words of all texts in lower case with their counts.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> words_of({"title": tokenise("Mint tea, 20 tea bags")})
    {'mint': 1, 'tea': 2, '20': 1, 'bags': 1}
    """
    words: Counter[str] = Counter()
    for found in tokens.values():
        before = -1
        for word, number in zip(found.words, found.word_numbers, strict=True):
            if number != before and word[0].isalnum():  # a word of several tokens is there once
                words[word.lower()] += 1
            before = number
    return dict(words)


def _weight(count: int) -> float:
    return 1 + log(count)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a row says of an attribute: distinct values, and of their places texts, shapes, tokens before and after."""

    values: tuple[str, ...]
    texts: tuple[str, ...]
    shapes: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @classmethod
    def of(cls, values: Sequence[str], places: Sequence[TextPlace]) -> "_Said":
        """Every part sorted."""
        parts = ([place.text for place in places], [_shape(place.text) for place in places],
                 [place.before for place in places], [place.after for place in places])  # fmt: skip
        return cls(*(tuple(sorted(set(part))) for part in (values, *parts)))


class Nearby:
    """The rows most similar to a product with their weights, the most similar first."""

    def __init__(self, rows: Sequence[tuple[float, Mapping[str, _Said]]], text: str) -> None:
        self._rows, self._text = rows, text

    def features(self, attribute: str, candidates: Sequence[tuple[str, TextPlace | None]]) -> list[tuple[float, ...]]:
        """`NAMES` of an attribute's values, each with the place where it stands, if there is one."""
        total, known, here, text = DOUBT, 0.0, 0.0, self._text
        stating: list[tuple[float, _Said]] = []
        for weight, said in self._asked(attribute):
            total += weight
            if said.values:
                stating.append((weight, said))
                known += weight
                for stated in said.texts:
                    if stated in text:
                        here += weight
                        break
        if not stating:
            return [_SILENT] * len(candidates)
        known, nearest, here = known / total, stating[0][0], here / total
        return [(known, nearest, here, *_of_candidate(value, place, stating, total)) for value, place in candidates]

    def values(self, attribute: str) -> list[tuple[str, float]]:
        """Values that these rows state, with their shares, the greatest first."""
        asked = self._asked(attribute)
        total = DOUBT + sum(weight for weight, _ in asked)
        shares: dict[str, float] = defaultdict(float)
        for weight, said in asked:
            for value in said.values:
                shares[value] += weight / total
        return sorted(shares.items(), key=lambda item: (-item[1], item[0]))

    def _asked(self, attribute: str) -> list[tuple[float, _Said]]:
        found: list[tuple[float, _Said]] = []
        for weight, row in self._rows:
            said = row.get(attribute)
            if said is not None:
                found.append((weight, said))
                if len(found) == ROWS:
                    break
        return found


def _of_candidate(
    value: str, place: TextPlace | None, stating: Sequence[tuple[float, _Said]], total: float
) -> tuple[float, ...]:
    """What rows that state an attribute have in common with one value; the most similar row comes first."""
    with_value = nearest = with_text = with_shape = with_before = with_after = 0.0
    text, before, after = place or ("", "", "")  # no row has an empty text, or nothing at all beside it
    form = _shape(text)
    for weight, said in stating:
        if value in said.values:
            with_value += weight
            nearest = nearest or weight
        if text in said.texts:
            with_text += weight
        if form in said.shapes:
            with_shape += weight
        if before in said.before:
            with_before += weight
        if after in said.after:
            with_after += weight
    return (
        with_value / total,
        nearest,
        with_text / total,
        with_shape / total,
        with_before / total,
        with_after / total,
    )


_SILENT: Final = (0.0,) * len(NAMES)
NOBODY: Final = Nearby((), "")


@dataclass(slots=True)
class _Category:
    """Rows of a category by word: numbers of rows that hold it, and what it adds to their cosines for each weight."""

    said: list[Mapping[str, _Said]]
    idf: dict[str, float]
    numbers: dict[str, NDArray[np.int64]] = field(default_factory=dict)
    weights: dict[str, NDArray[np.float64]] = field(default_factory=dict)

    def similarities(self, words: Mapping[str, int]) -> NDArray[np.float64]:
        """Cosines with each row; words that no row holds are left out."""
        known = [(word, _weight(count)) for word, count in words.items() if word in self.idf]
        if not known:
            return np.zeros(len(self.said))
        length = sqrt(sum([(self.idf[word] * weight) ** 2 for word, weight in known]))
        numbers = np.concatenate([self.numbers[word] for word, _ in known])
        weights = np.concatenate([self.weights[word] * weight for word, weight in known])
        return np.bincount(numbers, weights, minlength=len(self.said)) / length


class SimilarRows:
    """An index of labelled rows by category: the cosine of TF-IDF weights.

    A word weighs (1 + ln t) (1 + ln((1 + n) / (1 + d))), being there t times, and in d of the category's n rows.

    >>> from attrgen_assets.domain.extraction.tokens import tokenise
    >>> place = TextPlace("Green", EDGE, "tea")
    >>> row = LabelledRow("Tea", {"green": 1, "mint": 1, "tea": 1}, {"Kind": ("Green",)}, {"Kind": (place,)})
    >>> nearby = SimilarRows([row]).nearby("Tea", {"title": tokenise("Black tea with mint")})
    >>> [round(found, 2) for found in nearby.features("Kind", [("Black", TextPlace("Black", EDGE, "tea"))])[0]]
    [0.92, 0.54, 0.0, 0.0, 0.0, 0.0, 0.92, 0.92, 0.92]
    """

    def __init__(self, rows: Sequence[LabelledRow]) -> None:
        by_category: dict[str, list[LabelledRow]] = defaultdict(list)
        for row in rows:
            by_category[row.category].append(row)
        self._rows = dict(by_category)
        self._categories: dict[str, _Category] = {}  # put together at first use

    def nearby(self, category: str, tokens: Mapping[str, Tokens]) -> Nearby:
        """The most similar rows of the category; none in one that was never seen."""
        if category not in self._rows:
            return NOBODY
        found = self._categories.get(category)
        if found is None:
            found = self._categories[category] = _indexed(self._rows[category])
        # Rounded, so that of equally similar rows the first counts, in whatever order their words were added up.
        similarities = found.similarities(words_of(tokens)).round(9)
        order = _greatest(similarities, REACH)
        rows = [
            (similarity**SHARPNESS, found.said[number])
            for number, similarity in zip(order.tolist(), similarities[order].tolist(), strict=True)
            if similarity > 0
        ]
        return Nearby(rows, "\n".join([found.text for found in tokens.values()]))


def _greatest(values: NDArray[np.float64], count: int) -> NDArray[np.intp]:
    """Places of the greatest values, the greatest first; of equal ones the first."""
    if len(values) <= count:
        return np.argsort(-values, kind="stable")
    found = np.flatnonzero(values >= np.partition(values, -count)[-count])
    return found[np.argsort(-values[found], kind="stable")][:count]


def _indexed(rows: Sequence[LabelledRow]) -> _Category:
    held = Counter(word for row in rows for word in row.words)
    idf = {word: log((1 + len(rows)) / (1 + count)) + 1 for word, count in held.items()}
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, row in enumerate(rows):
        weights = {word: _weight(count) * idf[word] for word, count in row.words.items()}
        length = sqrt(sum(weight**2 for weight in weights.values()))
        for word, weight in weights.items():
            postings[word].append((number, weight * idf[word] / length))
    return _Category(
        [_said(row) for row in rows],
        idf,
        {word: np.array([number for number, _ in found]) for word, found in postings.items()},
        {word: np.array([weight for _, weight in found]) for word, found in postings.items()},
    )


def _said(row: LabelledRow) -> dict[str, _Said]:
    return {attribute: _Said.of(values, row.places.get(attribute, ())) for attribute, values in row.values.items()}
