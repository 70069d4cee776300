"""From what a path found to a value of a field's kind, or to the reason why there is none."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from attrgen_assets.domain.parts.claims import Flag
from attrgen_assets.domain.parts.fields import Field
from attrgen_assets.domain.parts.gtin import is_gtin
from attrgen_assets.domain.parts.json_text import kind_of
from attrgen_assets.domain.units import conversion_factor, parse_quantity

MAX_TEXT: Final = 20_000  # characters of one text
MAX_ITEMS: Final = 5_000  # of one list
_DIGITS: Final = 6  # of a converted number, so that 1 in is not 0.9999999 in


@dataclass(frozen=True, slots=True)
class Reading:
    """A value, or None and the flag and note that say why."""

    value: Any
    flags: tuple[Flag, ...] = ()
    note: str = ""


class NotReadable(ValueError):
    """A value is not of its field's kind; the message says what it is instead."""


def read_number(found: Any, field: Field, *, unit: str | None, unit_words: dict[str, str]) -> Reading:
    """A number in the field's unit; flagged suspect outside of what is possible for the field.

    Args:
        found: a number, or a text with a number and perhaps a unit.
        unit: of a number that has none; None: the field's own.
        unit_words: the supplier's own words for units.

    Raises NotReadable.

    >>> from attrgen_assets.domain.parts.fields import PART_FIELDS
    >>> read_number("8 oz", PART_FIELDS["weight_lbs"], unit=None, unit_words={}).value
    0.5
    >>> read_number(6000, PART_FIELDS["box_length_in"], unit="in", unit_words={})
    Reading(value=6000.0, flags=('suspect',), note='6000 in is not within 0.02 to 120; if hundredths: 60, if thousandths: 6')
    """  # noqa: E501 - the doctest's answer is one line
    number, written = _quantity(found, unit_words)
    target = field.unit or ""
    source = written or unit or target
    # Texts come in lower case by now, and pint knows V but not v.
    factor = 1.0 if source.casefold() == target.casefold() else conversion_factor(source, target)
    if factor is None:
        raise NotReadable(f"{source!r} is no unit of {field.name}, which is in {target}")
    value = round(number * factor, _DIGITS)
    if field.plausible is None or field.plausible[0] <= value <= field.plausible[1]:
        return Reading(value)
    low, high = field.plausible
    scaled = [
        f"if {name}: {value / by:g}"
        for name, by in (("hundredths", 100), ("thousandths", 1000))
        if low <= value / by <= high
    ]
    note = f"{value:g} {target} is not within {low:g} to {high:g}"
    return Reading(value, ("suspect",), f"{note}; {', '.join(scaled)}" if scaled else note)


def read_text(found: Any, field: Field) -> Reading:
    """A text without control characters, one space where there were several. Raises NotReadable."""
    text = _text(found)
    if field.name == "upc_ean_gtin":
        digits = text.replace(" ", "").replace("-", "")
        if is_gtin(digits):
            return Reading(digits)
        return Reading(text, ("suspect",), "no GTIN: of 8, 12, 13 or 14 digits with the right check digit")
    return Reading(text)


def read_enum(found: Any, field: Field, *, words: dict[str, str]) -> Reading:
    """One of the field's values, by the supplier's words for them. Raises NotReadable."""
    text = _text(found).casefold()
    value = {word.casefold(): value for word, value in words.items()}.get(text, text)
    if value not in field.values:
        raise NotReadable(f"{text[:80]!r} is none of {', '.join(field.values)}")
    return Reading(value)


def read_url(found: Any) -> Reading:
    """An absolute http(s) URL. Raises NotReadable."""
    return Reading(_url(found))


def read_list(found: Any, *, split: str | None, urls: bool, skipped: Callable[[Any], bool]) -> Reading:
    """The texts of a list, each once (case aside), in order; what `skipped` says is a marker is left out.

    Raises NotReadable.
    """
    items = found.split(split) if isinstance(found, str) and split is not None else found
    items = items if isinstance(items, list) else [items]
    if len(items) > MAX_ITEMS:
        raise NotReadable(f"a list of {len(items):,}; at most {MAX_ITEMS:,} are taken")
    texts = [(_url if urls else _text)(item) for item in items if not skipped(item)]
    first: dict[str, str] = {}
    for text in texts:
        first.setdefault(text.casefold(), text)
    return Reading(list(first.values()))


def read_table(found: Any, *, skipped: Callable[[Any], bool]) -> Reading:
    """[{name, value}] from an object, or from a list of objects with name and value. Raises NotReadable."""
    if isinstance(found, dict):
        pairs = list(found.items())
    elif isinstance(found, list) and all(isinstance(item, dict) and {"name", "value"} <= item.keys() for item in found):
        pairs = [(item["name"], item["value"]) for item in found]
    else:
        raise NotReadable(f"an object or a list of name and value was expected, found {kind_of(found)}")
    if len(pairs) > MAX_ITEMS:
        raise NotReadable(f"a table of {len(pairs):,} rows; at most {MAX_ITEMS:,} are taken")
    return Reading([{"name": _text(name), "value": _text(value)} for name, value in pairs if not skipped(value)])


def load_units() -> None:
    """Read the table of units, which takes a few tenths of a second, before the first answer waits for it."""
    conversion_factor("oz", "lb")


def reduced(readings: Sequence[Reading], how: str) -> Reading:
    """Several numbers to one; what is flagged is left out, and noted, as long as something else is there.

    >>> reduced([Reading(1.0), Reading(2.0), Reading(9.0), Reading(6000.0, ("suspect",))], "low_half_mean").value
    1.5
    """
    sound = [reading for reading in readings if not reading.flags]
    out = [reading for reading in readings if reading.flags]
    note = f"{len(out)} of {len(readings)} left out: {out[0].note}" if sound and out else ""
    sound = sound or [reading for reading in out if reading.value is not None] or out[:1]
    if how in ("first", "union") or len(sound) == 1:
        return sound[0] if sound[0].flags else Reading(sound[0].value, (), note)
    numbers = sorted(reading.value for reading in sound)
    half = (len(numbers) + 1) // 2
    by_name: dict[str, Callable[[], float]] = {
        "median": lambda: statistics.median(numbers),
        "min": lambda: numbers[0],
        "max": lambda: numbers[-1],
        "low_half_mean": lambda: statistics.fmean(numbers[:half]),
        "high_half_mean": lambda: statistics.fmean(numbers[-half:]),
    }
    return Reading(round(by_name[how](), _DIGITS), sound[0].flags, note or sound[0].note)


def _quantity(found: Any, unit_words: dict[str, str]) -> tuple[float, str | None]:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return float(found), None
    if not isinstance(found, str):
        raise NotReadable(f"a number was expected, found {kind_of(found)}")
    text = found.strip()[:200]
    folded = text.casefold()
    for word, unit in unit_words.items():
        if folded.endswith(word.casefold()):
            text, written = text[: -len(word)].strip(), unit
            break
    else:
        written = None
    quantity = parse_quantity(text)
    if quantity is None:
        raise NotReadable(f"{text[:80]!r} is no number")
    return quantity.value, written or quantity.unit


def _text(found: Any) -> str:
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        raise NotReadable(f"a text was expected, found {kind_of(found)}")
    text = str(found)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    text = " ".join(text.split())
    if not text:
        raise NotReadable("an empty text")
    if len(text) > MAX_TEXT:
        raise NotReadable(f"a text of {len(text):,} characters; at most {MAX_TEXT:,} are taken")
    return text


def _url(found: Any) -> str:
    text = _text(found)
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in text and len(text) <= 2_000
    except ValueError:  # a bracket that opens no IPv6 address
        sound = False
    if not sound:
        raise NotReadable(f"{text[:80]!r} is no http(s) URL")
    return text
