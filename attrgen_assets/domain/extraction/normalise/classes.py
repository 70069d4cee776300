"""Generalisation to classes: which of a few normalised values a raw value belongs to."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class ClassModel:
    """Weights (classes, terms), offsets (classes,) and inverse document frequencies (terms,) of a linear classifier."""

    classes: tuple[str, ...]
    terms: tuple[str, ...]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    def predict(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """The likeliest class of each text and its probability."""
        if not texts:
            return []
        numbers = {term: at for at, term in enumerate(self.terms)}
        scores = _vectors(texts, numbers, self.idf) @ self.weights.T + self.offsets
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        best = scores.argmax(axis=1)
        return [(self.classes[at], float(row[at])) for at, row in zip(best, scores, strict=True)]


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


def _vectors(texts: Sequence[str], numbers: dict[str, int], idf: NDArray[np.float32]) -> NDArray[np.float64]:
    """TF-IDF with logarithmic term frequency, rows of length 1."""
    rows = np.zeros((len(texts), len(numbers)))
    for at, text in enumerate(texts):
        for term in terms_of(text):
            if term in numbers:
                rows[at, numbers[term]] += 1
    rows = np.log1p(rows) * idf
    length = np.sqrt((rows**2).sum(axis=1, keepdims=True))
    return rows / np.where(length > 0, length, 1.0)


def fit_classes(texts: Sequence[str], labels: Sequence[str], *, strength: float = 10.0) -> ClassModel:
    """Train on distinct texts; equal input gives equal weights. At least two labels must differ."""
    frequency: dict[str, int] = {}
    for text in texts:
        for term in set(terms_of(text)):
            frequency[term] = frequency.get(term, 0) + 1
    terms = sorted(frequency)
    idf = np.log((1 + len(texts)) / (1 + np.array([frequency[term] for term in terms]))) + 1
    vectors = _vectors(texts, {term: at for at, term in enumerate(terms)}, idf.astype(np.float32))
    model = LogisticRegression(C=strength, max_iter=500, tol=1e-6)
    model.fit(vectors, list(labels))
    weights, offsets = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # one row of weights: that of the second class
        weights, offsets = np.vstack([-weights, weights]) / 2, np.concatenate([-offsets, offsets]) / 2
    return ClassModel(
        tuple(str(name) for name in model.classes_),
        tuple(terms),
        idf.astype(np.float32),
        np.round(weights, 4).astype(np.float32),  # rounded: the last bits depend on the machine's linear algebra
        np.round(offsets, 4).astype(np.float32),
    )
