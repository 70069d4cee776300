"""Help for a name that is not known: the nearest one, or what there is."""

from collections.abc import Iterable
from typing import Final

from rapidfuzz import fuzz, process

_NEAR_SCORE: Final = 65.0  # rapidfuzz ratio of 0-100: two letters of three swapped (cvs, csv)
_SHOWN: Final = 12
_LONGEST_WORD: Final = 200  # no name is longer; comparing a hostile one is wasted work


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The known name that `word` is a slip of, if any.

    >>> nearest("Fabirc", ["color", "fabric"]), nearest("weave", ["color", "fabric"])
    ('fabric', None)
    """
    known = sorted(names)
    if len(word) > _LONGEST_WORD:
        return None
    best = process.extractOne(word, known, scorer=fuzz.ratio, processor=str.casefold, score_cutoff=_NEAR_SCORE)
    return None if best is None else best[0]


def suggestion(word: str, names: Iterable[str]) -> str:
    """A sentence that names the nearest, and what is allowed.

    >>> suggestion("enm", ["enum", "text"])
    "did you mean 'enum'? allowed: enum, text"
    """
    known = list(dict.fromkeys(names))
    if not known:
        return "there is none to choose from"
    near = nearest(word, known)
    more = f" and {len(known) - _SHOWN} more" if len(known) > _SHOWN else ""
    allowed = f"allowed: {', '.join(known[:_SHOWN])}{more}"
    return allowed if near is None else f"did you mean {near!r}? {allowed}"
