"""Classes of words from their vectors. Like `ranker_fitting` it needs scikit-learn, which prediction does not."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import AgglomerativeClustering, KMeans
from threadpoolctl import threadpool_limits

from attrgen_assets.domain.extraction.word_classes import GRAINS, WordClasses

FREQUENT: Final = 50_000  # words that classes are made from; the others join the nearest
ROUNDS: Final = 10  # the sum of squared distances hardly falls afterwards


def learn_word_classes(words: Sequence[str], vectors: NDArray[np.floating], *, seed: int) -> WordClasses:
    """Group words, the most frequent first, by their vectors, (words, dimensions).

    The finest classes are found by k-means of the vectors' directions from their mean, the wider ones by Ward's method
    (1963, doi 10.1080/01621459.1963.10500845) from the centres of the finest. The same input gives the same classes.
    Needs two words at least.
    """
    directions = np.asarray(vectors, dtype=np.float32) - np.mean(vectors, axis=0, dtype=np.float32)
    directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
    frequent = directions[:FREQUENT]
    count = min(GRAINS[0], len(frequent))
    with threadpool_limits(1, user_api="openmp"):  # several threads add up in an order that changes from run to run
        model = KMeans(count, init="random", n_init=1, max_iter=ROUNDS, random_state=seed).fit(frequent)
        finest = model.predict(directions)
    wider = [_wider(model.cluster_centers_, min(grain, count))[finest] for grain in GRAINS[1:]]
    return WordClasses(tuple(words), np.stack([finest, *wider], axis=1).astype(np.int16))


def _wider(centres: NDArray[np.floating], count: int) -> NDArray[np.int64]:
    found: NDArray[np.int64] = AgglomerativeClustering(count).fit_predict(centres)
    return found
