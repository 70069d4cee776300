"""`attrgen report`, from a run to the page."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets_tests.cli.calling import attrgen
from attrgen_assets_tests.factories import NOW
from attrgen_assets_tests.workflows.pipeline import run_pipeline

CONFIG = """product_type: saree
title: Sarees <b>
feed:
  path: saree.csv
  columns: {sku: [sku], color: [color]}
attributes:
  sku: {kind: text, required: true, sources: [{column: sku}]}
  color:
    kind: enum
    values: {Red: [], Blue: []}
    sources: [{column: color}]
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "config" / "product_types").mkdir(parents=True)
    (tmp_path / "config" / "product_types" / "saree.yaml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def env(place: Path, mongo_uri: str, mongo_database_name: str) -> dict[str, str]:
    return {
        "ATTRGEN_HOME": str(place / "home"),
        "MONGODB_URI": mongo_uri,
        "ATTRGEN_MONGODB_DATABASE": mongo_database_name,
    }


def run(place: Path, store: MongoStore, *colors: str, day: int = 0) -> None:
    rows = [{"sku": f"S{i}", "color": color} for i, color in enumerate(colors)]
    config = load_product_type(place / "config", "saree")
    tables = ParquetTables(place / "home" / "parquet")
    run_pipeline(config, rows, tables=tables, store=store, now=NOW + timedelta(days=day, seconds=day))


def test_a_page_about_the_last_run(place: Path, env: dict[str, str], mongo_store: MongoStore) -> None:
    run(place, mongo_store, *["Red"] * 30)
    run(place, mongo_store, *["Blue"] * 29, "mauve", day=1)
    label = {"product_type": "saree", "sku": "S0", "attributes": {"color": "Red"}}
    (place / "gold.jsonl").write_text(json.dumps(label), encoding="utf-8")
    done = attrgen("report", "saree", "-o", "out/page.html", "--gold", "gold.jsonl", cwd=place, env=env)
    assert done.returncode == 0, done.stderr
    assert "precision 0.0% on 1 labelled products, moved since the last run: color" in done.stdout
    text = (place / "out" / "page.html").read_text(encoding="utf-8")
    assert "Sarees &lt;b&gt;" in text
    assert "mauve" in text


def test_labels_in_the_config_folder_are_found(place: Path, env: dict[str, str], mongo_store: MongoStore) -> None:
    run(place, mongo_store, "Red")
    (place / "config" / "gold").mkdir()
    label = {"product_type": "saree", "sku": "S0", "attributes": {"color": "Red"}}
    (place / "config" / "gold" / "mine.jsonl").write_text(json.dumps(label), encoding="utf-8")
    done = attrgen("report", cwd=place, env=env)
    assert "precision 100.0% on 1 labelled products" in done.stdout
    assert (place / "attrgen-report.html").is_file()


def test_what_cannot_be_reported_on_is_said(place: Path, env: dict[str, str], mongo_store: MongoStore) -> None:
    done = attrgen("report", cwd=place, env=env)
    assert (done.returncode, "`attrgen run` makes one" in done.stderr) == (1, True)
    done = attrgen("report", "saree", cwd=place, env=env)
    assert (done.returncode, "`attrgen run saree` makes one" in done.stderr) == (1, True)
    done = attrgen("report", "sari", cwd=place, env=env)
    assert (done.returncode, "sari" in done.stderr) == (1, True)
    run(place, mongo_store, "Red")
    (place / "gold.jsonl").write_text("no json", encoding="utf-8")
    done = attrgen("report", "--gold", "gold.jsonl", cwd=place, env=env)
    assert (done.returncode, "gold.jsonl:1: not a line of JSON" in done.stderr) == (1, True)
