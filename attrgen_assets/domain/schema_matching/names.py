"""How alike the name of a column is to the names that a field goes by."""

import re
from collections.abc import Iterable
from typing import Final

from rapidfuzz.distance import OSA

from attrgen_assets.domain.attributes.slips import undoubled
from attrgen_assets.domain.text import normalise_text

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_TELLS_LITTLE: Final = frozenset("product item the of a an and or in details detail info attribute value name".split())
_WORD_LIKENESS: Final = 0.83  # optimal string alignment similarity of 0-1: one letter in six
_SLIP_FACTOR: Final = 0.95
_PART_FACTOR: Final = 0.9  # the same words, but some are missing on one side


def name_words(name: str) -> tuple[str, ...]:
    """The words of a column name, normalised; those that tell nothing only where there are no others.

    >>> name_words("ProductFabric"), name_words("sell_price"), name_words("Name")
    (('fabric',), ('sell', 'price'), ('name',))
    """
    words = normalise_text(_CAMEL.sub(" ", name).replace("_", " ").replace(".", " ")).split()
    return tuple(word for word in words if word not in _TELLS_LITTLE) or tuple(words)


def name_similarity(name: str, known: Iterable[str]) -> float:
    """The likeness of a column's name to the nearest of the names that are known, 0-1.

    1: the same words in any order. Else the share of words that both have (a slip apart), of all words (Jaccard).

    >>> name_similarity("Fabric Type", ["fabric_type", "material"]), name_similarity("Ocassion", ["occasion"])
    (1.0, 0.95)
    >>> round(name_similarity("Top Fabric", ["fabric"]), 2), name_similarity("Warranty", ["fabric"])
    (0.45, 0.0)
    """
    ours = name_words(name)
    return max((_similarity(ours, name_words(other)) for other in known), default=0.0)


def _similarity(ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    if not ours or not theirs:
        return 0.0
    if sorted(ours) == sorted(theirs) or "".join(ours) == "".join(theirs):
        return 1.0
    left, shared = list(theirs), 0.0
    for word in ours:
        best = max(left, key=lambda other: _word_likeness(word, other), default=None)
        if best is not None and _word_likeness(word, best) >= _WORD_LIKENESS:
            left.remove(best)
            shared += 1.0 if word == best else _SLIP_FACTOR
    either = len(ours) + len(left)
    return shared / either * (1.0 if len(ours) == len(theirs) - len(left) else _PART_FACTOR)


def _word_likeness(word: str, other: str) -> float:
    """1 for the same word, doubled letters or not, else the similarity of the spellings."""
    return 1.0 if undoubled(word) == undoubled(other) else OSA.normalized_similarity(word, other)
