"""Generalisation to classes: which of a few normalised values a raw value belongs to."""

import itertools
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

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
        columns, values = _vector(text, self._numbers, self.idf)
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


def _vector(
    text: str, numbers: Mapping[str, int], idf: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """TF-IDF with logarithmic term frequency, of length 1: the known terms' numbers and values."""
    counted = Counter(numbers[term] for term in terms_of(text) if term in numbers)
    columns = np.array(sorted(counted), dtype=np.int64)
    values = np.log1p(np.array([counted[column] for column in columns.tolist()], dtype=np.float64)) * idf[columns]
    length = float(np.sqrt((values**2).sum()))
    return columns, np.asarray(values / (length or 1.0), dtype=np.float64)


def fit_classes(texts: Sequence[str], labels: Sequence[str], *, strength: float = 10.0) -> ClassModel:
    """Train on distinct texts; equal input gives equal weights. At least two labels must differ."""
    frequency: dict[str, int] = {}
    for text in texts:
        for term in set(terms_of(text)):
            frequency[term] = frequency.get(term, 0) + 1
    terms = sorted(frequency)
    idf = np.log((1 + len(texts)) / (1 + np.array([frequency[term] for term in terms]))) + 1
    numbers = {term: at for at, term in enumerate(terms)}
    vectors = np.zeros((len(texts), len(terms)))
    for at, text in enumerate(texts):
        columns, values = _vector(text, numbers, idf.astype(np.float32))
        vectors[at, columns] = values
    model = LogisticRegression(C=strength, max_iter=500, tol=1e-4)
    # There are far more terms than texts, and the best weights are sums of the texts' vectors; so the search runs in
    # the space those span, in which a text has as many coordinates as there are texts.
    basis, coordinates = np.linalg.qr(vectors.T)
    model.fit(coordinates.T, list(labels))
    weights, offsets = model.coef_ @ basis.T, model.intercept_
    if len(model.classes_) == 2:  # one row of weights: that of the second class
        weights, offsets = np.vstack([-weights, weights]) / 2, np.concatenate([-offsets, offsets]) / 2
    return ClassModel(
        tuple(str(name) for name in model.classes_),
        tuple(terms),
        idf.astype(np.float32),
        np.round(weights, 4).astype(np.float32),  # rounded: the last bits depend on the machine's linear algebra
        np.round(offsets, 4).astype(np.float32),
    )
