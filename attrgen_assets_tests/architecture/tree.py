"""The files of the project, for tests about its shape."""

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "attrgen_assets"
TESTS = PROJECT / "attrgen_assets_tests"


def python_files(*roots: Path) -> list[Path]:
    """Every Python file under the roots (default: package and tests), sorted."""
    return sorted(path for root in roots or (PACKAGE, TESTS) for path in root.rglob("*.py"))


def shown(path: Path) -> str:
    """The path as a reader would write it."""
    return path.relative_to(PROJECT).as_posix()


def modules() -> list[str]:
    """Every module of the package, by its dotted name."""
    names = []
    for path in python_files(PACKAGE):
        parts = path.relative_to(PROJECT).with_suffix("").parts
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return names


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """(name, lines of code) of every function in a file; signature and docstring do not count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            code = node.body[1:] if ast.get_docstring(node) else node.body
            yield node.name, (code[-1].end_lineno or 0) - code[0].lineno + 1 if code else 0


def outside_imports() -> list[str]:
    """Modules that the package imports from elsewhere, sorted."""
    found: set[str] = set()
    for path in python_files(PACKAGE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module)
    return sorted(name for name in found if not name.startswith("attrgen_assets"))
