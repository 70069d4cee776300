"""The rules of part records, and the attributes of their specification tables, from the config folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from attrgen_assets.adapters.config_files.bytes_of import decode, read_bytes
from attrgen_assets.adapters.config_files.limits import UnreadableFileError
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.product_types.nodes import At, Node, to_plain
from attrgen_assets.errors import ConfigError, Problem

RULES_FILE: Final = "parts/appliance_part.yaml"
REGISTRY_FILE: Final = "parts/attribute_registry.yaml"

_Model = TypeVar("_Model", bound=BaseModel)


def load_part_rules(config_dir: Path) -> PartRules:
    """The rules; those of a folder without such a file are the model's defaults. Raises ConfigError."""
    tree = _tree(config_dir, RULES_FILE)
    if tree is None:
        return PartRules()
    rules = _validated(PartRules, to_plain(tree), tree)
    unknown = rules.unknown_fields()
    if unknown:
        raise ConfigError([Problem(RULES_FILE, None, "", "no such field", ", ".join(unknown), "see `attrgen lookup`")])
    return rules


def load_attribute_registry(config_dir: Path) -> AttributeRegistry:
    """The attributes; without such a file there are none, so that all are discovered. Raises ConfigError."""
    tree = _tree(config_dir, REGISTRY_FILE)
    if tree is None:
        return AttributeRegistry()
    plain = to_plain(tree)
    given = plain.get("attributes") if isinstance(plain, dict) else None
    if not isinstance(given, dict) or set(plain) != {"attributes"}:
        message = "the file must have one key, `attributes`, with an entry per attribute"
        raise ConfigError([At(tree).complain(message)])
    problems = [
        (At(tree) / ("attributes", name)).complain("must be a mapping of display_name, category and so on")
        for name, entry in given.items()
        if not isinstance(entry, dict)
    ]
    if problems:
        raise ConfigError(problems)
    attributes = tuple({**entry, "name": name} for name, entry in given.items())
    names = tuple(given)
    return _validated(
        AttributeRegistry, {"attributes": attributes}, tree, lambda loc: (loc[0], names[loc[1]], *loc[2:])
    )


def _tree(config_dir: Path, shown: str) -> Node | None:
    path = config_dir / shown
    if not path.exists():
        return None
    try:
        tree, problems = parse_yaml(decode(read_bytes(path, root=config_dir, shown=shown), shown=shown), shown=shown)
    except UnreadableFileError as error:
        raise ConfigError([error.problem]) from error
    if problems:
        raise ConfigError(problems)
    return tree


def _validated(
    model: type[_Model], data: Any, tree: Node, place: Callable[[tuple[Any, ...]], tuple[Any, ...]] = lambda loc: loc
) -> _Model:
    """The model of the data. Raises ConfigError with every problem at its place in the file."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problems = []
        for one in error.errors():
            loc = tuple(step for step in one["loc"] if step != "[key]")
            at = At(tree) / place(loc) if len(loc) > 1 else At(tree)
            message = one["msg"].removeprefix("Value error, ")
            found = None if one["type"] in ("missing", "value_error") else repr(one["input"])[:120]
            problems.append(at.problem(message[:1].lower() + message[1:], found=found))
        raise ConfigError(problems) from error
