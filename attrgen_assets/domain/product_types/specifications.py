"""Tables of key/value pairs in one cell: read as JSON, as the text of a Ruby hash, or as "Key: Value" lines.

    {"product_specification"=>[{"key"=>"Fabric", "value"=>"Cotton"}, {"value"=>"Kurta"}]}
    [{"name": "Fabric", "value": ["Cotton", "Silk"]}]          {"General": {"Fabric": "Cotton"}}
    Fabric: Cotton; Sleeve: 3/4

What is broken (a text cut off in the middle, a quote that is never closed) is read as far as it goes.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

JOINED_BY: Final = "; "
"""Between the values of a key that is there several times: a separator of enum lists."""

UNNAMED: Final = "unnamed"
"""The key of values that have none."""

_KEYS: Final = frozenset({"key", "name", "label", "title", "attribute", "specification"})
_VALUES: Final = frozenset({"value", "values", "val", "text"})
_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_ARROW: Final = re.compile(rf"({_STRING})|\s*=>\s*|\bnil\b", re.DOTALL)
_ARROW_INSIDE: Final = re.compile(r'[\s>\[{,]" ?=>')  # the quote may open a text that begins with an arrow
_TOKEN: Final = re.compile(rf"({_STRING})|(=>|:)|([{{}}\[\],])|([^\s\"{{}}\[\],:=]+)|(\S.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "e": "", "b": "", "f": "", "a": "", "0": ""}
_LINES: Final = re.compile(r"\s*(?:[;|\n•]|<br\s*/?>)\s*")
_KEY_LENGTH: Final = 60  # characters; what is longer before a colon is a sentence
_DEPTH: Final = 20  # no table is nested deeper; a hostile one is read as a broken one


@dataclass(frozen=True, slots=True)
class Table:
    """What one cell says: (key, value) in order, values without a key, and whether a part could not be read."""

    pairs: tuple[tuple[str, str], ...] = ()
    unnamed: tuple[str, ...] = ()
    broken: bool = False


def read_table(cell: str) -> Table:
    """Read one cell; what is no table at all is broken and has no pairs. Keys and values are trimmed, never empty.

    >>> read_table('{"product_specification"=>[{"key"=>"Fabric", "value"=>"Cotton"}, {"value"=>"Kurta"}]}')
    Table(pairs=(('Fabric', 'Cotton'),), unnamed=('Kurta',), broken=False)
    >>> read_table('[{"key"=>"Fabric", "value"=>"Cotton"}, {"key"=>"Sle')
    Table(pairs=(('Fabric', 'Cotton'),), unnamed=(), broken=True)
    >>> read_table("Fabric: Cotton; Sleeve: 3/4").pairs
    (('Fabric', 'Cotton'), ('Sleeve', '3/4'))
    """
    text = cell.strip()
    if not text:
        return Table()
    if text[0] not in "{[":
        return _read_lines(text)
    try:
        data = json.loads(_as_json(text), parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_Object)
        found = list(_walk(data, None, 0))
    except (ValueError, RecursionError):  # RecursionError: thousands of brackets
        return _read_broken(text)
    return _table(found, broken=False)


class _Object(list[tuple[str, Any]]):
    """An object as its pairs: a key may be there twice."""


def _as_json(text: str) -> str:
    """The text of a Ruby hash as JSON: arrows and nil outside of quotes, and escapes that JSON does not have."""
    if "=>" not in text:
        return text
    if not any(sign in text for sign in ('\\"', "nil")) and not _ARROW_INSIDE.search(text):
        return text.replace('"=>', '":').replace('" => ', '": ')
    if "\\" in text:
        text = text.replace("\\#", "#").replace("\\e", "").replace("\\'", "'")
    return _ARROW.sub(lambda found: found[1] or ("null" if found[0] == "nil" else ":"), text)


def _walk(data: Any, key: str | None, depth: int) -> Iterator[tuple[str | None, str]]:
    """Pairs of a parsed table: (key or None, value). Raises ValueError where it is nested too deeply."""
    if depth > _DEPTH:
        raise ValueError("nested too deeply to be a table")
    if isinstance(data, _Object):
        named = [str(value) for name, value in data if name.lower() in _KEYS and isinstance(value, str)]
        values = [value for name, value in data if name.lower() in _VALUES]
        if values:
            for value in values:
                yield from _walk(value, named[0] if named else None, depth + 1)
        elif not (named and len(data) == 1):  # a name alone, whose value is missing
            for name, value in data:
                inner = None if isinstance(value, list) and not _is_plain(value) else name
                yield from _walk(value, inner, depth + 1)
    elif isinstance(data, list):
        for item in data:
            yield from _walk(item, key, depth + 1)
    elif data is not None:
        yield key, str(data).lower() if isinstance(data, bool) else str(data)


def _is_plain(data: list[Any]) -> bool:
    return not isinstance(data, _Object) and not any(isinstance(item, list) for item in data)


def _table(found: list[tuple[str | None, str]], *, broken: bool) -> Table:
    cleaned = [((key or "").strip(), value.strip()) for key, value in found]
    pairs = tuple((key, value) for key, value in cleaned if key and value)
    return Table(pairs, tuple(value for key, value in cleaned if value and not key), broken)


def _read_lines(text: str) -> Table:
    """ "Key: Value" parts; a part without a key is one more value of the part before it, or has no key at all."""
    found: list[tuple[str | None, str]] = []
    for part in filter(None, _LINES.split(text)):
        key, colon, value = part.partition(":")
        if colon and 0 < len(key.strip()) <= _KEY_LENGTH:
            found.append((key, value))
        else:
            found.append((None, part))
    named = any(key for key, _ in found)
    return _table(found, broken=False) if named else Table(broken=True)


def _read_broken(text: str) -> Table:
    """Pairs of a text that is no JSON, token by token, until one that nothing can be made of."""
    found: list[tuple[str | None, str]] = []
    key: str | None = None  # of the object that is open
    name: str | None = None  # a string that an arrow may follow
    after_arrow = False
    for string, arrow, mark, word, _rest in _TOKEN.findall(text):
        if arrow:
            after_arrow = True
        elif mark:
            key = None if mark in "{}" else key
            name, after_arrow = (name, after_arrow) if mark == "[" else (None, False)
        elif string or word:
            value = _unquoted(string) if string else word
            if not after_arrow:
                name = value
            elif name is not None:
                key = _note(found, name, value, key, is_null=not string and value in ("nil", "null"))
                name, after_arrow = None, False
    return _table(found, broken=True)


def _note(found: list[tuple[str | None, str]], name: str, value: str, key: str | None, *, is_null: bool) -> str | None:
    """Take `name => value` of an object in; the key that is open then."""
    if name.lower() in _KEYS:
        return None if is_null else value
    if not is_null:
        found.append((key if name.lower() in _VALUES else name, value))
    return key


def _unquoted(string: str) -> str:
    """A quoted text without its quotes and escapes."""
    if "\\" not in string:
        return string[1:-1]
    return _ESCAPE.sub(
        lambda found: chr(int(found[1][1:], 16)) if len(found[1]) > 1 else _ESCAPES.get(found[1], found[1]),
        string[1:-1],
    )
