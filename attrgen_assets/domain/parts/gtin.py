"""Global trade item numbers: UPC-A, EAN-8, EAN-13, GTIN-14."""

from typing import Final

GTIN_LENGTHS: Final = (8, 12, 13, 14)


def check_digit(digits: str) -> int:
    """The check digit that follows these digits: weights 3 and 1 in turn from the right (GS1 General Specifications).

    >>> check_digit("03600029145")
    2
    """
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -weighted % 10


def is_gtin(text: str) -> bool:
    """Whether a text is a GTIN of a legal length whose check digit is right.

    >>> is_gtin("036000291452"), is_gtin("036000291453"), is_gtin("12")
    (True, False, False)
    """
    return text.isascii() and text.isdigit() and len(text) in GTIN_LENGTHS and check_digit(text[:-1]) == int(text[-1])
