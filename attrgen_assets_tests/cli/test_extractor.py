"""`attrgen extractor`, on JSON lines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from attrgen_assets.adapters.word_vectors import PACKAGE
from attrgen_assets.cli import main
from attrgen_assets_tests.cli.calling import PROJECT, attrgen, environment
from attrgen_assets_tests.labelled import make_lines, make_normalised_lines, write_lines


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with train.jsonl and the model of it."""
    folder = tmp_path_factory.mktemp("extractor")
    data = write_lines(folder / "train.jsonl", make_lines(50))
    assert main(["extractor", "train", "--data", str(data), "--model", str(folder / "model"), "--folds", "2"]) == 0
    return folder


def test_predictions_are_numbered_lines(trained: Path, tmp_path: Path) -> None:
    lines = make_lines(12, seed=9)
    data = write_lines(tmp_path / "x.jsonl", [{"input": line["input"], "category": line["category"]} for line in lines])
    output = tmp_path / "p.jsonl"
    words = ["extractor", "predict", "--model", str(trained / "model"), "--data", str(data), "--output", str(output)]
    assert main(words) == 0
    found = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [row["index"] for row in found] == list(range(12))
    assert [set(row) for row in found] == [{"index", "predictions"}] * 12
    right = [
        row["predictions"][name] == (None if "n/a" in answers else next(iter(answers)))
        for row, line in zip(found, lines, strict=True)
        for name, answers in line["target_scores"].items()
    ]
    assert sum(right) / len(right) > 0.9


def test_details_say_where_a_value_stands(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = write_lines(tmp_path / "x.jsonl", [{"input": "Acme Red Label Bar, 9 oz 🫖", "category": "Soap"}])
    words = ["extractor", "predict", "--model", str(trained / "model"), "--data", str(data), "--output", "-"]
    assert main([*words, "--details"]) == 0
    brand = json.loads(capsys.readouterr().out)["details"]["Brand"]
    assert brand["spans"][0] == {"field": "text", "start": 0, "end": 4, "text": "Acme"}


def test_a_model_knows_words_that_no_row_has_shown(trained: Path) -> None:
    manifest = json.loads((trained / "model" / "model.json").read_text())
    assert manifest["config"]["words"] == PACKAGE
    assert manifest["versions"][PACKAGE] == "1.0.0"
    words = json.loads((trained / "model" / "words.json").read_text())
    assert {"burgundy", "corduroy", "hazelnut"} <= set(words["words"])


def test_evaluate_prints_a_table_or_json(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["extractor", "evaluate", "--model", str(trained / "model"), "--data", str(trained / "train.jsonl")]
    assert main(words) == 0
    assert "precision" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["rows"] == 50
    assert found["f1"] > 0.9
    assert found["NN"] + found["NV"] + found["VN"] + found["VC"] + found["VW"] == 190


def test_explain_shows_the_spans(trained: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["extractor", "explain", "--model", str(trained / "model"), "--data", str(trained / "train.jsonl")]
    assert main([*words, "--index", "1", "-a", "Brand"]) == 0
    shown = capsys.readouterr().out
    title = make_lines(50)[1]["input"]
    assert title in shown
    assert f"text[0:{title.index(' ')}]" in shown or "text[0:" in shown
    assert "in similar rows: " in shown
    assert main([*words, "--index", "50"]) == 1
    assert "has no product 50" in capsys.readouterr().err


def test_normalised_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    raw, normal = make_normalised_lines(60)
    files = [write_lines(tmp_path / name, lines) for name, lines in (("raw", raw), ("normal", normal))]
    model = str(tmp_path / "model")
    assert main(["extractor", "train", "--data", str(files[1]), "--raw", str(files[0]), "--model", model]) == 0
    assert main(["extractor", "evaluate", "--data", str(files[1]), "--model", model, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.split("\n", 2)[2])["f1"] > 0.95
    assert main(["extractor", "explain", "--data", str(files[1]), "--model", model, "-a", "Width"]) == 0
    assert "\"' -> '" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "content", "said"),
    [
        (["train", "--data", "none.jsonl", "--model", "m"], "", "none.jsonl: cannot be read"),
        (["train", "--data", "x.jsonl", "--model", "m"], "", "x.jsonl: empty; every line must be a product"),
        (
            ["train", "--data", "x.jsonl", "--model", "m"],
            '{"input": "x", "category": "y"}',
            "none has a labelled value",
        ),
        (["evaluate", "--data", "x.jsonl"], '{"input": "x", "category": "y"}', "there is nothing to compare with"),
        (["predict", "--data", "x.jsonl", "--output", "p"], '{"input": "x"}', "x.jsonl:1: no `category`"),
        (["predict", "--data", "x.jsonl", "--output", "p"], "{", "x.jsonl:1: not JSON"),
        (["predict", "--data", "x.jsonl", "--output", "p"], "", "x.jsonl: empty"),
        (["predict", "--data", "x.jsonl", "--model", ".", "--output", "p"], "{}", "give a folder that training wrote"),
        (["predict", "--data", "x.jsonl", "--output", "none/p"], "{}", "none"),
    ],
)
def test_errors_say_what_to_do(
    *,
    trained: Path,
    words: list[str],
    content: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x.jsonl").write_text(content, encoding="utf-8")
    model = [] if "--model" in words else ["--model", str(trained / "model")]
    assert main(["extractor", *words, *model]) == 1
    assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["x.jsonl"], "nothing is left behind"


def test_an_unknown_category_is_answered_and_noted(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write_lines(tmp_path / "x.jsonl", [{"input": "Acme Red Label Bar, 9 oz", "category": "Soaps"}])
    words = ["extractor", "predict", "--model", str(trained / "model"), "--data", str(data), "--output", "-"]
    assert main(words) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["predictions"]["Brand"] == "Acme"
    assert "1 products of category 'Soaps', which the model was not trained on" in shown.err
    assert "It knows Soap, Tea" in shown.err


@pytest.mark.long
@pytest.mark.parametrize("alone", [False, True], ids=["with values as written", "normalised values alone"])
def test_processes_that_hash_differently_train_the_same_bytes(tmp_path: Path, alone: bool) -> None:
    raw, normal = (
        write_lines(tmp_path / name, lines) for name, lines in zip("rn", make_normalised_lines(60), strict=True)
    )
    words = ["--data", str(normal), "--folds", "2", *([] if alone else ["--raw", str(raw)])]
    for seed in ("1", "2"):
        done = attrgen("extractor", "train", "--model", str(tmp_path / seed), *words, env={"PYTHONHASHSEED": seed})
        assert done.returncode == 0, done.stderr
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert names == sorted(path.name for path in (tmp_path / "2").iterdir())
    assert all((tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes() for name in names)


def test_several_processes_give_the_same_lines(trained: Path, tmp_path: Path) -> None:
    data = write_lines(tmp_path / "x.jsonl", make_lines(1_200, seed=4))
    words = ["extractor", "predict", "--model", str(trained / "model"), "--data", str(data)]
    for workers in ("1", "2"):
        assert main([*words, "--workers", workers, "--output", str(tmp_path / workers)]) == 0
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()
    assert len((tmp_path / "1").read_bytes().splitlines()) == 1_200


@pytest.mark.parametrize("command", ["evaluate", "explain", "predict"])
def test_a_model_works_without_what_training_needs(trained: Path, command: str) -> None:
    program = PROJECT / "attrgen_assets_tests" / "cli" / "extractor_imports.py"
    words = ["extractor", command, "--model", str(trained / "model"), "--data", str(trained / "train.jsonl")]
    output = ["--output", "-"] if command == "predict" else []
    result = subprocess.run(
        [sys.executable, program, *words, *output], env=environment(), capture_output=True, text=True, check=True
    )
    assert json.loads(result.stdout.splitlines()[-1]) == [0, []]
