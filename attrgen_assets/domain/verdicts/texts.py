"""Numbers, units and codes in a text: what a text states that can be checked against facts."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_UNITS: Final = {
    "in": "in inch inches \" ''", "ft": "ft foot feet '", "cm": "cm centimeter centimeters centimetre centimetres",
    "mm": "mm millimeter millimeters millimetre millimetres", "m": "m meter meters metre metres",
    "lb": "lb lbs pound pounds", "oz": "oz ounce ounces", "kg": "kg kilogram kilograms", "g": "g gram grams",
    "V": "v volt volts vac vdc", "W": "w watt watts", "kW": "kw kilowatt kilowatts", "A": "a amp amps ampere amperes",
    "Hz": "hz hertz", "ohm": "ohm ohms ω", "degree": "° degree degrees °f °c", "%": "% percent",
    "USD": "usd dollar dollars", "l": "l liter liters litre litres", "qt": "qt quart quarts",
    "year": "year years yr yrs", "month": "month months", "day": "day days", "h": "h hour hours hr hrs",
    "min": "min minute minutes", "gal": "gal gallon gallons",
}  # fmt: skip
_UNIT_OF: Final = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_WORDS: Final = (
    "zero - two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMBER_WORDS: Final = (  # not "one": "this one", "one of the" are no counts
    {word: float(at) for at, word in enumerate(_WORDS) if word != "-"}
    | {word: 10.0 * at for at, word in enumerate(_TENS, 2)}
    | {"hundred": 100.0, "thousand": 1000.0, "million": 1e6, "dozen": 12.0}
)
_TENS_AND_ONES: Final = re.compile(rf"\b({'|'.join(_TENS)})[\s-]+(one|{'|'.join(_WORDS[2:10])})\b", re.IGNORECASE)
_TIMES_WORD: Final = re.compile(
    rf"\b(\d+(?:\.\d+)?|an?|one|{'|'.join(_NUMBER_WORDS)})[\s-]+(hundred|thousand|million|dozen)\b", re.IGNORECASE
)
_NUMBER: Final = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d*\.\d+|\d+)"
_TOKEN: Final = re.compile(r"(?:(?<!\w)\.(?=\d))?[^\W_]+(?:(?:[-./_+]|(?<=\d),(?=\d))[^\W_]+)*")
_PLAIN: Final = re.compile(rf"x?(?P<number>{_NUMBER})(?P<word>[^\W\d_]*)")
_FRACTION: Final = re.compile(r"(?P<over>\d{1,2})/(?P<under>2|3|4|5|6|8|10|16|32|64)(?!\d)-?(?P<word>[^\W\d_]*)")
_TIMES: Final = re.compile(rf"{_NUMBER}(?:x{_NUMBER})+(?:[^\W\d_]*)")
_UNIT_BEHIND: Final = re.compile(r"\s*-?\s*(?P<unit>''|[\"']|%|°[FfCc]?|[^\W\d_]+(?!\w))")
_ARTICLES: Final = frozenset("alh")  # behind a space these are words, or nothing: "5 a day"
_ENDINGS: Final = frozenset({"", "x", "st", "nd", "rd", "th", "s"})
_SEPARATORS: Final = re.compile(r"[\s./_+-]+")
_CODE_DIGITS: Final = 7  # a whole number of so many digits is a code, and so is one that begins with 0


@dataclass(frozen=True, slots=True)
class Stated:
    """One thing that a text states. text: as written. number and unit, or the code in its canonical spelling."""

    text: str
    number: float | None = None
    unit: str | None = None
    code: str | None = None


def as_data(value: Any) -> str:
    """A value as JSON for a message. Half a surrogate pair, which no message can hold, becomes a question mark."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def canonical_code(text: str) -> str:
    """A code in upper case without separators.

    >>> canonical_code("wr55-x10025")
    'WR55X10025'
    """
    return _SEPARATORS.sub("", text.upper())


def stated(text: str) -> list[Stated]:
    """Every number, with its unit where one follows, and every code of a text, in their order.

    A code is a word with letters and digits that is no number with its unit, or a long number. Digits of any script
    count, and so do words such as "twelve". Fractions are numbers.

    >>> [(one.number, one.unit, one.code) for one in stated("12V part WR55X10025, 3/4 inch")]
    [(12.0, 'V', None), (None, None, 'WR55X10025'), (0.75, 'in', None)]
    """
    plain = _ascii_digits(unicodedata.normalize("NFKC", text).replace("\N{FRACTION SLASH}", "/"))
    plain = _TENS_AND_ONES.sub(lambda found: f"{_counted(found[1]) + _counted(found[2]):g}", plain)
    plain = _TIMES_WORD.sub(lambda found: f"{_counted(found[1]) * _counted(found[2]):.15g}", plain)
    found: list[Stated] = []
    for match in _TOKEN.finditer(plain):
        found.extend(_of_token(plain, match.start(), match[0]))
    return found


def _counted(word: str) -> float:
    """The number that a word or digits stand for; 1 for "one" and "a"."""
    return float(word) if word[0].isdigit() else _NUMBER_WORDS.get(word.lower(), 1.0)


def _ascii_digits(text: str) -> str:
    """Every character that stands for a number written with 0-9; invisible ones and accents taken out."""
    written = []
    for letter in text:
        value = unicodedata.numeric(letter, None)
        if letter.isascii() or value is None:
            written.append("" if unicodedata.category(letter) in ("Cf", "Mn", "Me") else letter)
        else:
            written.append(f"{value:g}")
    return "".join(written)


def _of_token(text: str, start: int, token: str) -> Iterator[Stated]:
    end = start + len(token)
    if not any(map(str.isdigit, token)):
        for word in re.split(r"[-./_+]", token.lower()):
            if word in _NUMBER_WORDS:
                yield Stated(token, _NUMBER_WORDS[word], _unit_behind(text, end))
        return
    fraction = _FRACTION.fullmatch(token)
    if fraction is not None and int(fraction["over"]) < int(fraction["under"]):
        unit = _UNIT_OF.get(fraction["word"].lower()) if fraction["word"] else _unit_behind(text, end)
        yield Stated(token, int(fraction["over"]) / int(fraction["under"]), unit)
        return
    times = r"[-/_+x]" if _TIMES.fullmatch(token) else r"[-/_+]"
    pieces = [match for match in re.finditer(rf"(?:(?!{times}).)+", token) if any(map(str.isdigit, match[0]))]
    plain = [(start + piece.start(), _PLAIN.fullmatch(piece[0])) for piece in pieces]
    numbers = [(at, one) for at, one in plain if one is not None and _is_measure(one)]
    if len(numbers) < len(plain) or _is_code(token, numbers):
        yield Stated(token, code=canonical_code(token))
        return
    for at, one in numbers:
        yield _number(text, at, one)


def _is_measure(match: re.Match[str]) -> bool:
    word = match["word"].lower()
    return word in _ENDINGS or word in _UNIT_OF


def _is_code(token: str, numbers: list[tuple[int, re.Match[str]]]) -> bool:
    """Whether digits and dashes alone are a code: long, or with a leading zero (12-34567890, 00754870)."""
    digits = [one["number"] for _, one in numbers if one["number"].isdigit()]
    return any(len(one) >= _CODE_DIGITS or (len(one) > 1 and one[0] == "0") for one in digits)


def _number(text: str, at: int, match: re.Match[str]) -> Stated:
    word, end = match["word"].lower(), at + len(match[0])
    unit = _UNIT_OF.get(word) if word else _unit_behind(text, end)
    if text[:at].rstrip().endswith("$"):
        unit = "USD"
    return Stated(match[0], _signed(text, at, float(match["number"].replace(",", ""))), unit)


def _unit_behind(text: str, end: int) -> str | None:
    found = _UNIT_BEHIND.match(text, end)
    if found is None or (found["unit"] in _ARTICLES and found["unit"] != text[end : found.end()]):
        return None
    return _UNIT_OF.get(found["unit"].lower())


def _signed(text: str, start: int, number: float) -> float:
    """Negative where a minus stands right before it that joins no words: "-5 degrees", not "WR-5"."""
    if start == 0 or text[start - 1] not in "-−":
        return number
    return -number if start == 1 or text[start - 2] in " (\t\n" else number
