"""`attrgen quarantine`, as a user types it, against a real MongoDB."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.cli import main
from attrgen_assets.domain.ports import Document
from attrgen_assets_tests.cli.calling import PROJECT
from attrgen_assets_tests.workflows.pipeline import Row, run_pipeline

CONFIG = PROJECT / "config"
ROWS: tuple[Row, ...] = (
    {"SKU": "GOOD", "Product Name": "Red pure silk saree", "Brand": "Examplia", "Fabric": None, "Colour": None},
    {"SKU": "ODD", "Product Name": "Blue saree", "Brand": "Examplia", "Fabric": "zilqk\x1b[31m", "Colour": "Blue"},
    {"SKU": None, "Product Name": "Green cotton saree", "Brand": "Examplia", "Fabric": None, "Colour": None},
    {"SKU": "GOOD", "Product Name": "=1+1 saree", "Brand": "Examplia", "Fabric": "Silk", "Colour": "Green"},
)

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def catalogue(
    mongo_uri: str, mongo_database_name: str, mongo_store: MongoStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A catalogue with three refused rows, and the environment that leads there."""
    for name, value in {
        "MONGODB_URI": mongo_uri,
        "ATTRGEN_MONGODB_DATABASE": mongo_database_name,
        "ATTRGEN_HOME": str(tmp_path / "home"),
        "ATTRGEN_CONFIG_DIR": str(CONFIG),
    }.items():
        monkeypatch.setenv(name, value)
    tables = ParquetTables(tmp_path / "home" / "parquet")
    now = datetime(2026, 1, 2, tzinfo=UTC)
    run_pipeline(load_product_type(CONFIG, "saree"), ROWS, tables=tables, store=mongo_store, now=now)


@pytest.fixture
def call(catalogue: None, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls `attrgen quarantine ...` over the catalogue; gives exit code, stdout, stderr."""

    def attrgen(*words: str) -> tuple[int, str, str]:
        code = main(["quarantine", *words])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return attrgen


@pytest.fixture
def entries(call: Call) -> dict[str, Document]:
    """The open entries, by their first reason."""
    listed = call("list", "saree", "--json")[1]
    return {entry["reasons"][0]: entry for entry in map(json.loads, listed.splitlines())}


def test_the_list_shows_place_reason_text_and_nearest(call: Call, entries: dict[str, Document]) -> None:
    code, out, _ = call("list", "saree")
    assert code == 0
    odd = next(line for line in out.splitlines() if line.startswith(entries["not_in_vocabulary"]["entry_id"]))
    assert odd.split()[1:6] == ["ODD", "feed.csv:2", "not_in_vocabulary", "fabric", "zilqk\ufffd[31m"]
    assert "\x1b" not in out
    assert "duplicate_sku 1, missing_sku 1, not_in_vocabulary 1" in out


def test_the_list_can_be_narrowed(call: Call) -> None:
    only = [json.loads(line) for line in call("list", "--reason", "missing_sku", "--json")[1].splitlines()]
    assert [entry["reasons"] for entry in only] == [["missing_sku"]]
    assert call("list", "kurta") == (0, "no open rows\n", "")
    assert "1 rows shown" in call("list", "--limit", "1")[1]


def test_show_has_the_row_as_it_came_and_the_corrections(call: Call, entries: dict[str, Document]) -> None:
    entry_id = entries["not_in_vocabulary"]["entry_id"]
    call("fix", entry_id, "fabric=Art Silk", "--by", "asha", "--reason", "felt it")
    code, out, _ = call("show", entry_id[:9])
    assert code == 0
    assert "Product Name" in out
    assert "Blue saree" in out
    assert "corrected: fabric = Art Silk, by asha" in out
    assert "felt it" in out


def test_a_row_is_fixed_and_released(call: Call, entries: dict[str, Document], mongo_store: MongoStore) -> None:
    entry_id = entries["not_in_vocabulary"]["entry_id"]
    code, out, _ = call("fix", entry_id, "fabric=art silk", "second_color=NA", "--by", "asha")
    assert code == 0
    assert "saree ODD: fabric = Art Silk\nsaree ODD: second_color = NA\n" in out
    code, out, _ = call("release", entry_id)
    assert (code, out) == (0, "1 rows released: 1 new, 0 changed, 0 unchanged documents\n")
    attributes = mongo_store.get_document("saree:ODD")["attributes"]
    assert attributes["fabric"]["value"] == "Art Silk"
    assert attributes["second_color"]["status"] == "NOT_APPLICABLE"
    assert call("release", entry_id) == (0, f"{entry_id} is not open any more: nothing to do\n", "")


def test_a_row_without_sku_is_given_one(call: Call, entries: dict[str, Document], mongo_store: MongoStore) -> None:
    entry_id = entries["missing_sku"]["entry_id"]
    assert call("fix", entry_id, "sku=NEW-1", "--by", "asha")[0] == 0
    assert call("release", "--all", "saree")[0] == 1  # the two others stay
    assert mongo_store.get_document("saree:NEW-1")["attributes"]["color"]["value"] == "Green"


@pytest.mark.parametrize(
    ("correction", "said"),
    [
        pytest.param("fabric=Sillk", "Silk", id="illegal value"),
        pytest.param("fabrik=Silk", "did you mean 'fabric'?", id="unknown attribute"),
        pytest.param("fabric=NA", "NA is no legal answer", id="not applicable"),
    ],
)
def test_an_illegal_correction_is_told(call: Call, entries: dict[str, Document], correction: str, said: str) -> None:
    code, out, err = call("fix", entries["not_in_vocabulary"]["entry_id"], correction, "--by", "asha")
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["fix", "x", "fabric", "--by", "asha"], id="no value"),
        pytest.param(["fix", "x", "fabric=Silk"], id="nobody says so"),
        pytest.param(["fix", "x", "fabric=Silk", "--by", " "], id="an empty name"),
        pytest.param(["fix", "x", "a=1", "a=2", "--by", "asha"], id="twice"),
        pytest.param(["release"], id="nothing to release"),
        pytest.param(["release", "x", "--all", "saree"], id="both"),
        pytest.param(["export", "saree", "-o", "x.pdf"], id="unknown format"),
    ],
)
def test_a_wrong_command_line_is_usage(call: Call, words: list[str]) -> None:
    assert call(*words)[0] == 2


def test_an_unknown_id_is_told(call: Call) -> None:
    code, _, err = call("show", "zzzz")
    assert code == 1
    assert "no quarantined row has an id that begins with 'zzzz'" in err


def test_a_sheet_goes_out_and_comes_back(
    call: Call, entries: dict[str, Document], tmp_path: Path, mongo_store: MongoStore
) -> None:
    sheet = tmp_path / "sheet.csv"
    assert call("export", "saree", "-o", str(sheet))[0] == 0
    rows = list(csv.DictReader(sheet.read_text(encoding="utf-8-sig").splitlines()))
    assert {row["entry_id"] for row in rows} == {entry["entry_id"] for entry in entries.values()}
    answers = {"not_in_vocabulary": "Art Silk", "missing_sku": "NEW-2", "duplicate_sku": "GOOD"}
    write_sheet(sheet, [{**row, "correction": answers[row["reason"]]} for row in rows])
    code, out, err = call("import", str(sheet), "--by", "asha")
    assert (code, out) == (1, "2 corrections of 2 rows recorded, 1 rows refused\n")
    assert "'GOOD' is the SKU of the document from feed.csv:1" in err
    assert "2 rows released" in call("release", "--all", "saree")[1]
    assert mongo_store.get_document("saree:NEW-2")["sku"] == "NEW-2"


def write_sheet(path: Path, rows: list[dict[str, Any]]) -> None:
    """As a spreadsheet of a country with decimal commas does."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_that_is_none_is_told(call: Call, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    code, _, err = call("import", str(tmp_path / "x.csv"), "--by", "asha")
    assert code == 1
    assert "no column attribute, correction, entry_id" in err


def test_export_as_json_lines_and_to_stdout(call: Call, entries: dict[str, Document], tmp_path: Path) -> None:
    assert call("export", "saree", "-o", str(tmp_path / "x.jsonl"))[0] == 0
    lines = (tmp_path / "x.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["entry_id"] for line in lines] == sorted(one["entry_id"] for one in entries.values())
    assert call("export", "saree", "-o", "-")[1].splitlines() == lines
