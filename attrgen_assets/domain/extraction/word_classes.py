"""Classes of words that are used alike: what is learned of `red` holds for `purple`, which no row has shown.

As features of linear-chain models, classes of words from much text help most where few labelled rows do (Turian et al.
2010, aclanthology.org/P10-1040).
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

GRAINS: Final = (1024, 256, 64)
"""How many classes there are at most, the finest first."""
NEIGHBOUR: Final = 1  # a neighbouring token's class counts at this grain alone


@dataclass(frozen=True, slots=True, eq=False)
class WordClasses:
    """Words in lower case, the number of each one's class at each of `GRAINS`, and by grain a name for each class.

    `numbers` is (words, grains). A class is named by one of its words.

    >>> numbers = np.array([[0, 0, 0], [1, 1, 0], [0, 0, 0]])
    >>> classes = WordClasses(("red", "cotton", "purple"), numbers, (("red", "cotton"), ("red", "cotton"), ("red",)))
    >>> classes.features("purple")
    ('as1024=red', 'as256=red', 'as64=red')
    >>> classes.neighbour_features("cotton"), classes.features("ochre")
    (('as256=cotton',), ())
    """

    words: tuple[str, ...]
    numbers: NDArray[np.integer]
    names: tuple[tuple[str, ...], ...]
    _rows: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {word: row for row, word in enumerate(self.words)})

    def features(self, word: str) -> tuple[str, ...]:
        """The classes of a word in lower case at all grains; none of one that is not known."""
        row = self._rows.get(word)
        if row is None:
            return ()
        own = zip(GRAINS, self.names, self.numbers[row].tolist(), strict=True)
        return tuple(f"as{grain}={names[number]}" for grain, names, number in own)

    def neighbour_features(self, word: str) -> tuple[str, ...]:
        """What of them counts for the tokens beside."""
        return self.features(word)[NEIGHBOUR : NEIGHBOUR + 1]


NO_CLASSES: Final = WordClasses((), np.zeros((0, len(GRAINS)), dtype=np.int16), ((),) * len(GRAINS))
