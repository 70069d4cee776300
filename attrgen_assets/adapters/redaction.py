"""Secrets kept out of logs: by the name of their key, and by the look of a text, wherever in an event they stand."""

import math
import re
from collections.abc import Mapping
from typing import Any, Final

MASK: Final = "***"

_NAMES: Final = (
    r"passw(?:or)?d|passphrase|pwd|secret|token|credential|authorization|cookie|(?:api|access|private|secret)[_-]?key"
)
_SECRET_KEY: Final = re.compile(_NAMES, re.IGNORECASE)
# user:password@ in a URI. Up to the last @ of the word: a password may hold @ and / although it should not. What
# follows a host and its port is no password
_URI: Final = re.compile(r"""(\b[a-z][a-z0-9+.-]*://[^\s:/@"']*):(?!\d{1,5}(?:[/?#\s]|$))[^\s"'<>]*@""", re.IGNORECASE)
# password=x, "password": "x y", Authorization: Bearer x; up to the closing quote, else to the end of the word
_ASSIGNED: Final = re.compile(
    rf"""([\w-]*(?:{_NAMES})[\w-]*["']?\s*[=:]\s*)"""
    r"""(?:"[^"]*"?|'[^']*'?|(?:bearer\s+|basic\s+)?[^\s"'&,;)}\]]+)""",
    re.IGNORECASE,
)
_MAX_DEPTH: Final = 6  # of nested values; below that, their text will do


def redact_text(text: str) -> str:
    """The text without credentials of URIs and without what is assigned to a secret's name.

    >>> redact_text("mongodb://shop:pa:ss@db.example.com/attrgen refused, password='x y'")
    'mongodb://shop:***@db.example.com/attrgen refused, password=***'
    """
    return _ASSIGNED.sub(rf"\g<1>{MASK}", _URI.sub(rf"\g<1>:{MASK}@", text))


def redact(value: Any, *, depth: int = 0) -> Any:
    """The value as JSON can hold it, with every secret in it masked; what is neither text nor number becomes text.

    >>> redact({"api_key": "k", "uri": "redis://:p@h", "tries": [1, ("a", b"b")]})
    {'api_key': '***', 'uri': 'redis://:***@h', 'tries': [1, ['a', 'b']]}
    """
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return redact_text(value.decode("utf-8", "replace"))
    if depth < _MAX_DEPTH and isinstance(value, Mapping):
        return {str(key): _masked(str(key), item, depth) for key, item in value.items()}
    if depth < _MAX_DEPTH and isinstance(value, list | tuple | set | frozenset):
        return [redact(item, depth=depth + 1) for item in value]
    return redact_text(str(value))


def _masked(key: str, value: Any, depth: int) -> Any:
    """A count of tokens is no secret, a text of that name is."""
    if _SECRET_KEY.search(key) and not isinstance(value, bool | int | float | None):
        return MASK
    return redact(value, depth=depth + 1)
