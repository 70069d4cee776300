"""Listings of a marketplace: which part a title names, and how many of it are sold together."""

import re
from functools import lru_cache
from typing import Final

_SEPARATORS: Final = re.compile(r"[ ./_+-]+")
_WORDS: Final = {"two": 2, "twin": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "dozen": 12}
_COUNT: Final = rf"(\d{{1,3}}|{'|'.join(_WORDS)})"
_PACK: Final = re.compile(
    rf"(?<![a-z0-9.]){_COUNT}\s*-?\s*(?:packs?|pk|pcs?|pieces?|count|ct|pairs)\b"
    rf"|\b(?:packs?|sets?|lots?|box|case|qty|quantity)\s*(?:of\b|:)?\s*\(?{_COUNT}\b(?!\.\d)|\(\s*x\s?(\d{{1,3}})\s*\)"
    rf"|\(\s*(\d{{1,3}})\s?x\s*\)"
)


def names_part(title: str, part_number: str) -> bool:
    """Whether a title has the part number as a word of its own, whatever its case and separators.

    >>> names_part("Bin (da97 15217a)", "DA97-15217A"), names_part("Compressor 2421266020", "242126602")
    (True, False)
    """
    return _pattern(part_number).search(title) is not None


def pack_size(title: str) -> int:
    """How many pieces a listing sells together; 1 where the title does not say.

    >>> pack_size("Door Bin 242126602 (10-pack)"), pack_size("Pack of 2 hinges"), pack_size("Six-pack rack, 6 in")
    (10, 2, 6)
    """
    found = _PACK.search(title.casefold())
    if found is None:
        return 1
    count = next(group for group in found.groups() if group)
    return max(_WORDS.get(count) or int(count), 1)


@lru_cache(maxsize=4_096)
def _pattern(part_number: str) -> re.Pattern[str]:
    # A letter or digit behind a hyphen goes on with the number (a pack is "-50PK"); a slash begins another number.
    number = "[ ./_+-]?".join(re.escape(one) for one in _SEPARATORS.split(part_number))
    return re.compile(rf"(?<![A-Z0-9])(?<![A-Z0-9][._+-]){number}(?![._+-]?[A-Z0-9])", re.IGNORECASE)
