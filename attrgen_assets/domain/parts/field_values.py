"""What a person says of a field, checked as strictly as the field asks for."""

import re
from typing import Any, Final

from attrgen_assets.domain.parts.fields import LIST_KINDS, PART_FIELDS, Field
from attrgen_assets.domain.parts.readings import NotReadable, Reading, read_enum, read_number, read_text, read_url
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import InvalidCorrection

_NOT_APPLICABLE: Final = frozenset({"na", "n/a", "not applicable"})
_BETWEEN: Final = re.compile(r"\s*;\s*")


def field_value(name: str, text: str) -> Any:
    """The value that a text stands for; None for NA, not applicable.

    A number may have a unit ("8 oz" of weight_lbs is 0.5); entries of a list are parted by semicolons, lines of a
    table are `name: value`.

    Raises InvalidCorrection, which says what is allowed.

    >>> field_value("weight_lbs", "8 oz"), field_value("compatible_models", "M1; M2"), field_value("voltage", "NA")
    (0.5, ['M1', 'M2'], None)
    """
    if name not in PART_FIELDS:
        raise InvalidCorrection(f"a part's record has no field {name!r}; {suggestion(name, list(PART_FIELDS))}")
    if name == "mpn":
        raise InvalidCorrection(
            "mpn: the part number is what the record is known by, and stays; look up another part by its own number"
        )
    field, stated = PART_FIELDS[name], text.strip()
    if not stated:
        raise InvalidCorrection(f"{name}: nothing is said; say NA for a part that has no such thing")
    if stated.casefold() in _NOT_APPLICABLE:
        if field.required:
            raise InvalidCorrection(f"{name}: every part has one, NA is no answer")
        return None
    try:
        return _several(field, stated) if field.kind in LIST_KINDS else _one(field, stated)
    except NotReadable as error:
        raise InvalidCorrection(f"{name}: {error}") from error


def _one(field: Field, text: str) -> Any:
    match field.kind:
        case "number":
            reading = read_number(text, field, unit=None, unit_words={})
        case "enum":
            reading = read_enum(text, field, words={})
        case "url":
            reading = read_url(text)
        case _:
            reading = read_text(text, field)
    return _sound(field, reading)


def _sound(field: Field, reading: Reading) -> Any:
    if reading.flags:
        raise InvalidCorrection(f"{field.name}: {reading.note}")
    return reading.value


def _several(field: Field, text: str) -> list[Any]:
    entries = list(dict.fromkeys(part for part in _BETWEEN.split(text) if part))
    if field.kind == "url_list":
        return [_sound(field, read_url(entry)) for entry in entries]
    if field.kind == "text_list":
        return [_sound(field, read_text(entry, field)) for entry in entries]
    rows = [entry.partition(":") for entry in entries]
    if any(not between or not name.strip() or not value.strip() for name, between, value in rows):
        raise InvalidCorrection(f"{field.name}: lines are written `name: value; name: value`; found {text[:80]!r}")
    return [{"name": name.strip(), "value": value.strip()} for name, _, value in rows]
