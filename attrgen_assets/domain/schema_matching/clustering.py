"""Values that mean the same, put together: agglomeration with single linkage."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from attrgen_assets.domain.attributes.slips import undoubled

ALIKE: Final = 0.84  # optimal string alignment similarity of 0-1: one letter in six
_SHARED_WORDS: Final = 0.66  # two words of three


def cluster(texts: Sequence[str]) -> list[list[int]]:
    """Groups of positions: a text is spelled like another of its group, doubled letters apart, or shares most words.

    texts: normalised. Groups and positions are in the order of the texts. Memory: the square of their number, in bits.

    >>> cluster(["woolen", "woollen", "acrylic wool", "wool acrylic", "jute"])
    [[0, 1], [2, 3], [4]]
    """
    count = len(texts)
    if not count:
        return []
    forms = [undoubled(text) for text in texts]
    likeness = process.cdist(forms, forms, scorer=OSA.normalized_similarity, dtype=np.float32)
    linked = (likeness >= ALIKE) | _share_words(texts)
    group = np.full(count, -1)
    for start in range(count):
        waiting = [start] if group[start] < 0 else []
        while waiting:
            index = waiting.pop()
            group[index] = start
            waiting += [other for other in np.flatnonzero(linked[index] & (group < 0)).tolist() if other not in waiting]
    return [np.flatnonzero(group == start).tolist() for start in dict.fromkeys(group.tolist())]


def _share_words(texts: Sequence[str]) -> np.ndarray:
    """Whether two texts share most of their words (Jaccard): (texts, texts)."""
    words = [set(text.split()) for text in texts]
    index = {word: position for position, word in enumerate(dict.fromkeys(w for text in texts for w in text.split()))}
    has = np.zeros((len(texts), len(index) + 1), dtype=np.float32)
    for row, found in enumerate(words):
        has[row, [index[word] for word in found]] = 1
    both = has @ has.T
    sizes = has.sum(axis=1)
    either = np.maximum(sizes[:, None] + sizes[None, :] - both, 1)
    shared: np.ndarray = both / either >= _SHARED_WORDS
    return shared
