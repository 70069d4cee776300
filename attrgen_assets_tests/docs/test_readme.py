"""The README's commands do what it says, and its links lead somewhere."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from attrgen_assets_tests.cli.calling import ATTRGEN, PROJECT, environment

README = (PROJECT / "README.md").read_text(encoding="utf-8")
CI = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
DOCS = sorted([PROJECT / "README.md", *(PROJECT / "docs").glob("*.md")])

BLOCK = re.compile(r"^<!-- (?P<act>run|output|file: (?P<file>\S+)) -->\n```\w*\n(?P<text>.*?)^```$", re.M | re.S)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")


@dataclass(frozen=True)
class Block:
    """A marked block: a file to write, commands to run, or lines that the commands before it print."""

    act: str
    file: str | None
    text: str


def blocks() -> list[Block]:
    return [Block(found["act"].split(":")[0], found["file"], found["text"]) for found in BLOCK.finditer(README)]


def squeezed(text: str) -> str:
    """Without what alignment adds."""
    return re.sub(r"[ \t]+", " ", text)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """What the README's reader has: the config folder, and `attrgen` on the PATH."""
    shutil.copytree(PROJECT / "config", tmp_path / "config")
    command = tmp_path / "bin" / "attrgen"
    command.parent.mkdir()
    command.write_text(f"#!{sys.executable}\n{ATTRGEN[-1]}\n".replace("; ", "\n"))
    command.chmod(0o755)
    return tmp_path


@pytest.mark.long
def test_the_worked_example_works(checkout: Path, mongo_uri: str, redis_url: str, mongo_database_name: str) -> None:
    servers = {"MONGODB_URI": mongo_uri, "REDIS_URL": redis_url, "ATTRGEN_MONGODB_DATABASE": mongo_database_name}
    found = environment({**servers, "PATH": f"{checkout / 'bin'}:{os.environ['PATH']}"})
    printed = ""
    for block in blocks():
        match block.act:
            case "file":
                path = checkout / str(block.file)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, encoding="utf-8")
            case "run":
                result = subprocess.run(
                    ["bash", "-euo", "pipefail", "-c", block.text],
                    cwd=checkout,
                    env=found,
                    stdin=subprocess.DEVNULL,
                    capture_output=True,
                    text=True,
                    timeout=300,
                    check=False,
                )
                assert result.returncode == 0, f"{block.text}\n{result.stdout}\n{result.stderr}"
                printed = squeezed(result.stdout + result.stderr)
            case _:
                absent = [line for line in block.text.splitlines() if squeezed(line).strip() not in printed]
                assert absent == [], printed
    assert len((checkout / "sarees.jsonl").read_text(encoding="utf-8").splitlines()) > 100


def test_the_example_has_files_commands_and_output() -> None:
    acts = [block.act for block in blocks()]
    assert {act: acts.count(act) for act in ("file", "run", "output")} == {"file": 2, "run": 5, "output": 3}
    assert README.count("<!--") == len(acts), "a mark is not in front of a block"


def test_the_two_commands_are_those_that_ci_runs() -> None:
    install, tests = re.findall(r'^pip install -e "\.\[[a-z,]+\]" && .+$', README, re.M)
    assert install == 'pip install -e ".[embedded]" && attrgen run'
    assert tests == 'pip install -e ".[embedded,test]" && pytest -n auto'
    pip, pytest_command = tests.split(" && ")
    assert f'step "install" {pip}\n' in CI
    assert f'step "tests" {pytest_command}\n' in CI


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(doc: Path) -> None:
    links = LINK.findall(doc.read_text(encoding="utf-8"))
    assert [link for link in links if not (doc.parent / link).exists()] == []


@pytest.mark.parametrize("doc", DOCS, ids=lambda path: path.name)
def test_files_that_are_named_exist(doc: Path) -> None:
    """Modules and folders in backquotes, as docs/architecture.md has many."""
    package = PROJECT / "attrgen_assets"
    named = re.findall(r"`([a-z_]+(?:/[a-z_]+)*/?(?:[a-z_]+\.(?:py|md|yaml)|/))`", doc.read_text(encoding="utf-8"))
    ours = [
        name for name in named if name.split("/")[0] in {path.name for path in package.iterdir()} | {"docs", "config"}
    ]
    assert [name for name in ours if not ((package / name).exists() or (PROJECT / name).exists())] == []


def test_the_checks_and_assets_that_the_readme_explains_are_those_of_the_graph() -> None:
    from attrgen_assets.definitions import defs

    explained = set(re.findall(r"^\| `([a-z_/]+)` \|", README, re.M))
    graph = defs.resolve_asset_graph()
    checks = {key.name for key in graph.asset_check_keys}
    assets = {key.to_user_string() for key in graph.get_all_asset_keys()}
    assert explained >= checks
    assert explained - checks <= assets
