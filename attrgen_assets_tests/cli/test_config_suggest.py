"""`attrgen config suggest`: what it prints can be merged into the config, and makes it read the feed."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from attrgen_assets.cli.config import app
from attrgen_assets.errors import UnknownProductType
from attrgen_assets_tests.cli.calling import PROJECT, attrgen
from attrgen_assets_tests.config_texts import as_data

NECKS = ["Round Neck", "V-Neck", "Boat Neck", "Mandarin Collar", "Squre", "V Neck", "Round", "Boat"]
FABRICS = ["Cotton", "Rayon", "Georgette", "Silk"]
TYPES = ["A-Line", "Straight", "Anarkali", "Kaftan"]


def write_feed(folder: Path, *, rows: int = 40) -> Path:
    """A feed of kurtas: a table of keys and values in a column that the config does not know, and awkward names."""
    path = folder / "new.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["article", "heading", "Facts", 'Neck: "cut" # of it', "Score"])
        for n in range(rows):
            facts = {"Main Cloth": FABRICS[n % 4], "Made": TYPES[n % 4], "Box": "1 kurta"}
            writer.writerow([f"K{n}", f"Kurta number {n}", json.dumps(facts), NECKS[n % 8], "4.5"])
    return path


def copy_config(folder: Path) -> Path:
    shutil.copytree(PROJECT / "config", folder / "config", ignore=shutil.ignore_patterns("feeds"))
    return folder / "config"


def merged(old: Any, new: Any) -> Any:
    """What a person does who pastes the suggestion in: key by key, the new one wins."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_the_suggestion_merged_into_the_config_is_valid_and_reads_the_feed(tmp_path: Path) -> None:
    config, feed = copy_config(tmp_path), write_feed(tmp_path)
    before = {path: path.read_bytes() for path in config.rglob("*.yaml")}
    result = run("suggest", "--feed", feed, "--product-type", "kurta", "--config-dir", config)
    assert result.exit_code == 0, result.output
    suggestion = as_data(result.stdout)
    assert suggestion["feed"]["specifications"]["column"][-1] == "Facts"
    assert suggestion["feed"]["columns"]["shape"][-1] == "spec.Made"
    assert suggestion["feed"]["columns"]["neck"][-1] == 'Neck: "cut" # of it'
    assert suggestion["attributes"]["neck"]["add_values"] == {"Square Neck": ["Squre"]}
    assert {path: path.read_bytes() for path in config.rglob("*.yaml")} == before

    kurta = config / "product_types" / "kurta.yaml"
    whole = merged(as_data(kurta.read_text(encoding="utf-8")), suggestion)
    kurta.unlink()
    kurta.with_suffix(".json").write_text(json.dumps(whole), encoding="utf-8")
    assert run("validate", config).exit_code == 0, run("validate", config).output

    output = tmp_path / "kurtas.jsonl"
    words = ["--input", str(feed), "--output", str(output), "--map", "sku=article", "--map", "title=heading"]
    generated = attrgen("generate", "kurta", *words, "--config-dir", str(config), cwd=tmp_path)
    assert generated.returncode == 0, generated.stderr
    documents = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    necks = {document["attributes"]["neck"]["value"] for document in documents}
    assert necks == {"Round Neck", "V-Neck", "Boat Neck", "Mandarin Collar", "Square Neck"}
    assert {document["attributes"]["shape"]["value"] for document in documents} == set(TYPES)


def test_without_a_product_type_the_likeliest_is_named_with_the_reason(tmp_path: Path) -> None:
    feed = write_feed(tmp_path)
    text = feed.read_text(encoding="utf-8").replace("heading", "title", 1)
    feed.write_text(text, encoding="utf-8")
    result = run("suggest", "--feed", feed, "--config-dir", PROJECT / "config")
    lines = result.stdout.splitlines()
    assert lines[0] == "# Suggested for kurta, from 40 rows of new.csv."
    assert "# The feed looks most like kurta:" in lines
    assert any(line.startswith("#   kurta ") and "100% of the titles mention it" in line for line in lines)


def test_it_is_written_to_a_file_but_never_into_the_config(tmp_path: Path) -> None:
    config, feed = copy_config(tmp_path), write_feed(tmp_path)
    output = tmp_path / "suggestion.yaml"
    words: list[str | Path] = ["suggest", "--feed", feed, "--product-type", "kurta", "--config-dir", config, "--output"]
    assert run(*words, output).exit_code == 0
    assert as_data(output.read_text(encoding="utf-8"))["feed"]["columns"]
    inside = config / "product_types" / "kurta.yaml"
    before = inside.read_bytes()
    refused = run(*words, inside)
    assert refused.exit_code == 2
    assert "lies in the config folder" in " ".join(refused.output.replace("│", " ").split())
    assert inside.read_bytes() == before
    assert run(*words, feed).exit_code == 2


def test_an_unknown_product_type_is_an_error(tmp_path: Path) -> None:
    words: list[str | Path] = ["--product-type", "kurtta", "--config-dir", PROJECT / "config"]
    result = run("suggest", "--feed", write_feed(tmp_path), *words)
    assert isinstance(result.exception, UnknownProductType)


@pytest.mark.parametrize("text", ["", "sku,title\n"])
def test_a_feed_without_rows_is_an_error(tmp_path: Path, text: str) -> None:
    feed = tmp_path / "empty.csv"
    feed.write_text(text, encoding="utf-8")
    result = run("suggest", "--feed", feed, "--config-dir", PROJECT / "config")
    assert "no rows to learn from" in str(result.exception)
