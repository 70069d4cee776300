"""`attrgen config`: validate, show, schema, diff, as a user calls them."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.cli import main
from attrgen_assets.cli.config import app
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import ConfigError, UnknownProductType
from attrgen_assets_tests.config_texts import APPAREL, SAREE, as_data, changed, line_of, make_config_dir
from attrgen_assets_tests.factories import make_documents

BAD = changed(SAREE, "kind: boolean", "kind: bolean")


def _run(*words: str | Path) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_validate_says_what_is_valid(tmp_path: Path) -> None:
    result = _run("validate", make_config_dir(tmp_path))
    version = load_product_type(tmp_path, "saree").config_version
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        f"valid: saree, 5 common and 6 specific attributes, version {version}",
        "valid: common/apparel.yaml",
    ]


def test_validate_tells_every_problem_of_every_file_and_what_is_valid(tmp_path: Path) -> None:
    files = {
        "product_types/bad.yaml": BAD.replace("product_type: saree", "product_type: bad"),
        "product_types/worse.json": "{",
        "common/idle.yaml": "titel: x\n",
    }
    result = _run("validate", make_config_dir(tmp_path, files))
    lines = result.stdout.splitlines()
    assert result.exit_code == 1
    assert [line.split(":")[0] for line in lines] == [
        "common/idle.yaml",
        "product_types/bad.yaml",
        "product_types/worse.json",
        "3 problems in 3 files",
        "valid",
        "valid",
    ]
    line = line_of(BAD, "kind: bolean")
    message = "attributes.pre_draped.kind: not one of the words allowed here; found 'bolean'; did you mean 'boolean'?"
    kinds = "allowed: enum, enum_list, text, number, boolean"
    assert lines[1] == f"product_types/bad.yaml:{line}: {message} {kinds}"


@pytest.mark.parametrize("inner", ["", "product_types", "common", "product_types/saree.yaml", "common/apparel.yaml"])
@pytest.mark.parametrize("bad", [True, False])
def test_validate_takes_folders_and_files(tmp_path: Path, inner: str, bad: bool) -> None:
    files = {"product_types/saree.yaml": BAD, "common/apparel.yaml": changed(APPAREL, "threshold: 90", "threshold: 9")}
    result = _run("validate", make_config_dir(tmp_path, files if bad else {}) / inner)
    assert result.exit_code == bad
    own = {"common/apparel.yaml": "product_types", "product_types/saree.yaml": "no such"}.get(inner, "no such")
    assert own not in result.stdout
    assert ("not one of the words" in result.stdout) == (bad and inner != "common/apparel.yaml")
    assert ("should be at least 50" in result.stdout) == bad


def test_validate_checks_a_draft_against_the_config_folder(tmp_path: Path) -> None:
    config_dir = make_config_dir(tmp_path / "config")
    draft = tmp_path / "next version.yaml"
    draft.write_text(SAREE)
    assert _run("validate", draft, "--config-dir", config_dir).exit_code == 0
    draft.write_text(changed(SAREE, "[apparel]", "[aparel]"))
    result = _run("validate", draft, "--config-dir", config_dir)
    assert result.exit_code == 1
    assert f"{draft}:5: extends[0]: no such common file; found 'aparel'; did you mean 'apparel'?" in result.stdout


def test_validate_a_folder_without_configs_or_a_path_that_is_not_there(tmp_path: Path) -> None:
    result = _run("validate", tmp_path, tmp_path / "nothing.yaml")
    assert result.exit_code == 1
    assert "no files of product types" in result.stdout
    assert "no such file or folder" in result.stdout


def test_validate_as_json(tmp_path: Path) -> None:
    folder = make_config_dir(tmp_path, {"product_types/bad.yaml": BAD})
    [found] = json.loads(_run("validate", folder, "--json").stdout)
    assert list(found["product_types"]) == ["saree"]
    assert [(problem["line"], problem["key"]) for problem in found["problems"]] == [
        (1, "product_type"),
        (line_of(BAD, "kind: bolean"), "attributes.pre_draped.kind"),
    ]


def test_a_type_without_a_feed_is_valid_and_said_to_be_idle(tmp_path: Path) -> None:
    files = {"product_types/saree.yaml": changed(SAREE, "  path: saree.csv\n", "")}
    result = _run("validate", make_config_dir(tmp_path, files))
    assert result.exit_code == 0
    assert "no feed: only for `attrgen generate --input`" in result.stdout


def test_show_prints_a_file_that_says_the_same(tmp_path: Path) -> None:
    config_dir = make_config_dir(tmp_path / "config")
    shown = _run("show", "saree", "--config-dir", config_dir).stdout
    assert "  # common: common/apparel.yaml\n  color:\n" in shown
    files = {"common/apparel.yaml": "", "product_types/saree.yaml": shown}
    alone = load_product_type(make_config_dir(tmp_path / "alone", files), "saree")
    assert alone.config_version == load_product_type(config_dir, "saree").config_version


def test_show_as_json_is_the_config_itself(tmp_path: Path) -> None:
    config_dir = make_config_dir(tmp_path)
    shown = _run("show", "saree", "--json", "--config-dir", config_dir).stdout
    assert ProductType.model_validate_json(shown) == load_product_type(config_dir, "saree")


def test_show_of_an_unknown_or_invalid_type_is_an_error(tmp_path: Path) -> None:
    config_dir = make_config_dir(tmp_path, {"product_types/bad.yaml": BAD})
    assert isinstance(_run("show", "sare", "--config-dir", config_dir).exception, UnknownProductType)
    assert isinstance(_run("show", "bad", "--config-dir", config_dir).exception, ConfigError)


@cache
def _schema(*words: str) -> Any:
    schema = json.loads(_run("schema", *words).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


@pytest.mark.parametrize(("text", "words"), [(SAREE, ()), (APPAREL, ("--common",))])
def test_the_schema_accepts_good_files(text: str, words: tuple[str, ...]) -> None:
    validator = jsonschema.Draft202012Validator(_schema(*words))
    assert [error.message for error in validator.iter_errors(as_data(text))] == []


def test_the_schema_accepts_what_ships_and_what_is_shown(tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "config"
    validators = {
        "product_types": jsonschema.Draft202012Validator(_schema()),
        "common": jsonschema.Draft202012Validator(_schema("--common")),
    }
    checked = 0
    for folder, validator in validators.items():
        for path in (shipped / folder).glob("*.yaml"):
            assert [error.message for error in validator.iter_errors(as_data(path.read_text(encoding="utf-8")))] == []
            checked += 1
    shown = _run("show", "saree", "--config-dir", make_config_dir(tmp_path)).stdout
    assert checked >= 4
    assert [error.message for error in validators["product_types"].iter_errors(as_data(shown))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("product_type: saree\n", ""),
        ("owners:", "ownres:"),
        ("kind: boolean", "kind: bolean"),
        ("words_after: 4", "words_after: 40"),
        ("confidence: 0.8", "confidence: 80"),
        ("border_width:\n", "Border-Width:\n"),
        ("{lexicon: title, near: border}", "{lexikon: title}"),
        ("requires: {border_width: [border]}", "needs: {border_width: [border]}"),
        ("[4.5, 10]", "[4.5]"),
        ("{warn: 0.8, error: 0.3}", "{warn: 2}"),
        ("required: false", "required: no"),
    ],
)
def test_the_schema_refuses_what_the_product_refuses(tmp_path: Path, old: str, new: str) -> None:
    text = changed(SAREE, old, new)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(as_data(text), _schema())
    assert _run("validate", make_config_dir(tmp_path, {"product_types/saree.yaml": text})).exit_code == 1


def test_every_key_of_the_schema_is_described() -> None:
    for name, model in _schema()["$defs"].items():
        for key, said in model.get("properties", {}).items():
            assert said.get("description") or (name, key) == ("ValueEntry", "value"), f"{name}.{key}"


def _two_states(tmp_path: Path) -> tuple[Path, Path]:
    new = changed(changed(SAREE, "    Lace:\n", ""), "[S, M, 3XL]", "[S, M, 3-XL]")
    return make_config_dir(tmp_path / "old"), make_config_dir(tmp_path / "new", {"product_types/saree.yaml": new})


def test_diff_says_what_decides_which_documents_are_touched(tmp_path: Path) -> None:
    old, new = _two_states(tmp_path)
    result = _run("diff", old, new)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[1:] == [
        "  removed value of fabric: Lace",
        "      fabric is 'Lace'",
        "  renamed? value of size: 3XL -> 3-XL",
        "      size is '3XL'",
        "  indented: the documents that may get other answers; --documents DOCS or --store counts them",
    ]
    files = [folder / "product_types/saree.yaml" for folder in (old, new)]
    assert _run("diff", *files).stdout == result.stdout
    assert _run("diff", "--type", "saree", old, new).stdout == result.stdout
    assert _run("diff", old, old).stdout == "saree: no change\n"


def _documents(config_dir: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"sku": "1", "fabric": "Lace", "size": ["3XL"]},
        {"sku": "2", "fabric": "Lace"},
        {"sku": "3"},
    ]
    return make_documents(rows, load_product_type(config_dir, "saree"))


def test_diff_counts_documents_of_a_file(tmp_path: Path) -> None:
    old, new = _two_states(tmp_path)
    path = tmp_path / "documents.jsonl"
    path.write_text("".join(json.dumps(document, default=str) + "\n" for document in _documents(old)))
    lines = _run("diff", old, new, "--documents", path).stdout.splitlines()
    assert "      fabric is 'Lace': 2 documents" in lines
    assert "      size is '3XL': 1 document" in lines
    assert lines[-1] == "  2 documents may get other answers"


def test_diff_counts_documents_of_the_store(
    tmp_path: Path, mongo_store: MongoStore, mongo_uri: str, mongo_database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = _two_states(tmp_path)
    mongo_store.write_documents(_documents(old))
    monkeypatch.setenv("MONGODB_URI", mongo_uri)
    monkeypatch.setenv("ATTRGEN_MONGODB_DATABASE", mongo_database_name)
    data = json.loads(_run("diff", old, new, "--json").stdout)
    [comparison] = data["product_types"]
    assert comparison["documents"] == 2
    assert [change["touches"] for change in comparison["changes"]] == [
        [{"condition": "fabric is 'Lace'", "documents": 2}],
        [{"condition": "size is '3XL'", "documents": 1}],
    ]
    [uncounted] = json.loads(_run("diff", old, new, "--json", "--no-store").stdout)["product_types"]
    assert uncounted["documents"] is None


def test_diff_of_folders_names_types_that_came_and_went(tmp_path: Path) -> None:
    kurta = SAREE.replace("product_type: saree", "product_type: kurta")
    old = make_config_dir(tmp_path / "old", {"product_types/cap.yaml": SAREE.replace(": saree\n", ": cap\n", 1)})
    new = make_config_dir(tmp_path / "new", {"product_types/kurta.yaml": kurta})
    assert _run("diff", old, new).stdout.splitlines() == [
        "kurta: a new product type",
        "cap: no longer a product type; its documents stay",
        "saree: no change",
    ]


def test_diff_of_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    error = _run("diff", make_config_dir(tmp_path), tmp_path / "nothing").exception
    assert isinstance(error, ConfigError)
    assert str(error).endswith("nothing: no such file or folder")


def test_the_group_is_part_of_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = make_config_dir(tmp_path, {"product_types/saree.yaml": BAD})
    assert main(["config", "validate", str(folder)]) == 1
    assert "did you mean 'boolean'?" in capsys.readouterr().out
    assert main(["config", "show", "saree", "--config-dir", str(folder)]) == 1
    assert capsys.readouterr().err.startswith("error: 1 problem in the configuration\nproduct_types/saree.yaml:")
