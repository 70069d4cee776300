"""Imports go one way, and importing does nothing."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from attrgen_assets_tests.architecture.tree import PACKAGE, PROJECT, modules, outside_imports, python_files, shown

READS_THE_ENVIRONMENT = {
    "attrgen_assets/settings.py": "the one reader of the environment",
}

WATCHED_IMPORT = Path(__file__).with_name("watched_import.py")


def test_imports_go_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([linter, "--no-cache"], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


def test_importing_does_nothing(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    caches = tmp_path_factory.mktemp("caches")  # matplotlib makes its own as soon as it is imported
    result = subprocess.run(
        [sys.executable, WATCHED_IMPORT],
        input=json.dumps([outside_imports(), modules()]),
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(PROJECT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(tmp_path),
            "MPLCONFIGDIR": str(caches),
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    assert json.loads(result.stdout) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", python_files(PACKAGE), ids=shown)
def test_only_settings_read_the_environment(path: Path) -> None:
    reads = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv")
    ]
    assert shown(path) in READS_THE_ENVIRONMENT or reads == []
