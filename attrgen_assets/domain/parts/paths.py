"""JMESPath, with the part number in it, and three functions of our own for listings of a marketplace.

names_part(title, number): whether the title has the number as a word of its own. pack_size(title): how many pieces are
sold together. unit_price(amount, currency, title): the amount and what it buys, as text ("40 USD", "400 USD per pack
of 10").
"""

from functools import lru_cache
from typing import Any, Final

from attrgen_assets.domain.parts.listings import names_part, pack_size
from attrgen_assets.errors import needs_extra

PART_NUMBER: Final = "{pn}"


class PathFault(ValueError):
    """A path cannot be followed in an answer: a function met a value of a kind that it does not take."""


def check_path(path: str) -> str | None:
    """What is wrong with a path; None where it is one. Raises MissingExtra.

    >>> check_path("parts[?partNumber=='{pn}'] | [0]") is None, bool(check_path("parts[")), check_path("nope(a)")
    (True, True, 'there is no function nope()')
    """
    functions = _functions_of_ours().FUNCTION_TABLE
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
    with needs_extra("parts", "asking suppliers"):
        import jmespath  # noqa: PLC0415 - of an extra: everything but asking suppliers works without it
    return jmespath


@lru_cache(maxsize=1_024)  # of a handful of suppliers, a hundred paths
def _parsed(path: str) -> dict[str, Any]:
    tree: dict[str, Any] = require_jmespath().compile(path).parsed
    return tree


@lru_cache(maxsize=1)
def _functions_of_ours() -> Any:
    """The library's functions and ours, which take anything: a title that is missing names no part."""
    functions = require_jmespath().functions
    anything: dict[str, list[str]] = {"types": []}

    class Ours(functions.Functions):  # type: ignore[misc, name-defined] # of an extra that has no types
        @functions.signature(anything, anything)  # type: ignore[untyped-decorator] # as above
        def _func_names_part(self, title: Any, number: Any) -> bool:
            return isinstance(title, str) and isinstance(number, str) and names_part(title, number)

        @functions.signature(anything)  # type: ignore[untyped-decorator] # as above
        def _func_pack_size(self, title: Any) -> int:
            return pack_size(title) if isinstance(title, str) else 1

        @functions.signature(anything, anything, anything)  # type: ignore[untyped-decorator] # as above
        def _func_unit_price(self, amount: Any, currency: Any, title: Any) -> Any:
            count = self._func_pack_size(title)
            told = " ".join(str(one) for one in (amount, currency) if one is not None)
            return told if count == 1 else f"{told} per pack of {count}"

    return Ours()


@lru_cache(maxsize=1)
def _interpreter() -> Any:
    """The library's interpreter, in which the literal '{pn}' is the part number: no path is parsed for each part."""
    from jmespath.visitor import Options, TreeInterpreter  # noqa: PLC0415 - of an extra

    options = Options(custom_functions=_functions_of_ours())

    class Interpreter(TreeInterpreter):
        def __init__(self, part_number: str) -> None:
            super().__init__(options=options)
            self._part_number = part_number

        def visit_literal(self, node: Any, value: Any) -> Any:
            literal = node["value"]
            return self._part_number if literal == PART_NUMBER else literal

    return Interpreter


def _functions(node: dict[str, Any]) -> set[str]:
    names = {node["value"]} if node["type"] == "function_expression" else set()
    return names.union(*(_functions(child) for child in node["children"] if isinstance(child, dict)))
