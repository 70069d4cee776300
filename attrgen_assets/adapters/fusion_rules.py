"""Rules of fusion from a YAML file: how the values of each attribute are compared and chosen."""

from pathlib import Path

from pydantic import ValidationError

from attrgen_assets.adapters.config_files.bytes_of import decode, read_bytes
from attrgen_assets.adapters.config_files.limits import UnreadableFileError
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.fusion.rules import FieldRule, contradictions
from attrgen_assets.domain.product_types.nodes import At, to_plain
from attrgen_assets.errors import ConfigError, Problem


def load_fusion_rules(path: Path) -> dict[str, FieldRule]:
    """{attribute: rule} of a file of attributes. Raises ConfigError with every problem: also of what cannot be right,
    such as a unit that nobody knows, or the median of texts."""
    shown = path.name
    try:
        tree, problems = parse_yaml(decode(read_bytes(path, root=path.parent, shown=shown), shown=shown), shown=shown)
    except UnreadableFileError as error:
        raise ConfigError([error.problem]) from error
    if problems:
        raise ConfigError(problems)
    plain = to_plain(tree) if tree is not None else {}
    if tree is None or not isinstance(plain, dict):
        help_text = "write `weight: {kind: number, unit: kg, tolerance: 0.02}`"
        raise ConfigError([Problem(shown, 1, "", "the file must be a mapping of attributes to rules", help=help_text)])
    rules, found = {}, []
    for name, entry in plain.items():
        try:
            rules[str(name)] = FieldRule.model_validate(entry)
        except ValidationError as error:
            for one in error.errors():
                at = At(tree) / (name, *one["loc"])
                found.append(at.problem(one["msg"][:1].lower() + one["msg"][1:], found=repr(one["input"])[:80]))
            continue
        for key, told in contradictions(rules[str(name)]).items():
            given = getattr(rules[str(name)], key)
            found.append((At(tree) / (name, key)).problem(told, found=repr(given)[:80]))
    if found:
        raise ConfigError(found)
    return rules
