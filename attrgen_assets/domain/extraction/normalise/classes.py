"""Generalisation to classes: which of a few normalised values a raw value belongs to."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class ClassModel:
    """Weights (classes, terms), offsets (classes,) and inverse document frequencies (terms,) of a linear classifier.

    `whole_texts` says whether it reads a product's whole text (words only) or a value (words and their parts).
    """

    classes: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]
    whole_texts: bool = False

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {term: at for at, term in enumerate(self.terms)}

    def predict(self, text: str) -> tuple[str, float]:
        """The likeliest class of a text and its probability."""
        shares = self.shares(text)
        best = max(shares, key=lambda name: (shares[name], name))
        return best, shares[best]

    def shares(self, text: str) -> dict[str, float]:
        """The probability of every class."""
        return self.shares_of(text_terms(text) if self.whole_texts else terms_of(text))

    def shares_of(self, terms: Sequence[str]) -> dict[str, float]:
        """The probability of every class of a text with these terms."""
        columns, values = vector(terms, self._numbers, self.idf)
        scores = self.weights[:, columns] @ values + self.offsets
        shares = np.exp(scores - scores.max())
        return dict(zip(self.classes, (shares / shares.sum()).tolist(), strict=True))


def terms_of(text: str) -> list[str]:
    """Words, neighbouring words, the last word, and parts of words of 3 to 5 letters.

    >>> terms_of("Tapes")[:3]
    ['w tape', 'last tape', 'c  ta']
    """
    words = _singular(_WORD.findall(text.lower())[:30])
    last = [f"last {words[-1]}"] if words else []
    return [*_words("w", "2", words), *last, *_parts(words)]


def text_terms(text: str) -> list[str]:
    """Words and neighbouring words of a title (the first line), the same together with those of the beginning of what
    follows, and parts of words of the title and of the first ones that follow.

    >>> text_terms("Tape drives\\nIt spins")[:5]
    ['t tape', 't drive', 't2 tape drive', 'w tape', 'w drive']
    """
    title, _, rest = text.lower().partition("\n")
    words = _singular([word[:30] for word in _WORD.findall(title)[:40]])
    others = _singular([word[:30] for word in _WORD.findall(rest)[:120]])
    return [
        *_words("t", "t2", words),
        *_words("w", "2", words),
        *_words("w", "2", others),
        *_parts([*words, *others[:15]]),  # what a description begins with is mostly the name of the thing
    ]


def _singular(words: Sequence[str]) -> list[str]:
    """Without the s of a plural, or what looks like one."""
    return [word[:-1] if len(word) > 3 and word[-1] == "s" and word[-2] != "s" else word for word in words]


def _words(one: str, two: str, words: Sequence[str]) -> list[str]:
    return [f"{one} {word}" for word in words] + [f"{two} {word} {after}" for word, after in pairwise(words)]


def _parts(words: Sequence[str]) -> list[str]:
    padded = [f" {word[:30]} " for word in words]
    return [f"c {word[at : at + size]}" for word in padded for size in (3, 4, 5) for at in range(len(word) - size + 1)]


def vector(
    terms: Sequence[str], numbers: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """TF-IDF with logarithmic term frequency, of length 1: the known terms' numbers and values."""
    counted = Counter(numbers[term] for term in terms if term in numbers)
    columns = np.array(sorted(counted), dtype=np.int64)
    values = np.log1p(np.array([counted[column] for column in columns.tolist()], dtype=np.float64)) * idf[columns]
    length = float(np.sqrt((values**2).sum()))
    return columns, np.asarray(values / (length or 1.0), dtype=np.float64)
