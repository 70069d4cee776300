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
        parsed = _parsed(path)
    except ValueError as error:
        return " ".join(str(error).split())
    unknown = sorted(_functions(parsed) - set(functions))
    return f"there is no function {unknown[0]}()" if unknown else None


def search(path: str, document: Any, *, part_number: str) -> Any:
    """What the path finds in a document, the literal '{pn}' being the part number; None where it finds nothing.

    Raises PathFault; MissingExtra.

    >>> search("parts[?no=='{pn}'].price | [0]", {"parts": [{"no": "A", "price": 1}]}, part_number="A")
    1
    """
    try:
        return _interpreter()(part_number).visit(_parsed(path), document)
    except ValueError as error:  # the root of jmespath's errors
        raise PathFault(" ".join(str(error).split())[:300]) from error


def is_nothing(found: Any) -> bool:
    """What JMESPath takes for false; 0 is something, such as an id.

    >>> is_nothing([]), is_nothing(0)
    (True, False)
    """
    return found is None or found is False or found in ([], {}, "")


def finds(path: str, document: Any, *, part_number: str) -> bool:
    """Whether the path finds something; a path that cannot be followed does not. Raises MissingExtra."""
    try:
        return not is_nothing(search(path, document, part_number=part_number))
    except PathFault:
        return False


def require_jmespath() -> Any:
    """The library. Raises MissingExtra with the command that installs it."""
    try:
        import jmespath  # noqa: PLC0415 - of an extra: everything but asking suppliers works without it
    except ImportError as error:
        raise MissingExtra(f"{error.name} is not installed; {_INSTALL}") from error
    return jmespath


@lru_cache(maxsize=1_024)  # of a handful of suppliers, a hundred paths
def _parsed(path: str) -> dict[str, Any]:
    tree: dict[str, Any] = require_jmespath().compile(path).parsed
    return tree


@lru_cache(maxsize=1)
def _interpreter() -> Any:
    """The library's interpreter, in which the literal '{pn}' is the part number: no path is parsed for each part."""
    from jmespath.visitor import TreeInterpreter  # noqa: PLC0415 - of an extra

    class Interpreter(TreeInterpreter):
        def __init__(self, part_number: str) -> None:
            super().__init__()
            self._part_number = part_number

        def visit_literal(self, node: Any, value: Any) -> Any:
            literal = node["value"]
            return self._part_number if literal == PART_NUMBER else literal

    return Interpreter


def _functions(node: dict[str, Any]) -> set[str]:
    names = {node["value"]} if node["type"] == "function_expression" else set()
    return names.union(*(_functions(child) for child in node["children"] if isinstance(child, dict)))
