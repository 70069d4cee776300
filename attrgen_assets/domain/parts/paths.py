"""JMESPath, with the part number in it."""

from functools import lru_cache
from typing import Any, Final

from attrgen_assets.errors import MissingExtra

PART_NUMBER: Final = "{pn}"

_INSTALL: Final = 'asking suppliers needs pip install "attrgen[parts]"'


class PathFault(ValueError):
    """A path cannot be followed in an answer: a function met a value of a kind that it does not take."""


def check_path(path: str) -> str | None:
    """What is wrong with a path; None where it is one. Raises MissingExtra.

    >>> check_path("parts[?partNumber=='{pn}'] | [0]") is None, bool(check_path("parts[")), check_path("nope(a)")
    (True, True, 'there is no function nope()')
    """
    functions = require_jmespath().functions.Functions.FUNCTION_TABLE
    try:
        parsed = _compiled(path, "X")
    except ValueError as error:
        return " ".join(str(error).split())
    unknown = sorted(_functions(parsed.parsed) - set(functions))
    return f"there is no function {unknown[0]}()" if unknown else None


def search(path: str, document: Any, *, part_number: str) -> Any:
    """What the path finds in a document, with `{pn}` standing for the part number; None where it finds nothing.

    Raises PathFault; MissingExtra.

    >>> search("parts[?no=='{pn}'].price | [0]", {"parts": [{"no": "A", "price": 1}]}, part_number="A")
    1
    """
    try:
        return _compiled(path, part_number).search(document)
    except ValueError as error:  # the root of jmespath's errors
        raise PathFault(" ".join(str(error).split())[:300]) from error


def require_jmespath() -> Any:
    """The library. Raises MissingExtra with the command that installs it."""
    try:
        import jmespath  # noqa: PLC0415 - of an extra: everything but asking suppliers works without it
    except ImportError as error:
        raise MissingExtra(f"{error.name} is not installed; {_INSTALL}") from error
    return jmespath


def _compiled(path: str, part_number: str) -> Any:
    if PART_NUMBER not in path:
        return _compiled_once(path)
    return _compiled_for_part(path.replace(PART_NUMBER, part_number))


@lru_cache(maxsize=1_024)
def _compiled_once(path: str) -> Any:
    return require_jmespath().compile(path)


@lru_cache(maxsize=256)  # paths of the parts that are being worked on; the library keeps 128 of its own
def _compiled_for_part(path: str) -> Any:
    return require_jmespath().compile(path)


def _functions(node: dict[str, Any]) -> set[str]:
    names = {node["value"]} if node["type"] == "function_expression" else set()
    return names.union(*(_functions(child) for child in node["children"] if isinstance(child, dict)))
