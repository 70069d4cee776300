"""Classes of words from their vectors. Like `ranker_fitting` it needs scikit-learn, which prediction does not."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from attrgen_assets.domain.extraction.word_classes import GRAINS, WordClasses

FREQUENT: Final = 50_000  # words that classes are made from; the others join the nearest
ROUNDS: Final = 10  # the sum of squared distances hardly falls afterwards


def learn_word_classes(words: Sequence[str], vectors: NDArray[np.floating], *, seed: int) -> WordClasses:
    """Group words, the most frequent first, by their vectors, (words, dimensions).

    Classes are found by k-means of the vectors' directions from their mean, for each grain anew: chains learn more of
    three opinions than of nested ones. The same input gives the same classes. Raises ValueError where there is no word.
    """
    if not words:
        raise ValueError("there is no word to group")
    directions = np.asarray(vectors, dtype=np.float32) - np.mean(vectors, axis=0, dtype=np.float32)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    frequent = directions[:FREQUENT]
    with threadpool_limits(1, user_api="openmp"):  # several threads add up in an order that changes from run to run
        models = [
            KMeans(min(grain, len(frequent)), init="random", n_init=1, max_iter=ROUNDS, random_state=seed).fit(frequent)
            for grain in GRAINS
        ]
        columns = [model.predict(directions) for model in models]
    names = [
        _names(words, directions, column, model.cluster_centers_) for column, model in zip(columns, models, strict=True)
    ]
    return WordClasses(tuple(words), np.stack(columns, axis=1).astype(np.int16), tuple(names))


def _names(
    words: Sequence[str],
    directions: NDArray[np.float32],
    numbers: NDArray[np.integer],
    centres: NDArray[np.floating],
) -> tuple[str, ...]:
    """Of each class the word that lies nearest to its centre; the empty name for a class without words."""
    distances = np.linalg.norm(directions - centres[numbers], axis=1)
    names = [""] * len(centres)
    for row in np.argsort(-distances, kind="stable").tolist():  # the nearest one comes last and stays
        names[numbers[row]] = words[row]
    return tuple(names)
