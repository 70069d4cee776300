"""JSON from strangers: one object of bounded depth, without what is no JSON or is read in two ways by two readers."""

import json
import math
from collections.abc import Iterator
from typing import Any, Final

MAX_DEPTH: Final = 64  # an answer about a part nests 6 deep
_MAX_DIGITS: Final = 100  # of an integer; reading one takes the square of their number


class HostileJsonError(ValueError):
    """A text that is no JSON, or JSON that nobody sends by mistake; the message says which."""


def parse_json_object(text: str) -> dict[str, Any]:
    """The object of a text.

    Raises HostileJsonError for a text that is not JSON or ends early; for a key given twice, NaN and infinities,
    a number too large, nesting deeper than `MAX_DEPTH`, half a surrogate pair, or anything but an object at the top.

    >>> parse_json_object('{"a": 1}')
    {'a': 1}
    """
    try:
        found = json.loads(
            text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_number, parse_int=_integer
        )
    except HostileJsonError:
        raise
    except RecursionError as error:
        raise HostileJsonError(f"nested deeper than {MAX_DEPTH}") from error
    except ValueError as error:  # JSONDecodeError
        raise HostileJsonError(f"not JSON: {str(error)[:200]}") from error
    if not isinstance(found, dict):
        raise HostileJsonError(f"an object was expected, found {kind_of(found)}")
    # Both walks are seldom needed: each opening bracket is one level at most, and only an escape can split a pair.
    if text.count("{") + text.count("[") > MAX_DEPTH and any(depth > MAX_DEPTH for depth, _ in _walk(found)):
        raise HostileJsonError(f"nested deeper than {MAX_DEPTH}")
    if "\\ud" in text or "\\uD" in text:
        _check_unicode(found)
    return found


def kind_of(value: Any) -> str:
    """What JSON calls a value, for messages.

    >>> kind_of(None), kind_of(True), kind_of([1])
    ('null', 'a boolean', 'a list')
    """
    if value is None:
        return "null"
    names = {bool: "a boolean", str: "a text", list: "a list", dict: "an object", int: "a number", float: "a number"}
    return names.get(type(value), type(value).__name__)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise HostileJsonError(f"the key {twice[:80]!r} is given twice in one object")
    return found


def _constant(name: str) -> float:
    raise HostileJsonError(f"{name} is no JSON")


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise HostileJsonError(f"the number {text[:40]} is too large")
    return number


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise HostileJsonError(f"an integer of {len(text):,} digits")
    return int(text)


def _walk(value: Any) -> Iterator[tuple[int, Any]]:
    """Every value with its depth; a stack of our own, since the depth is what is in doubt."""
    stack = [(1, value)]
    while stack:
        depth, current = stack.pop()
        yield depth, current
        if isinstance(current, dict):
            stack.extend((depth + 1, item) for pair in current.items() for item in pair)
        elif isinstance(current, list):
            stack.extend((depth + 1, item) for item in current)


def _check_unicode(value: Any) -> None:
    for _, item in _walk(value):
        if isinstance(item, str):
            try:
                item.encode()
            except UnicodeEncodeError as error:
                raise HostileJsonError("a text has half a surrogate pair") from error
