"""Part numbers: which texts can be one, and when two are the same."""

import re
from typing import Final

from attrgen_assets.errors import InvalidPartNumber

_ALLOWED: Final = re.compile(r"[A-Z0-9](?:[A-Z0-9 ./_+-]{0,62}[A-Z0-9])?")
_SEPARATORS: Final = re.compile(r"[ ./_+-]+")


def canonical_part_number(text: str) -> str:
    """The part number as suppliers are asked for it: upper case, one space where there were several.

    Letters, digits, spaces and . / _ + - only, so that it can stand in a path, a query and a JMESPath unharmed.
    Raises InvalidPartNumber.

    >>> canonical_part_number(" wr55x10025 ")
    'WR55X10025'
    """
    number = " ".join(text.upper().split())
    # Two dots or a slash beside one could walk up a URL's path.
    if not _ALLOWED.fullmatch(number) or ".." in number or "/." in number or "./" in number:
        raise InvalidPartNumber(
            f"{text[:80]!r} is no part number: 1 to 64 letters, digits, spaces and . / _ + - that begin and end with "
            "a letter or a digit"
        )
    return number


def same_part(one: str, other: str) -> bool:
    """Whether two part numbers differ at most in case and separators.

    >>> same_part("WR55-X10025", "wr55x10025"), same_part("WR55X10025", "WR55X10025-50PK")
    (True, False)
    """
    return _SEPARATORS.sub("", one.upper()) == _SEPARATORS.sub("", other.upper())
