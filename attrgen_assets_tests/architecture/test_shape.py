"""Small files, small functions, docstrings everywhere, and no words that promise instead of doing."""

import ast
import re
from pathlib import Path

import pytest

from attrgen_assets_tests.architecture.tree import PACKAGE, PROJECT, TESTS, functions, python_files, shown

FILE_LINES = 320
TEST_FILE_LINES = 450
FUNCTION_LINES = 48  # "about 40": a signature with many options, one a line, is not complexity

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


@pytest.mark.parametrize("path", python_files(), ids=shown)
def test_files_and_functions_are_small(path: Path) -> None:
    limit = TEST_FILE_LINES if path.is_relative_to(TESTS) else FILE_LINES
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= limit or shown(path) in LONG_FILES
    long = [f"{shown(path)}:{name} ({size} lines)" for name, size in functions(path) if size > FUNCTION_LINES]
    assert [text for text in long if text.split(" ")[0] not in LONG_FUNCTIONS] == []


def test_exceptions_from_the_limits_are_still_needed() -> None:
    assert [path for path in LONG_FILES if not (PROJECT / path).exists()] == []
    names = {
        f"{shown(path)}:{name}" for path in python_files() for name, size in functions(path) if size > FUNCTION_LINES
    }
    assert sorted(set(LONG_FUNCTIONS) - names) == []


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
            r"\bassert\b|raises|warns|\b(?:check|expect|verify)_", ast.get_source_segment(source, node) or ""
        )
    ]
    assert idle == []
