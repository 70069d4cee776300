"""From the tree of one file to its model, with everything that is wrong in it.

What is wrong is taken out of the tree and the rest is read again, so that one slip hides neither the other slips of
its file nor what is wrong between the parts of several files.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Final, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError
from pydantic_core import ErrorDetails

from attrgen_assets.domain.product_types.file_model import CommonFile, ProductTypeFile
from attrgen_assets.domain.product_types.nodes import (
    At,
    MappingNode,
    Node,
    Path,
    Scalar,
    broken_places,
    to_data,
    without,
)
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import Problem

_MAX_ROUNDS: Final = 20  # each round reports all that is wrong at the surface; a file is at most as deep as this
_KEY_MARK: Final = "[key]"  # how pydantic says that a mapping's key is wrong, not what is behind it

FileT = TypeVar("FileT", bound=CommonFile)


@dataclass(frozen=True, slots=True)
class Layer(Generic[FileT]):
    """One file as it was read: the sound part of it, and where unsound parts were."""

    file: str
    model: FileT
    tree: Node
    broken: tuple[Path, ...] = ()

    @property
    def at(self) -> At:
        """The root of the file, for naming places in it."""
        return At(self.tree)

    def is_broken(self, *path: str | int) -> bool:
        """Whether something at, above or below the path was refused already."""
        return any(broken[: len(path)] == path or path[: len(broken)] == broken for broken in self.broken)


def read_common(tree: Node) -> tuple[Layer[CommonFile], list[Problem]]:
    """A common file, as far as it is sound, and its problems."""
    return _read(CommonFile, tree)


def read_product_type(tree: Node) -> tuple[Layer[ProductTypeFile], list[Problem]]:
    """The file of a product type, as far as it is sound, and its problems."""
    return _read(ProductTypeFile, tree)


def _read(model: type[FileT], tree: Node) -> tuple[Layer[FileT], list[Problem]]:
    places = broken_places(tree)
    broken = [path for path, _ in places]
    tree = without(tree, {id(node) for _, node in places})
    if not isinstance(tree, MappingNode):
        problems = [] if broken else [At(tree).complain("a config file is a mapping of keys to values")]
        return Layer(tree.file, model(), MappingNode({}, tree.file, tree.line), ((),)), problems
    problems = []
    for _ in range(_MAX_ROUNDS):
        try:
            return Layer(tree.file, model.model_validate(to_data(tree)), tree, tuple(broken)), problems
        except ValidationError as error:
            gone, earlier = set(), tuple(broken)
            for details in _innermost(error):
                at = At(tree, tuple(step for step in details["loc"] if step != _KEY_MARK))
                path, node, _ = at.find()
                # A key or an item that was taken out in an earlier round may be missed now by what held it.
                follows = any(len(b) > len(path) and b[: len(path)] == path for b in earlier)
                if not follows:
                    problems.append(translate(details, at, model))
                broken.append(path)
                gone.add(id(node))
            tree = without(tree, gone)
            if () in broken:
                break
    return Layer(tree.file, model(), MappingNode({}, tree.file, tree.line), ((),)), problems


def _innermost(error: ValidationError) -> list[ErrorDetails]:
    """The errors that have none below them: a list is not "too short" because its only item is wrong."""
    found = error.errors(include_url=False)
    locs = {details["loc"] for details in found}
    above = {loc[:length] for loc in locs for length in range(len(loc))}
    return [details for details in found if details["loc"] not in above]


def translate(details: ErrorDetails, at: At, model: type[BaseModel]) -> Problem:
    """A pydantic error as a problem in the words of a config file."""
    kind, loc, ctx = details["type"], details["loc"], details.get("ctx", {})
    path, node, _ = at.find()
    if kind == "extra_forbidden":
        key = str(loc[-1])
        return at.problem("unknown key", found=repr(key), help=suggestion(key, keys_at(model, loc[:-1])))
    if kind == "missing":
        return at.problem(f"the key {str(loc[-1])!r} is missing")
    if _KEY_MARK in loc:
        return at.problem("not a legal name", found=repr(str(path[-1])), help=NAME_HELP)
    message, help = _worded(kind, ctx, str(node.text if isinstance(node, Scalar) else node))
    return at.problem(message or details["msg"], found=str(node), help=help)


def _worded(kind: str, ctx: Mapping[str, Any], text: str) -> tuple[str | None, str | None]:
    """Message and help for an error type; no message where the error brought its own (type "attrgen")."""
    if kind == "literal_error":
        return "not one of the words allowed here", suggestion(text, re.findall(r"'([^']*)'", str(ctx["expected"])))
    if kind == "string_pattern_mismatch":
        return "not a legal name", NAME_HELP
    if kind in ("too_short", "too_long"):
        least, most = ctx.get("min_length"), ctx.get("max_length")
        return (f"needs at least {least}" if most is None else f"takes at most {most}"), None
    if kind in _LIMITS:
        word, key = _LIMITS[kind]
        return f"should be {word} {ctx[key]:g}", None
    return _MESSAGES.get(kind), None


NAME_HELP: Final = "a name starts with a lower-case letter and has only a-z, 0-9 and _, at most 63 characters"
_LIMITS: Final = {
    "greater_than_equal": ("at least", "ge"),
    "less_than_equal": ("at most", "le"),
    "greater_than": ("more than", "gt"),
}
_MESSAGES: Final = {
    "model_type": "should be a mapping",
    "dict_type": "should be a mapping",
    "tuple_type": "should be a list",
    "string_too_short": "an empty text is not allowed here",
    "string_too_long": "should be a single character",
}


def keys_at(model: Any, loc: tuple[str | int, ...]) -> list[str]:
    """The keys that a mapping at `loc` (as pydantic says it) may have.

    >>> keys_at(CommonFile, ("attributes", "color", "matching"))
    ['fuzzy', 'threshold', 'margin', 'several', 'phrases']
    """
    types = _types_at(model, list(loc))
    return [field.alias or name for t in types for name, field in t.model_fields.items()]


def _types_at(annotation: Any, loc: list[str | int]) -> list[type[BaseModel]]:
    """The models that an annotation may stand for, `loc` further down. A tag in `loc` picks one of a union."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        tags = [mark.tag for mark in arguments[1:] if isinstance(mark, Tag)]
        tagged = bool(tags and loc and str(loc[0]).startswith("<"))
        return [] if tagged and loc[0] not in tags else _types_at(arguments[0], loc[tagged:])
    if origin in (Union, UnionType):
        return [t for member in arguments for t in _types_at(member, loc)]
    if origin in (dict, tuple):
        return _types_at(arguments[1 if origin is dict else 0], loc[1:]) if loc else []
    if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return []
    fields = [f for name, f in annotation.model_fields.items() if loc and loc[0] in (name, f.alias)]
    return [t for field in fields for t in _types_at(field.annotation, loc[1:])] if loc else [annotation]
