"""Generalisation to classes: which of a few normalised values a raw value belongs to."""

import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class ClassModel:
    """Weights (classes, terms), offsets (classes,) and inverse document frequencies (terms,) of a linear classifier."""

    classes: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {term: at for at, term in enumerate(self.terms)}

    def predict(self, text: str) -> tuple[str, float]:
        """The likeliest class of a text and its probability."""
        columns, values = vector(text, self._numbers, self.idf)
        scores = self.weights[:, columns] @ values + self.offsets
        shares = np.exp(scores - scores.max())
        best = int(shares.argmax())
        return self.classes[best], float(shares[best] / shares.sum())


def terms_of(text: str) -> list[str]:
    """Words, neighbouring words, the last word, and parts of words of 3 to 5 letters.

    >>> terms_of("Tape")[:3]
    ['w tape', 'last tape', 'c  ta']
    """
    words = _WORD.findall(text.lower())[:30]
    found = [f"w {word}" for word in words]
    found += [f"2 {one} {two}" for one, two in itertools.pairwise(words)]
    if words:
        found.append(f"last {words[-1]}")
    for word in words:
        padded = f" {word[:30]} "
        found += [f"c {padded[at : at + size]}" for size in (3, 4, 5) for at in range(len(padded) - size + 1)]
    return found


def vector(
    text: str, numbers: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """TF-IDF with logarithmic term frequency, of length 1: the known terms' numbers and values."""
    counted = Counter(numbers[term] for term in terms_of(text) if term in numbers)
    columns = np.array(sorted(counted), dtype=np.int64)
    values = np.log1p(np.array([counted[column] for column in columns.tolist()], dtype=np.float64)) * idf[columns]
    length = float(np.sqrt((values**2).sum()))
    return columns, np.asarray(values / (length or 1.0), dtype=np.float64)
