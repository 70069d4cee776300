"""A vocabulary made ready for search: every spelling of every legal value, normalised once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Final, Self

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.slips import undoubled
from attrgen_assets.domain.product_types.model import LegalValue
from attrgen_assets.domain.text import normalise_all, spaced

_LONG_ENOUGH: Final = 5  # letters: shorter words differ by their doubled letters (aba, abba)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The legal values of one attribute.

    values: the legal values, in the order of the config; a value's position is its *code*.
    spelled: normalised spelling -> code, the values themselves and their synonyms.
    own: the spellings that are values themselves (the others are synonyms).
    parents: per code the code of the broader value, or -1.
    """

    values: tuple[str, ...]
    spelled: dict[str, int]
    own: frozenset[str]
    parents: tuple[int, ...]

    @classmethod
    def build(cls, legal: Sequence[LegalValue | str]) -> Self:
        """Compile legal values; plain strings have no synonyms.

        >>> Vocabulary.build(["Navy Blue", "Off-White"]).spelled
        {'navy blue': 0, 'off white': 1}
        """
        given = [value if isinstance(value, LegalValue) else LegalValue(value=value) for value in legal]
        names = tuple(value.value for value in given)
        own = normalise_all(names)
        spelled = {text: code for code, text in enumerate(own) if text}
        for code, value in enumerate(given):
            for text in normalise_all(synonym.text for synonym in value.synonyms):
                if text:
                    spelled.setdefault(text, code)
        code_of = {name: code for code, name in enumerate(names)}
        parents = tuple(code_of.get(value.parent, -1) if value.parent else -1 for value in given)
        return cls(names, spelled, frozenset(own), parents)

    def is_within(self, code: int, broader: int) -> bool:
        """Whether `code` is `broader` or narrows it.

        >>> v = Vocabulary.build([LegalValue(value="Silk"), LegalValue(value="Pure Silk", parent="Silk")])
        >>> v.is_within(1, 0), v.is_within(0, 1)
        (True, False)
        """
        while code != -1:
            if code == broader:
                return True
            code = self.parents[code]
        return False

    @cached_property
    def narrower_than(self) -> np.ndarray:
        """(values, values) bool: whether the first is strictly narrower than the second."""
        codes = range(len(self.values))
        return np.array([[a != b and self.is_within(a, b) for b in codes] for a in codes], dtype=bool)

    @cached_property
    def spellings(self) -> list[str]:
        """All spellings, the order that codes of fuzzy scores refer to."""
        return list(self.spelled)

    @cached_property
    def spelling_texts(self) -> pl.Series:
        """`spellings` as a series."""
        return pl.Series(self.spellings, dtype=pl.String)

    @cached_property
    def spaced_texts(self) -> pl.Series:
        """`spellings` as `text.spaced` writes them."""
        return spaced(self.spelling_texts)

    @cached_property
    def spelling_codes(self) -> np.ndarray:
        """The code of each of `spellings`."""
        return np.fromiter(self.spelled.values(), dtype=np.int32, count=len(self.spelled))

    @cached_property
    def around(self) -> dict[int, list[tuple[int, int]]]:
        """By spelling, the longer ones of other values in which it stands, longest first.

        With each the number of characters before it, as `spaced_texts` has them.

        >>> Vocabulary.build(["Viscose", "Silk Viscose Blend", "Viscose Blend"]).around
        {0: [(1, 6), (2, 0)], 2: [(1, 6)]}
        """
        number = {spelling: at for at, spelling in enumerate(self.spellings)}
        found: dict[int, list[tuple[int, int]]] = {}
        for spelling in sorted(self.spellings, key=len, reverse=True):
            words = spelling.split(" ")
            for at, to in combinations(range(len(words) + 1), 2):
                part = " ".join(words[at:to])
                if self.spelled.get(part, self.spelled[spelling]) != self.spelled[spelling]:
                    found.setdefault(number[part], []).append((number[spelling], len("".join(words[:at])) + 2 * at))
        return dict(sorted(found.items()))

    def is_around(self, longer: np.ndarray, spelling: np.ndarray) -> np.ndarray:
        """Whether (bool, pair by pair) one spelling is among those `around` the other.

        >>> Vocabulary.build(["Viscose", "Viscose Blend", "Net"]).is_around(np.array([1, 2]), np.array([0, 0])).tolist()
        [True, False]
        """
        return np.isin(spelling.astype(np.int64) * len(self.spellings) + longer, self._pairs_around)

    @cached_property
    def _pairs_around(self) -> np.ndarray:
        pairs = [one * len(self.spellings) + other for one, others in self.around.items() for other, _ in others]
        return np.array(pairs, dtype=np.int64)

    @cached_property
    def inside_others(self) -> np.ndarray:
        """Which of `spellings` (bool) stand in a longer one of another value: "viscose" in "viscose blend".

        >>> Vocabulary.build(["Viscose", "Viscose Blend", "Net"]).inside_others.tolist()
        [True, False, False]
        """
        inside = np.zeros(len(self.spellings), dtype=bool)
        inside[list(self.around)] = True
        return inside

    @cached_property
    def undoubled(self) -> dict[str, int]:
        """Spellings without doubled letters -> code, or -1 where two values share one; short ones are left out."""
        codes: dict[str, int] = {}
        for spelling, code in self.spelled.items():
            short = undoubled(spelling)
            if len(short) >= _LONG_ENOUGH:
                codes[short] = code if codes.get(short, code) == code else -1
        return codes

    @cached_property
    def phrases(self) -> "Phrases":
        """The spellings as a search for whole words in running text."""
        return Phrases.build(self.spellings)


@dataclass(frozen=True, eq=False)
class Phrases:
    """A search for many phrases at once (Aho-Corasick), by whole words.

    needles: phrases as `text.spaced` writes texts, longest first; phrase_of: each needle's position in the input.
    """

    needles: list[str]
    phrase_of: np.ndarray

    @classmethod
    def build(cls, phrases: Iterable[str]) -> Self:
        """Prepare the search for normalised phrases."""
        spaced = [f" {phrase.replace(' ', '  ')} " for phrase in phrases]
        order = sorted(range(len(spaced)), key=lambda i: (-len(spaced[i]), spaced[i]))
        return cls([spaced[i] for i in order], np.array(order, dtype=np.int32))

    def find(self, spaced_texts: pl.Series, *, overlapping: bool = False) -> tuple[np.ndarray, np.ndarray]:
        """(text, phrase) index pairs by text: hits by place, none in another - the longest of those that start first.

        With `overlapping` every phrase that stands in a text is among the hits.

        >>> from attrgen_assets.domain.text import spaced
        >>> search = Phrases.build(["blue", "navy blue", "tan"])
        >>> texts = spaced(pl.Series(["tant navy blue blue", "tan"]))
        >>> [found.tolist() for found in search.find(texts)]
        [[0, 0, 1], [1, 0, 2]]
        >>> [sorted(found.tolist()) for found in search.find(texts, overlapping=True)]
        [[0, 0, 0, 1], [0, 0, 1, 2]]
        """
        if not self.needles or not len(spaced_texts):
            nothing = np.empty(0, dtype=np.int64)
            return nothing, nothing.astype(np.int32)
        hits = spaced_texts.str.extract_many(self.needles, leftmost=not overlapping, overlapping=overlapping)
        text = np.repeat(np.arange(len(hits)), hits.list.len().fill_null(0).to_numpy())
        needle = hits.explode(empty_as_null=False, keep_nulls=False).cast(pl.Enum(self.needles)).to_physical()
        return text, self.phrase_of[needle.to_numpy()]
