"""Which config files are valid, and every problem of those that are not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from attrgen_assets.adapters.config_files import load_all, load_file
from attrgen_assets.adapters.config_files.folder import COMMON_FOLDER, TYPES_FOLDER, ConfigFolder
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import ConfigError, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What was found in a config folder, or in one file.

    common_files: common files without a problem of their own, relative to the folder.
    """

    place: Path
    product_types: tuple[ProductType, ...]
    common_files: tuple[str, ...]
    problems: tuple[Problem, ...]


def config_dir_of(path: Path, *, default: Path) -> Path:
    """The config folder that a file belongs to: that around its product_types or common folder, else `default`."""
    path = path.absolute()
    if path.parent.name == TYPES_FOLDER:
        return path.parent.parent
    around = (folder.parent for folder in path.parents if folder.name == COMMON_FOLDER)
    return next((folder for folder in around if (folder / TYPES_FOLDER).is_dir()), default)


def validate_path(path: Path, *, default: Path) -> Validation:
    """Validate a config folder, its product_types folder, or one file; a file elsewhere is a draft for `default`.

    Raises nothing for what is wrong with files: that is what the answer says.
    """
    if not path.exists() and not path.is_symlink():
        return _refused(path, Problem(path.as_posix(), None, "", "no such file or folder"))
    if not path.is_dir():
        return _validate_file(path, config_dir_of(path, default=default))
    folder = path.parent if path.name in (TYPES_FOLDER, COMMON_FOLDER) and not (path / TYPES_FOLDER).is_dir() else path
    return _validate_folder(folder)


def _refused(place: Path, *problems: Problem) -> Validation:
    return Validation(place=place, product_types=(), common_files=(), problems=problems)


def _validate_folder(config_dir: Path) -> Validation:
    load = load_all(config_dir)
    if not load.product_types and not load.errors:
        help = f"put one file per product type into {config_dir / TYPES_FOLDER}"
        return _refused(config_dir, Problem(TYPES_FOLDER, None, "", "no files of product types", help=help))
    problems, folder = set(load.problems), ConfigFolder(config_dir)
    commons = [folder.read_common(path) for paths in folder.common_files().values() for path in paths]
    problems |= {problem for common in commons for problem in common.problems}  # also of those that nobody extends
    sound = sorted({common.layer.file for common in commons} - {problem.file for problem in problems})
    product_types = tuple(load.product_types[name] for name in sorted(load.product_types))
    return Validation(
        place=config_dir, product_types=product_types, common_files=tuple(sound), problems=_sorted(problems)
    )


def _validate_file(path: Path, config_dir: Path) -> Validation:
    if (config_dir / COMMON_FOLDER).absolute() in path.absolute().parents:
        return _validate_common(path.absolute(), config_dir.absolute())
    try:
        product_type = load_file(path, config_dir=config_dir)
    except ConfigError as error:
        return _refused(path, *error.problems)
    return Validation(place=path, product_types=(product_type,), common_files=(), problems=())


def _validate_common(path: Path, config_dir: Path) -> Validation:
    """A common file, and what it makes of the product types that extend it."""
    folder = ConfigFolder(config_dir)
    file = folder.read_common(path)
    problems, chain = set(file.problems), folder.chain(file)
    problems |= set(chain.problems)
    users = load_all(config_dir).errors.values()
    problems |= {problem for error in users for problem in error.problems if problem.file == file.layer.file}
    sound = () if problems else (file.layer.file,)
    return Validation(place=path, product_types=(), common_files=sound, problems=_sorted(problems))


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return ConfigError(tuple(problems)).problems
