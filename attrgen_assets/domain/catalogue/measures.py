"""Measures as suppliers write them, and as people read them: fractions, ranges, and both systems of units.

Factors come from pint; what is ours is how sellers abbreviate, and which unit stands beside which.
"""

import math
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from attrgen_assets.domain.units import convert

_SYMBOLS: Final = {  # as it is shown: (pint's name, how sellers write it)
    "V": ("volt", "v volt volts vac vdc"),
    "A": ("ampere", "a amp amps ampere amperes"),
    "mA": ("milliampere", "ma milliamp milliamps"),
    "W": ("watt", "w watt watts"),
    "kW": ("kilowatt", "kw kilowatt kilowatts"),
    "Hz": ("hertz", "hz hertz"),
    "ohm": ("ohm", "ohm ohms ω"),
    "kohm": ("kiloohm", "kohm kohms kω"),
    "uF": ("microfarad", "uf µf μf mfd microfarad microfarads"),
    "in": ("inch", 'in inch inches " ″ ”'),
    "ft": ("foot", "ft foot feet '"),
    "mm": ("millimeter", "mm millimeter millimeters"),
    "cm": ("centimeter", "cm centimeter centimeters"),
    "m": ("meter", "m meter meters metre metres"),
    "lb": ("pound", "lb lbs pound pounds"),
    "oz": ("ounce", "oz ounce ounces"),
    "g": ("gram", "g gram grams"),
    "kg": ("kilogram", "kg kilogram kilograms"),
    "°F": ("degF", "°f f degf fahrenheit"),
    "°C": ("degC", "°c c degc celsius"),
    "psi": ("psi", "psi"),
    "kPa": ("kilopascal", "kpa"),
    "bar": ("bar", "bar"),
    "gal": ("gallon", "gal gallon gallons"),
    "L": ("liter", "l liter liters litre litres"),
    "fl oz": ("fluid_ounce", "floz"),
    "mL": ("milliliter", "ml milliliter milliliters"),
    "gpm": ("gallon/minute", "gpm"),
    "L/min": ("liter/minute", "lpm l/min"),
    "rpm": ("revolutions_per_minute", "rpm"),
    "BTU/h": ("BTU/hour", "btu btuh btu/h btu/hr"),
    "s": ("second", "s sec secs second seconds"),
    "min": ("minute", "min minute minutes"),
    "month": ("month", "month months mo"),
    "year": ("year", "yr yrs year years"),
    "USD": ("USD", "usd $"),
}
_SYMBOL_OF: Final = {word: symbol for symbol, (_, words) in _SYMBOLS.items() for word in words.split()}
_OTHER_SYSTEM: Final = {
    "in": "cm", "ft": "m", "cm": "in", "mm": "in", "m": "ft", "lb": "kg", "kg": "lb", "oz": "g", "g": "oz",
    "°F": "°C", "°C": "°F", "psi": "kPa", "kPa": "psi", "bar": "psi", "gal": "L", "L": "gal", "fl oz": "mL",
    "mL": "fl oz", "gpm": "L/min", "L/min": "gpm", "BTU/h": "W",
}  # fmt: skip
_FRACTION: Final = r"\d{1,2}/(?:2|4|8|16|32|64)(?!\d)"  # of an inch; 120/240 is two voltages
_NUMBER: Final = rf"[-−+]?(?:\d+[ -]{_FRACTION}|{_FRACTION}|\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d*\.?\d+)"
_WORD: Final = r"(?:[°º]\s*[CFcf]|(?![AaDd][Cc]\b)[A-Za-zµμΩω/]+|[\"″”'])"  # AC and DC are no units
_MEASURE: Final = re.compile(
    rf"\s*(?P<low>{_NUMBER})\s*(?P<first>{_WORD})?\s*"
    rf"(?:(?P<between>-|–|to|/|or)\s*(?P<high>{_NUMBER})\s*)?(?P<unit>{_WORD})?\.?\s*(?:AC|DC|ac|dc)?\s*"
)
_TOLERANCE: Final = re.compile(r"\s*(?:±|\+/-|\+-)\s*(\d*\.?\d+)\s*(%?)")
_DEGREES: Final = re.compile(r"\bdeg(?:rees?)?\.?\s*(?=[CFcf]\b)", re.IGNORECASE)
_FEET: Final = re.compile(
    rf"\s*(?P<feet>\d+)\s*(?:ft|feet|foot|')\.?\s*(?P<inches>{_NUMBER})\s*(?:in|inch|inches|\")\.?\s*"
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A number, a range, or two numbers, in a unit (as `symbol` spells it; None for a count).

    either: it is one or the other, as of a part for 120 and 240 V, and nothing between. tolerance: as written, "10 %".
    """

    low: float
    high: float
    unit: str | None
    either: bool = False
    tolerance: str = ""

    def converted(self, unit: str) -> "Measure | None":
        """The same in another unit; None where the two measure different things."""
        if unit == self.unit:
            return self
        if self.unit is None:
            return replace(self, unit=unit)  # a bare number is in the unit that is expected
        low, high = (_convert(value, self.unit, unit) for value in (self.low, self.high))
        if low is None or high is None:
            return None
        relative = self.tolerance if self.tolerance.endswith("%") else ""  # an absolute one is in the former unit
        return replace(self, low=low, high=high, unit=unit, tolerance=relative)


def symbol(word: str) -> str | None:
    """How a unit is shown; None for a word that is no unit here.

    >>> symbol("Inches"), symbol("mfd"), symbol("parsnip")
    ('in', 'uF', None)
    """
    return _SYMBOL_OF.get(word.replace("º", "°").replace(" ", "").rstrip(".").lower())


def parse_measure(text: str) -> Measure | None:
    """The measure that is the whole text; None for anything else.

    5, 1/4 in, 5 1/2", 10 ft 6 in, 110-120 V, 120/240 V, 120 V ± 10 %, -22 to 140 °F, 250 degrees F.

    >>> parse_measure('5 1/2"') == Measure(5.5, 5.5, "in"), parse_measure("about 5")
    (True, None)
    """
    if (long := _FEET.fullmatch(text)) is not None and (inches := _number(long["inches"])) is not None:
        total = 12 * float(long["feet"]) + inches
        return Measure(total, total, "in")
    tolerance = _TOLERANCE.search(text)
    plain = text if tolerance is None else text[: tolerance.start()] + " " + text[tolerance.end() :]
    found = _MEASURE.fullmatch(_DEGREES.sub("°", plain))
    if found is None or (found["first"] and found["high"] and not found["unit"]):  # 3/8"-16 is a thread
        return None
    words = {symbol(word) for word in (found["first"], found["unit"]) if word}
    if None in words or len(words) > 1:
        return None
    low = _number(found["low"])
    high = low if found["high"] is None else _number(found["high"])
    if low is None or high is None or low > high:
        return None
    return Measure(
        low,
        high,
        words.pop() if words else None,
        either=found["between"] in ("/", "or"),
        tolerance="" if tolerance is None else f"{tolerance[1]} {tolerance[2]}".rstrip(),
    )


def in_both_systems(measure: Measure) -> str:
    """A measure as text, with the other system of units beside it where there is one.

    >>> in_both_systems(Measure(5, 5, "in")), in_both_systems(Measure(110, 120, "V"))
    ('5 in (12.7 cm)', '110 to 120 V')
    >>> in_both_systems(Measure(-4, 212, "°F"))
    '-4 to 212 °F (-20 to 100 °C)'
    """
    other = _OTHER_SYSTEM.get(measure.unit or "")
    beside = measure.converted(other) if other else None
    return _shown(measure) if beside is None else f"{_shown(measure)} ({_shown(beside, digits=_digits(measure))})"


def shown_number(value: float, *, digits: int = 6) -> str:
    """A number in so many significant digits, without surplus zeros and without an exponent.

    >>> shown_number(12.7000001), shown_number(1500.0), shown_number(0.000254, digits=3)
    ('12.7', '1500', '0.000254')
    """
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _shown(measure: Measure, *, digits: int = 6) -> str:
    low, high = (shown_number(value, digits=digits) for value in (measure.low, measure.high))
    number = low if measure.low == measure.high else f"{low} {'or' if measure.either else 'to'} {high}"
    relative = measure.tolerance.endswith("%")
    number = f"{number} ± {measure.tolerance}" if measure.tolerance and not relative else number
    shown = f"{number} {measure.unit}" if measure.unit else number
    return f"{shown} ± {measure.tolerance}" if relative else shown


def _digits(measure: Measure) -> int:
    """Significant digits for the other system: one more than were written, 4 or 5."""
    written = (shown_number(value).lstrip("-0.").replace(".", "") for value in (measure.low, measure.high))
    return min(5, max(4, 1 + max(map(len, written))))


@lru_cache(maxsize=4096)
def _convert(value: float, unit: str, target: str) -> float | None:
    return convert(value, _SYMBOLS[unit][0], _SYMBOLS[target][0])


def _number(text: str) -> float | None:
    plain = text.replace("−", "-").replace(",", "").replace("+", "")
    sign = -1.0 if plain.startswith("-") else 1.0
    total = 0.0
    for part in re.split(r"[ -]", plain.lstrip("-")):
        over, _, under = part.partition("/")
        if under and float(under) == 0:
            return None
        total += float(over) / float(under) if under else float(over)
    return sign * total
