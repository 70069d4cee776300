"""Values that are not text, as text: what a person would have typed, nested ones as compact JSON.

    true            -> true                1699.0 (a float)  -> 1699
    [1, "a"]        -> [1,"a"]             2024-05-01T10:00  -> 2024-05-01T10:00:00
    {"a": null}     -> {"a":null}          null              -> absent

Lists become JSON text too, never joined ones: an element may hold any separator.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


class Number(str):
    """A number as it was spelled; without the quotes of a text when it stands in JSON."""

    __slots__ = ()


def as_text(value: Any) -> str | None:
    """The cell text of a value; None stays None.

    >>> as_text(1699.0), as_text([Number("1.50"), "a", None]), as_text(True)
    ('1699', '[1.50,"a",null]', 'true')
    """
    if value is None:
        return None
    if isinstance(value, str):
        return encodable(str(value))
    if isinstance(value, Mapping | Sequence | set | frozenset) and not isinstance(value, bytes | bytearray):
        return encodable(_json(value))
    return encodable(_scalar(value))


def _scalar(value: Any) -> str:
    match value:
        case bool():
            return str(value).lower()
        case float() if value.is_integer() and abs(value) < 1e15:  # above, its digits would not be those of the text
            return str(int(value))
        case datetime() | date() | time():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case bytes() | bytearray():
            return _bytes(value)
    return str(value)


def _bytes(value: bytes | bytearray) -> str:
    """Bytes are text where they can be, else hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()


def _json(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_quoted(str(key))}:{_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ",".join(map(_json, value)) + "]"
    if isinstance(value, int | float | Decimal):
        return _scalar(value)
    return _quoted(_scalar(value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def encodable(text: str) -> str:
    r"""The text, with halves of surrogate pairs (JSON can spell them, UTF-8 cannot) made U+FFFD.

    >>> encodable("a\ud800b")
    'a�b'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
