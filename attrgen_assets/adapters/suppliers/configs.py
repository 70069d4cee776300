"""Suppliers from config/suppliers: every file read, and all that is wrong with any of them said at once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from attrgen_assets.adapters.config_files.bytes_of import decode, read_bytes
from attrgen_assets.adapters.config_files.limits import UnreadableFileError
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.parts.supplier_config import SupplierConfig
from attrgen_assets.domain.product_types.nodes import At, Node, to_plain
from attrgen_assets.errors import ConfigError, Problem

SUPPLIERS_FOLDER: Final = "suppliers"


def load_suppliers(config_dir: Path) -> tuple[SupplierConfig, ...]:
    """The suppliers of a config folder, in the order of their names.

    Raises ConfigError with every problem of every file; MissingExtra.
    """
    folder = config_dir / SUPPLIERS_FOLDER
    paths = sorted(path for path in folder.glob("*.y*ml") if not path.name.startswith("."))
    problems: list[Problem] = []
    suppliers: list[SupplierConfig] = []
    for path in paths:
        shown = f"{SUPPLIERS_FOLDER}/{path.name}"
        config = _load(path, shown=shown, root=config_dir, problems=problems)
        if config is not None:
            suppliers.append(config)
    if not paths:
        problems.append(Problem(SUPPLIERS_FOLDER, None, "", "no files of suppliers", help=f"put one into {folder}"))
    if problems:
        raise ConfigError(problems)
    return tuple(sorted(suppliers, key=lambda config: config.supplier))


def _load(path: Path, *, shown: str, root: Path, problems: list[Problem]) -> SupplierConfig | None:
    try:
        tree, found = parse_yaml(decode(read_bytes(path, root=root, shown=shown), shown=shown), shown=shown)
    except UnreadableFileError as error:
        problems.append(error.problem)
        return None
    if tree is None:
        problems.append(Problem(shown, None, "", "the file is empty"))
        return None
    config, more = _validated(tree)
    if config is not None and config.supplier != path.stem:
        more.append((At(tree) / "supplier").complain(f"should be the name of the file, {path.stem}"))
    problems.extend([*found, *more])
    return None if found or more else config


def _validated(tree: Node) -> tuple[SupplierConfig | None, list[Problem]]:
    try:
        config = SupplierConfig.model_validate(to_plain(tree), strict=False)
    except ValidationError as error:
        return None, list(_translated(error, tree))
    return config, [(At(tree) / keys).complain(message) for keys, message in config.faults()]


def _translated(error: ValidationError, tree: Node) -> Iterator[Problem]:
    for details in error.errors():
        loc: tuple[Any, ...] = tuple(step for step in details["loc"] if step != "[key]")
        message = details["msg"].removeprefix("Value error, ")
        missing = details["type"] == "missing"
        yield (At(tree) / loc).problem(
            f"the key {loc[-1]!r} is missing" if missing else message[:1].lower() + message[1:],
            found=None if missing else repr(details["input"])[:120],
        )
