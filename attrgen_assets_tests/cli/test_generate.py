"""`attrgen generate`: file to file, as others call it to measure the answers."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from attrgen_assets.cli import main
from attrgen_assets_tests.cli.calling import ATTRGEN, PROJECT, attrgen, environment

FEED = PROJECT / "config" / "feeds" / "saree.csv"
CONFIG = ("--config-dir", str(PROJECT / "config"))

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls `attrgen generate ...` in an empty folder; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)

    def attrgen(*words: str) -> tuple[int, str, str]:
        code = main(["generate", *words, *CONFIG])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return attrgen


def lines_of(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_row_of_the_feed_is_a_document_or_quarantined(call: Call, tmp_path: Path) -> None:
    code, out, err = call("saree", "-i", str(FEED), "-o", "docs.jsonl")
    assert (code, out) == (0, "")
    documents, quarantined = lines_of(tmp_path / "docs.jsonl"), lines_of(tmp_path / "docs.quarantine.jsonl")
    assert len(documents) + len(quarantined) == 150
    assert "150 rows of saree" in err
    assert f"{len(documents)} documents" in err
    assert "fabric (required)" in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs.jsonl", "docs.quarantine.jsonl"]


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    for name, seed, batch_rows in (("a", "1", "1000"), ("b", "2", "40")):
        words = ("generate", "saree", "-i", str(FEED), "-o", f"{name}.jsonl", *CONFIG)
        result = attrgen(*words, cwd=tmp_path, env={"PYTHONHASHSEED": seed, "ATTRGEN_BATCH_ROWS": batch_rows})
        assert result.returncode == 0, result.stderr
    for suffix in (".jsonl", ".quarantine.jsonl"):
        assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()
    assert (tmp_path / "a.jsonl").stat().st_size > 100_000


def test_documents_to_stdout_and_refused_rows_beside(call: Call, tmp_path: Path) -> None:
    code, out, _ = call("saree", "--input", str(FEED), "--output", "-")
    assert code == 0
    assert [json.loads(line)["product_type"] for line in out.splitlines()] == ["saree"] * len(out.splitlines())
    assert lines_of(tmp_path / "saree.quarantine.jsonl")


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    rows = "".join(f"A{number},Red silk saree {number}\n" for number in range(3000))  # 10 MB: more than any pipe holds
    (tmp_path / "f.csv").write_text(f"sku,title\n{rows}")
    command = [*ATTRGEN, "generate", "saree", "-i", "f.csv", "-o", "-", *CONFIG]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path, env=environment()
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(12) == b'{"sku":"A0",'
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


def test_another_feed_is_read_by_a_mapping(call: Call, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("code;what\nA;Red pure silk saree\n", encoding="utf-8")
    code, _, err = call(
        "saree", "-i", "other.csv", "-o", "o.jsonl", "-q", "q.jsonl", "--map", "sku=code", "--map", "title=What"
    )
    assert code == 0, err
    (document,) = lines_of(tmp_path / "o.jsonl")
    assert document["sku"] == "A"
    assert document["attributes"]["fabric"]["value"] == "Pure Silk"  # type: ignore[index]
    assert (tmp_path / "q.jsonl").read_text() == ""


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(["sari", "-i", "f.csv"], 1, "no product type 'sari'", id="unknown type"),
        pytest.param(["saree", "-i", "g.csv"], 1, "no such file", id="no feed"),
        pytest.param(["saree", "-i", "f.csv", "--map", "titel=title"], 1, "did you mean title?", id="unknown field"),
        pytest.param(["saree", "-i", "f.csv", "--map", "title=titel"], 1, "did you mean 'title'?", id="unknown column"),
        pytest.param(["saree", "-i", "f.csv", "--map", "title"], 2, "FIELD=COLUMN", id="no column"),
        pytest.param(["saree", "-i", "f.csv", "-m", "title=a", "-m", "title=b"], 2, "given twice", id="field twice"),
        pytest.param(["saree", "-i", "f.csv", "--format", "xls"], 2, "xls", id="unknown format"),
        pytest.param(["saree", "-i", "f.csv", "--encoding", "utf-9"], 1, "utf-9", id="unknown encoding"),
        pytest.param(["saree", "-i", "f.csv", "-q", "o.jsonl"], 1, "named twice", id="one file for both"),
        pytest.param(["saree", "-i", "f.csv", "-q", "f.csv"], 2, "the feed itself", id="over the feed"),
        pytest.param(["saree", "-i", "f.csv", "-q", "no/where"], 1, "its folder is missing", id="no folder"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    call: Call, tmp_path: Path, words: list[str], code: int, said: str
) -> None:
    (tmp_path / "f.csv").write_text("sku,title\nA,Red silk saree\n")
    (tmp_path / "o.jsonl").write_text("old")
    found, out, err = call(*words, "-o", "o.jsonl")
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert (tmp_path / "o.jsonl").read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["f.csv", "o.jsonl"]


def test_an_empty_feed_gives_empty_files(call: Call, tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("sku,title\n")
    code, _, err = call("saree", "-i", "f.csv", "-o", "o.jsonl")
    assert code == 0
    assert "0 rows of saree" in err
    assert (tmp_path / "o.jsonl").read_text() == (tmp_path / "o.quarantine.jsonl").read_text() == ""


def test_a_bad_setting_names_its_variable(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTRGEN_BATCH_ROWS", "0")
    code, _, err = call("saree", "-i", str(FEED), "-o", "o.jsonl")
    assert code == 1
    assert "ATTRGEN_BATCH_ROWS" in err
    assert "greater than or equal to 1" in err
