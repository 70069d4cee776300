"""Quantities in text: numbers with thousands separators, units in every spelling, currencies.

Conversion factors come from pint; what is ours is only how sellers abbreviate.
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pint

_CURRENCIES: Final = {
    "INR": ("inr", "rs", "re", "₹", "rupee", "rupees"),
    "USD": ("usd", "us$", "$", "dollar", "dollars"),
    "EUR": ("eur", "€", "euro", "euros"),
    "GBP": ("gbp", "£", "pound sterling"),
}
_CURRENCY_OF: Final = {word: code for code, words in _CURRENCIES.items() for word in words}

_ABBREVIATIONS: Final = {  # what sellers write and pint does not know, or knows as something else
    "m": "meter", "mt": "meter", "mts": "meter", "mtr": "meter", "mtrs": "meter", "metre": "meter", "metres": "meter",
    "cms": "centimeter", "mms": "millimeter",
    "in": "inch", "ins": "inch", "inchs": "inch", '"': "inch", "''": "inch",
    "'": "foot", "fts": "foot",
    "yd": "yard", "yds": "yard", "gaj": "yard",
    "gm": "gram", "gms": "gram", "gsm": "gram/meter**2", "kgs": "kilogram", "lbs": "pound", "ltr": "liter",
    "pc": "count", "pcs": "count", "piece": "count", "pieces": "count",
}  # fmt: skip

_DECIMALS: Final = 9  # of a converted value: 32 °F is 0 °C, and not a rounding error beside it

_WRITTEN_OUT: Final = tuple(
    "mm cm meter meters inch inches ft foot feet yard yards "
    "g kg gram grams lb oz pounds ml l liter liters v volt volts w watt watts".split()
)

_NUMBER: Final = r"\d{1,3}(?:,\d{2,3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_UNIT: Final = r"[a-zA-Z₹$€£]+\.?|[\"”″]|''|['’′]"
_QUANTITY: Final = re.compile(
    rf"\s*(?P<sign>[-−+])?\s*(?P<before>{_UNIT})?\s*(?P<number>{_NUMBER})\s*(?P<after>{_UNIT})?\s*(?:/-)?\s*",
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number and the unit as it was written, if any."""

    value: float
    unit: str | None


def parse_number(text: str) -> float:
    """A number without unit; commas group thousands (1,699 or 1,00,000), or are a decimal comma (5,5).

    >>> parse_number("1,00,000.50"), parse_number("5,5"), parse_number("1,699")
    (100000.5, 5.5, 1699.0)
    """
    if "," in text and not re.fullmatch(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?", text):
        return float(text.replace(",", ".", 1)) if text.count(",") == 1 and "." not in text else float("nan")
    return float(text.replace(",", ""))


def parse_quantity(text: str) -> Quantity | None:
    r"""One quantity that is the whole text; None when the text is something else, or more than one number.

    >>> parse_quantity("Rs\n1,699")
    Quantity(value=1699.0, unit='rs')
    >>> parse_quantity("5.5 Mtr.")
    Quantity(value=5.5, unit='mtr')
    >>> parse_quantity("5 - 6 m") is None
    True
    """
    found = _QUANTITY.fullmatch(text.replace("\N{NO-BREAK SPACE}", " "))
    if found is None or (found["before"] and found["after"]):
        return None
    value = parse_number(found["number"])
    if math.isnan(value):  # separators in impossible places
        return None
    word = found["before"] or found["after"]
    return Quantity(-value if found["sign"] in ("-", "−") else value, _unit_word(word) if word else None)


def _unit_word(word: str) -> str:
    plain = word.rstrip(".").translate(str.maketrans("”″’′", "\"\"''"))
    return plain if plain in ("", "'") else plain.lower()


@lru_cache(maxsize=1)
def _registry() -> "pint.UnitRegistry[float]":
    return pint.UnitRegistry(cache_folder=None)


@lru_cache(maxsize=4096)
def conversion_factor(unit: str, target: str) -> float | None:
    """What to multiply by to get from one unit to another; None when they measure different things.

    >>> round(conversion_factor("in", "m"), 4), conversion_factor("kg", "m"), conversion_factor("₹", "INR")
    (0.0254, None, 1.0)
    """
    if target in _CURRENCIES or unit in _CURRENCY_OF:
        return 1.0 if _CURRENCY_OF.get(unit.lower(), unit.upper()) == target else None
    registry = _registry()
    try:
        source = registry.Quantity(1.0, _ABBREVIATIONS.get(unit, unit))
        return float(source.to(_ABBREVIATIONS.get(target, target)).magnitude)
    except (pint.PintError, AttributeError, ValueError, TypeError, AssertionError):
        return None  # pint raises all of these for words that are no units


def convert(value: float, unit: str, target: str) -> float | None:
    """A value in another unit, both as pint names them, temperatures included; None for units of different things.

    >>> round(convert(212.0, "degF", "degC"), 6), convert(1.0, "volt", "inch")
    (100.0, None)
    """
    try:
        return round(float(_registry().Quantity(value, unit).to(target).magnitude), _DECIMALS)
    except pint.PintError:
        return None


def is_currency(unit: str) -> bool:
    """Whether a unit is one of the currencies, by its ISO 4217 code.

    >>> is_currency("INR"), is_currency("m")
    (True, False)
    """
    return unit in _CURRENCIES


def is_known_unit(unit: str) -> bool:
    """Whether a config may name this unit.

    >>> is_known_unit("m"), is_known_unit("INR"), is_known_unit("parsnip")
    (True, True, False)
    """
    return unit in _CURRENCIES or conversion_factor(unit, unit) is not None


@lru_cache(maxsize=256)
def unit_spellings(unit: str) -> tuple[str, ...]:
    """How the units that convert to `unit` are written, longest first: the words a pattern looks for.

    >>> "inches" in unit_spellings("m"), "kg" in unit_spellings("m")
    (True, False)
    """
    words = {unit.lower(), *_WRITTEN_OUT, *_ABBREVIATIONS, *_CURRENCY_OF}
    return tuple(sorted((w for w in words if conversion_factor(w, unit) is not None), key=lambda w: (-len(w), w)))
