"""The config folder: which files there are, and reading each of them once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from attrgen_assets.adapters.config_files.bytes_of import decode, read_bytes
from attrgen_assets.adapters.config_files.json_tree import parse_json
from attrgen_assets.adapters.config_files.limits import MAX_CHAIN, UnreadableFileError
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.product_types.file_model import CommonFile, ProductTypeFile
from attrgen_assets.domain.product_types.nodes import MappingNode, Node
from attrgen_assets.domain.product_types.read import Layer, read_common, read_product_type
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import Problem

SUFFIXES: Final = (".yaml", ".yml", ".json")
TYPES_FOLDER: Final = "product_types"
COMMON_FOLDER: Final = "common"
_EXTENDS: Final = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*(\.yaml|\.yml|\.json)?\Z")


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read: its bytes (none where it could not be), its sound part and its problems."""

    data: bytes | None
    layer: Layer[Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """The common files that a file extends, each once, nearest last; and what is wrong with them."""

    files: tuple[ReadFile, ...]
    problems: tuple[Problem, ...]
    complete: bool


@dataclass(slots=True)
class ConfigFolder:
    """Reads files below `root`, each at most once, so that all types see the same state of a common file."""

    root: Path
    _common: dict[str, ReadFile] = field(default_factory=dict)
    _names: dict[str, list[Path]] | None = None

    def type_files(self) -> dict[str, list[Path]]:
        """Files of product types by their stems, hidden ones left out; more than one for a stem is a problem."""
        return _by_stem(self.root / TYPES_FOLDER)

    def common_files(self) -> dict[str, list[Path]]:
        """Common files by the names that `extends` may say."""
        if self._names is None:
            self._names = _by_stem(self.root / COMMON_FOLDER, recursive=True)
        return self._names

    def shown(self, path: Path) -> str:
        """How a file is called in problems: relative to the config folder where it lies there."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    def is_type_file(self, path: Path) -> bool:
        """Whether a file is where files of product types are."""
        return path.parent.resolve() == (self.root / TYPES_FOLDER).resolve()

    def read_type(self, path: Path) -> ReadFile:
        """Read the file of a product type."""
        # A draft outside the config folder is checked as if it lay there, but its links may not lead out of its own.
        root = self.root if path.is_relative_to(self.root) else path.parent
        return _read(path, root=root, shown=self.shown(path), common=False)

    def read_common(self, path: Path) -> ReadFile:
        """Read a common file."""
        shown = self.shown(path)
        if shown not in self._common:
            self._common[shown] = _read(path, root=self.root, shown=shown, common=True)
        return self._common[shown]

    def chain(self, file: ReadFile) -> Chain:
        """Follow `extends`, depth first: a file that two others extend comes once, before both."""
        walk = _Walk(self)
        walk.visit(file, ())
        return Chain(tuple(walk.found.values()), tuple(dict.fromkeys(walk.problems)), walk.complete)


@dataclass(slots=True)
class _Walk:
    folder: ConfigFolder
    found: dict[str, ReadFile] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True

    def visit(self, file: ReadFile, above: tuple[str, ...]) -> None:
        above = (*above, file.layer.file)
        for position, name in enumerate(file.layer.model.extends):
            at = file.layer.at / "extends" / position
            found = self.find(name)
            if isinstance(found, tuple):
                self.complete = False
                self.problems.append(at.problem(found[0], found=repr(name), help=found[1]))
                continue
            shown = self.folder.shown(found)
            if shown in above:
                circle = " > ".join((*above[above.index(shown) :], shown))
                self.problems.append(at.problem("files extend one another in a circle", found=repr(name), help=circle))
            elif len(self.found) + len(above) > MAX_CHAIN:
                self.complete = False
                self.problems.append(at.problem("too many files are extended", help=f"at most {MAX_CHAIN}"))
                return
            elif shown not in self.found:
                common = self.folder.read_common(found)
                self.visit(common, above)
                self.problems.extend(common.problems)
                self.found[shown] = common

    def find(self, name: str) -> Path | tuple[str, str]:
        """The file that `extends` names, or what is wrong with the name and what would be right."""
        if not _EXTENDS.match(name):
            return (
                "not the name of a common file",
                f"a name below {COMMON_FOLDER}/, such as apparel; never a way out of it",
            )
        stem = name.removesuffix(Path(name).suffix)
        known = self.folder.common_files()
        files = [path for path in known.get(stem, []) if path.suffix in (Path(name).suffix or path.suffix,)]
        if len(files) == 1:
            return files[0]
        if files:
            return "two common files of one name", f"name one: {', '.join(path.name for path in files)}"
        return "no such common file", suggestion(name, known)


def _by_stem(folder: Path, *, recursive: bool = False) -> dict[str, list[Path]]:
    try:
        paths = sorted(folder.rglob("*") if recursive else folder.glob("*"))
    except OSError:  # no such folder, or none that may be listed: then there are no files in it
        return {}
    files: dict[str, list[Path]] = {}
    for path in paths:
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix in SUFFIXES and not hidden:
            files.setdefault(path.relative_to(folder).with_suffix("").as_posix(), []).append(path)
    return files


def _read(path: Path, *, root: Path, shown: str, common: bool) -> ReadFile:
    """Read, decode, parse and check one file."""
    data: bytes | None = None
    tree: Node | None = None
    problems: list[Problem] = []
    try:
        data = read_bytes(path, root=root, shown=shown)
        parse = parse_json if path.suffix == ".json" else parse_yaml
        tree, problems = parse(decode(data, shown=shown), shown=shown)
        if tree is None:
            problems.append(Problem(shown, None, "", "the file is empty"))
    except UnreadableFileError as error:
        problems.append(error.problem)
    if tree is None:
        model = CommonFile() if common else ProductTypeFile()
        nothing = Layer(shown, model, MappingNode({}, shown, 1), ((),))
        return ReadFile(data, nothing, tuple(problems))
    layer, more = (read_common if common else read_product_type)(tree)
    return ReadFile(data, layer, tuple(dict.fromkeys([*problems, *more])))


def digest_parts(files: Sequence[ReadFile]) -> list[tuple[str, bytes | None]]:
    """Names and bytes of files, in a stable order."""
    return sorted((file.layer.file, file.data) for file in files)
