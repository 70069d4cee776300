"""The rules of part records from the config folder."""

from pathlib import Path
from typing import Final

from pydantic import ValidationError

from attrgen_assets.adapters.config_files.bytes_of import decode, read_bytes
from attrgen_assets.adapters.config_files.limits import UnreadableFileError
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.product_types.nodes import At, to_plain
from attrgen_assets.errors import ConfigError, Problem

RULES_FILE: Final = "parts/appliance_part.yaml"


def load_part_rules(config_dir: Path) -> PartRules:
    """The rules; those of a folder without such a file are the model's defaults. Raises ConfigError."""
    path = config_dir / RULES_FILE
    if not path.exists():
        return PartRules()
    try:
        tree, problems = parse_yaml(
            decode(read_bytes(path, root=config_dir, shown=RULES_FILE), shown=RULES_FILE), shown=RULES_FILE
        )
    except UnreadableFileError as error:
        raise ConfigError([error.problem]) from error
    if problems:
        raise ConfigError(problems)
    if tree is None:
        return PartRules()
    try:
        rules = PartRules.model_validate(to_plain(tree))
    except ValidationError as error:
        raise ConfigError([(At(tree) / one["loc"]).complain(one["msg"]) for one in error.errors()]) from error
    unknown = rules.unknown_fields()
    if unknown:
        raise ConfigError([Problem(RULES_FILE, None, "", "no such field", ", ".join(unknown), "see `attrgen lookup`")])
    return rules
