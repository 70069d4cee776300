"""Config files to product types: the only reader of the config folder.

Files are data. Nothing in them is expanded or executed; what cannot be read is a problem like any other, and all
problems of all files are told at once.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from attrgen_assets.adapters.config_files.folder import TYPES_FOLDER, ConfigFolder, ReadFile, digest_parts
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.resolve import resolve
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import ConfigError, Problem, UnknownProductType

__all__ = ["ConfigLoad", "list_type_files", "load_all", "load_file", "load_product_type", "source_digest"]


@dataclass(frozen=True, slots=True)
class ConfigLoad:
    """All product types of a config folder: the valid ones, and why the others are not."""

    product_types: dict[str, ProductType]
    errors: dict[str, ConfigError]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every problem once, in file and line order, however many product types it concerns."""
        unique = dict.fromkeys(problem for error in self.errors.values() for problem in error.problems)
        return ConfigError(tuple(unique)).problems


def list_type_files(config_dir: Path) -> dict[str, Path]:
    """The file of each product type by name, valid or not. Where there are two, the first by suffix."""
    return {name: paths[0] for name, paths in ConfigFolder(config_dir).type_files().items()}


def load_product_type(config_dir: Path, name: str) -> ProductType:
    """The product type in force.

    Raises:
        UnknownProductType: no file has that name.
        ConfigError: with all problems of the file and of those that it extends.
    """
    return _load(ConfigFolder(config_dir), name)


def load_all(config_dir: Path) -> ConfigLoad:
    """Every product type of the folder; a bad one never blocks the others."""
    folder = ConfigFolder(config_dir)
    load = ConfigLoad({}, {})
    for name in folder.type_files():
        try:
            load.product_types[name] = _load(folder, name)
        except ConfigError as error:
            load.errors[name] = error
    return load


def load_file(path: Path, *, config_dir: Path) -> ProductType:
    """A product type from a file; one outside the folder is a draft, checked as if it lay there, under any file name.

    Raises ConfigError.
    """
    folder = ConfigFolder(config_dir)
    file = folder.read_type(path)
    return _resolve(
        folder, file, path.stem if folder.is_type_file(path) else file.layer.model.product_type or path.stem
    )


def source_digest(config_dir: Path, name: str) -> str:
    """A digest of all bytes that a product type is made of: its file and those it extends, good or bad.

    Raises UnknownProductType.
    """
    folder = ConfigFolder(config_dir)
    digest = hashlib.blake2b(digest_size=16)
    for path in _files(folder, name):
        file = folder.read_type(path)
        for shown, data in digest_parts([file, *folder.chain(file).files]):
            content = b"unreadable" if data is None else hashlib.blake2b(data).digest()
            digest.update(repr((shown, content)).encode())
    return digest.hexdigest()


def _files(folder: ConfigFolder, name: str) -> list[Path]:
    known = folder.type_files()
    if name not in known:
        help = suggestion(name, known)
        raise UnknownProductType(f"no product type {name!r} in {folder.root / TYPES_FOLDER}; {help}")
    return known[name]


def _load(folder: ConfigFolder, name: str) -> ProductType:
    first, *others = _files(folder, name)
    if others:
        found = ", ".join(path.name for path in (first, *others))
        raise ConfigError([Problem(folder.shown(first), None, "", "two files for one product type", found, "keep one")])
    return _resolve(folder, folder.read_type(first), name)


def _resolve(folder: ConfigFolder, file: ReadFile, name: str) -> ProductType:
    chain = folder.chain(file)
    resolution = resolve([common.layer for common in chain.files], file.layer, name=name, complete=chain.complete)
    problems = dict.fromkeys([*file.problems, *chain.problems, *resolution.problems])
    if problems or resolution.product_type is None:
        raise ConfigError(tuple(problems))
    return resolution.product_type
