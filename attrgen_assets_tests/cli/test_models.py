"""`attrgen models`, as a user types it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.cli import main
from attrgen_assets_tests.cli.calling import PROJECT
from attrgen_assets_tests.workflows.pipeline import run_pipeline

CONFIG = PROJECT / "config"
Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def home(
    mongo_uri: str, redis_url: str, mongo_database_name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The home of an installation, and the environment that leads there."""
    for name, value in {
        "MONGODB_URI": mongo_uri,
        "REDIS_URL": redis_url,
        "ATTRGEN_MONGODB_DATABASE": mongo_database_name,
        "ATTRGEN_HOME": str(tmp_path / "home"),
        "ATTRGEN_CONFIG_DIR": str(CONFIG),
    }.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"


@pytest.fixture
def call(home: Path, mongo_store: MongoStore, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls `attrgen models ...` over a catalogue of 120 sarees; gives exit code, stdout, stderr."""
    names = [f"{color} {fabric} saree" for color in ("Red", "Blue", "Green") for fabric in ("cotton", "silk")]
    rows = [{"SKU": f"A{number}", "Product Name": f"{names[number % 6]} {number}"} for number in range(120)]
    tables = ParquetTables(home / "parquet")
    now = datetime(2026, 1, 2, tzinfo=UTC)
    run_pipeline(load_product_type(CONFIG, "saree"), rows, tables=tables, store=mongo_store, now=now)

    def attrgen(*words: str) -> tuple[int, str, str]:
        code = main(["models", *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return attrgen


def test_train_list_and_go_back(call: Call) -> None:
    assert call("list", "saree")[:2] == (0, "saree has no model; train one: attrgen models train saree\n")
    code, out, err = call("train", "saree")
    assert (code, "all rows" in err) == (0, True)
    first = out.split(":")[0]
    assert out.startswith(f"{first}: promoted\n")
    assert out.endswith(f"in force: {first}\n")
    code, out, _ = call("train", "saree")
    second = out.split(":")[0]
    assert (code, out.splitlines()[0]) == (0, f"{second}: kept the current model")
    code, out, _ = call("list", "saree")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["version", first, second, "*"]
    assert f"{first} *" in out
    assert call("promote", "saree", second)[:2] == (0, f"saree: {second} is in force; before it: {first}\n")
    records = [json.loads(line) for line in call("list", "saree", "--json")[1].splitlines()]
    assert [record["in_force"] for record in records] == [False, True]


def test_what_is_not_there_is_told(call: Call) -> None:
    code, _, err = call("promote", "saree", "0001-00000000")
    assert (code, "there are none" in err) == (1, True)
    assert call("train", "sofa")[0] == 1
