"""Small files, small functions, docstrings everywhere, and no words that promise instead of doing."""

import ast
import re
from pathlib import Path

import pytest

from attrgen_assets_tests.architecture.tree import PACKAGE, PROJECT, TESTS, functions, python_files, shown

FILE_LINES = 320
TEST_FILE_LINES = 450
FUNCTION_LINES = 40
TEST_FUNCTION_LINES = 60  # a table of data is long and simple

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

FORBIDDEN = {
    r"\b(?:TODO|FIXME|XXX|HACK)\b": "do it, or leave it out",
    r"\bNotImplementedError\b": "nothing is a stub",
    r"unittest\.mock|\bMagicMock\b|monkeypatch\.setattr|\bmocker\b": "tests use real things, not patched ones",
    r"\bpragma: no cover\b": "what is not worth a test is not worth a line",
    r"/work/|/root/|\.\./shared": "no paths of one machine",
}
TEXT_SUFFIXES = {".py", ".md", ".yaml", ".toml", ".cfg", ".json", ""}


def _file_limit(path: Path) -> int:
    return TEST_FILE_LINES if path.is_relative_to(TESTS) else FILE_LINES


def _function_limit(path: Path) -> int:
    return TEST_FUNCTION_LINES if path.is_relative_to(TESTS) else FUNCTION_LINES


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_files_and_functions_are_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= _file_limit(path) or shown(path) in LONG_FILES
    long = {f"{shown(path)}:{name}": size for name, size in functions(path) if size > _function_limit(path)}
    assert {name: size for name, size in long.items() if name not in LONG_FUNCTIONS} == {}


def test_exceptions_from_the_limits_are_still_needed() -> None:
    long_files = {shown(p) for p in python_files() if p.read_text(encoding="utf-8").count("\n") > _file_limit(p)}
    assert sorted(set(LONG_FILES) - long_files) == []
    long = {f"{shown(p)}:{name}" for p in python_files() for name, size in functions(p) if size > _function_limit(p)}
    assert sorted(set(LONG_FUNCTIONS) - long) == []


@pytest.mark.parametrize("path", python_files(PACKAGE), ids=shown)
def test_whatever_is_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    assert ast.get_docstring(tree), "the module has none"
    assert [node.name for node in public if not ast.get_docstring(node)] == []


def _texts() -> list[Path]:
    roots = [PACKAGE, TESTS, PROJECT / "docs", PROJECT / "config", PROJECT / ".ci"]
    top = [path for path in PROJECT.iterdir() if path.is_file()]
    files = [*top, *(path for root in roots if root.exists() for path in root.rglob("*") if path.is_file())]
    return sorted(path for path in files if path.suffix in TEXT_SUFFIXES and path != Path(__file__).resolve())


@pytest.mark.parametrize("path", _texts(), ids=shown)
def test_no_forbidden_words(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    found = [f"{match[0]}: {reason}" for pattern, reason in FORBIDDEN.items() for match in re.finditer(pattern, text)]
    assert found == []


@pytest.mark.parametrize("path", python_files(PACKAGE), ids=shown)
def test_no_error_is_swallowed(path: Path) -> None:
    silent = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and len(node.body) == 1 and isinstance(node.body[0], ast.Pass)
    ]
    assert silent == []


@pytest.mark.parametrize("path", python_files(TESTS), ids=shown)
def test_every_test_asserts_something(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    idle = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not re.search(
            r"\bassert|raises|warns|\b(?:check|expect|verify)_", ast.get_source_segment(source, node) or ""
        )
    ]
    assert idle == []
