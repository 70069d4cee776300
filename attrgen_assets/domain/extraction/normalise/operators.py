"""Rules that turn a raw value into a normalised one.

An operator is written as a text such as "alnum" or "unit cm in 1", so that a model file can hold it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Final

_CM: Final = {
    "mm": "1/10", "millimeter": "1/10", "cm": "1", "centimeter": "1", "m": "100", "meter": "100", "metre": "100",
    "in": "127/50", "inch": "127/50", "inche": "127/50", '"': "127/50", "”": "127/50", "''": "127/50",
    "ft": "762/25", "foot": "762/25", "feet": "762/25", "'": "762/25", "yd": "2286/25", "yard": "2286/25",
}  # fmt: skip
_GRAM: Final = {
    "mg": "1/1000", "g": "1", "gm": "1", "gr": "1", "gram": "1", "kg": "1000", "kilogram": "1000",
    "oz": "45359237/1600000", "ounce": "45359237/1600000", "lb": "45359237/100000", "pound": "45359237/100000",
}  # fmt: skip
_LITRE: Final = {
    "ml": "1/1000", "l": "1", "liter": "1", "litre": "1", "fl oz": "473176473/16000000000",
    "fluid ounce": "473176473/16000000000", "gal": "473176473/125000000", "gallon": "473176473/125000000",
    "qt": "473176473/500000000", "quart": "473176473/500000000", "pt": "473176473/1000000000",
    "pint": "473176473/1000000000",
}  # fmt: skip
FACTORS: Final = {
    kind: {unit: Fraction(text) for unit, text in table.items()}
    for kind, table in (("length", _CM), ("weight", _GRAM), ("volume", _LITRE))
}
_TARGETS: Final = {"length": ("cm", "mm", "m", "in"), "weight": ("g", "kg", "oz", "lb"), "volume": ("ml", "l", "fl oz")}
NUMBER: Final = re.compile(r"(?:(?P<whole>\d[\d,]*)[ -]+)?(?P<top>\d+)\s*/\s*(?P<bottom>\d+)|\d[\d,]*(?:\.\d+)?|\.\d+")
UNIT: Final = re.compile(r"\s*-?\s*(fl\.? ?oz|fluid ounces?|''|[\"”']|[a-zA-Z]+)", re.IGNORECASE)
_COUNT_WORDS: Final = {
    "single": 1, "one": 1, "dual": 2, "two": 2, "double": 2, "twin": 2, "pair": 2, "trio": 3, "three": 3, "triple": 3,
    "quad": 4, "four": 4, "five": 5, "hexa": 6, "six": 6, "seven": 7, "eight": 8, "octa": 8, "nine": 9, "ten": 10,
    "dozen": 12, "sp": 1, "dp": 2, "sc": 1, "dc": 2, "qc": 4,
}  # fmt: skip

HALF_UP: Final = "half up"
"""How another rounding of a unit's operator is written: `unit|cm|in|1|half up`."""
MAX_NUMBER: Final = 20  # characters: more are no quantity

Operator = Callable[[str], str | None]


def numbers(text: str) -> list[tuple[Fraction, str | None]]:
    """Every number of a text with the unit behind it: whole, decimal, fraction, or whole and fraction.

    >>> numbers('47-1/4"')
    [(Fraction(189, 4), '"')]
    >>> numbers("1,000 ft 11/32")
    [(Fraction(1000, 1), 'ft'), (Fraction(11, 32), None)]
    """
    found = []
    for match in NUMBER.finditer(text):
        value = _value(match)
        unit = UNIT.match(text, match.end())
        if value is not None:
            found.append((value, unit[1].lower() if unit else None))
    return found


def _value(match: re.Match[str]) -> Fraction | None:
    if len(match.group()) > MAX_NUMBER:
        return None
    if match["bottom"] is None:
        return Fraction(match.group().replace(",", ""))
    if int(match["bottom"]) == 0:
        return None
    whole = match["whole"]
    return (Fraction(whole.replace(",", "")) if whole else Fraction(0)) + Fraction(
        int(match["top"]), int(match["bottom"])
    )


def _factor(kind: str, unit: str | None) -> Fraction | None:
    if unit is None:
        return None
    table = FACTORS[kind]
    plain = unit.replace(".", "").replace("floz", "fl oz")
    return table.get(plain, table.get(plain.removesuffix("s")))


def is_unit(target: str, unit: str) -> bool:
    """Whether a unit measures what the target unit measures.

    >>> is_unit("cm", "feet"), is_unit("cm", "oz")
    (True, False)
    """
    kind = next(kind for kind, units in _TARGETS.items() if target in units)
    return _factor(kind, unit) is not None


def usual_unit(texts: Iterable[str]) -> str | None:
    """The unit that stands behind most numbers, as `names` writes it.

    >>> usual_unit(['9"', "4 inches", "10 cm"])
    'in'
    """
    counted: Counter[str] = Counter()
    for text in texts:
        for _, unit in numbers(text):
            for kind, units in _TARGETS.items():
                factor = _factor(kind, unit)
                counted.update(name for name in units if FACTORS[kind][name] == factor)
    return min(counted, key=lambda name: (-counted[name], name)) if counted else None


def _rounded(value: Fraction, places: int, *, half_up: bool) -> str:
    """Rounded as most programs do - the nearest binary number decides, that of 57.15 is below it - or half up."""
    if not half_up:
        return f"{float(value):.{places}f}"
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def to_unit(text: str, *, target: str, default: str, places: int, half_up: bool = False) -> str | None:
    """The largest quantity of a text in another unit, rounded; `default` is the unit of a bare number.

    >>> to_unit('121" - 132"', target="cm", default="in", places=1)
    '335.3'
    >>> [to_unit('22-1/2"', target="cm", default="in", places=1, half_up=up) for up in (False, True)]
    ['57.1', '57.2']
    """
    kind = next(kind for kind, units in _TARGETS.items() if target in units)
    found = numbers(text)
    factors = [_factor(kind, unit) for _, unit in found]
    if not found:
        return None
    known = [factor for factor in factors if factor is not None]
    fallback = known[-1] if known else FACTORS[kind][default]  # "4 x 6 ft": the unit stands once
    values = [value * (factor or fallback) for (value, _), factor in zip(found, factors, strict=True)]
    return _rounded(max(values) / FACTORS[kind][target], places, half_up=half_up)


def count(text: str) -> str | None:
    """How many: the first number, written in digits or words; parts joined by a slash are added when each has a unit.

    >>> count("1,000/Box"), count("Dual Port (DP)"), count("2-ports Int/2-ports Ext")
    ('1000', '2', '4')
    """
    parts = [numbers(part) for part in text.split("/")]
    if len(parts) > 1 and all(part and part[0][1] for part in parts):
        return str(sum(int(part[0][0]) for part in parts))
    found = numbers(text)
    if found:
        return str(int(found[0][0])) if found[0][0].denominator == 1 else None
    words = re.findall(r"[a-z]+", text.lower())
    return next((str(_COUNT_WORDS[word]) for word in words if word in _COUNT_WORDS), None)


def thousands(text: str) -> str | None:
    """A number that may be written in thousands.

    >>> thousands("7.2K RPM"), thousands("15000 rpm")
    ('7200', '15000')
    """
    found = numbers(text)
    if not found:
        return None
    value, unit = found[0]
    value *= 1000 if unit in ("k", "krpm") else 1
    return str(int(value)) if value.denominator == 1 else None


def _alnum(text: str) -> str | None:
    return "".join(character for character in text if character.isalnum()) or None


def _digits(text: str, first: int, last: int) -> str | None:
    digits = "".join(character for character in text if character.isdigit())
    return digits[first:last] or None


_PLAIN: Final[dict[str, Operator]] = {
    "as written": lambda text: text,
    "upper": str.upper,
    "lower": str.lower,
    "title": str.title,
    "alnum": _alnum,
    "ALNUM": lambda text: (_alnum(text) or "").upper() or None,
    "count": count,
    "thousands": thousands,
}


@lru_cache(maxsize=512)
def operator(name: str) -> Operator:
    """The operator of that name. Raises ValueError for a name that `names` does not yield, `HALF_UP` apart.

    >>> operator("alnum")("372703-B21"), operator("digits 1 6")("095205742466")
    ('372703B21', '95205')
    """
    if name in _PLAIN:
        return _PLAIN[name]
    kind, *words = name.split("|") if "|" in name else name.split(" ")
    if kind == "digits" and len(words) == 2:
        first, last = int(words[0]), int(words[1])
        return lambda text: _digits(text, first, last)
    half_up = words[-1:] == [HALF_UP]
    words = words[:-1] if half_up else words
    if kind == "unit" and len(words) == 3 and any(words[0] in units for units in _TARGETS.values()):
        target, default, places = words[0], words[1], int(words[2])
        return lambda text: to_unit(text, target=target, default=default, places=places, half_up=half_up)
    raise ValueError(f"no operator is called {name!r}")


def names() -> Iterator[str]:
    """Every operator there is to choose from, the simplest first."""
    yield from _PLAIN
    for first, last in product(range(3), range(4, 13)):
        yield f"digits {first} {last}"
    for units in _TARGETS.values():
        for target, default, places in product(units, units, range(3)):
            yield f"unit|{target}|{default}|{places}"
