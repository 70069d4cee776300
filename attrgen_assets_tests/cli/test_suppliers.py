"""`attrgen suppliers` as a user calls it, with no credential set."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue
from attrgen_assets_tests.cli.calling import ATTRGEN, PROJECT, attrgen, environment


def test_ask_without_credentials_starts_a_sandbox_and_prints_claims_flags_and_timing(tmp_path: Path) -> None:
    done = attrgen("suppliers", "ask", "wr55x11152", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "WR55X11152 is replaced by WR55X10025: encompass, marcone, reliable_parts" in done.stdout
    for supplier in ("amazon", "encompass", "marcone", "reliable_parts"):
        assert f"WR55X10025  {supplier}: ok in " in done.stdout
    assert "[suspect: " in done.stdout
    assert "if thousandths: " in done.stdout


def test_ask_as_json_can_be_read_by_programs(tmp_path: Path) -> None:
    done = attrgen("suppliers", "ask", "NOSUCH1", "--json", cwd=tmp_path)
    found = json.loads(done.stdout)
    assert found["chain"] == {"asked": "NOSUCH1", "steps": [], "end": "current"}
    assert [answer["outcome"] for answer in found["answers"]] == ["not_found"] * 4


def test_what_is_no_part_number_is_refused(tmp_path: Path) -> None:
    done = attrgen("suppliers", "ask", "../x", cwd=tmp_path)
    assert done.returncode == 1
    assert "is no part number" in done.stderr


def test_one_credential_means_real_suppliers_and_the_others_are_skipped(tmp_path: Path) -> None:
    env = {"ENCOMPASS_API_KEY": "no-such-key", "ENCOMPASS_BASE_URL": "http://127.0.0.1:9/v1"}
    done = attrgen("suppliers", "ask", "A1", "--deadline-s", "2", cwd=tmp_path, env=env)
    assert done.returncode == 0
    assert "encompass: failed" in done.stdout
    assert "marcone: skipped" in done.stdout
    assert "set MARCONE_CLIENT_ID and MARCONE_CLIENT_SECRET" in done.stdout
    assert "no-such-key" not in done.stdout + done.stderr


def test_a_sandbox_of_ones_own_serves_until_it_is_stopped(tmp_path: Path) -> None:
    words = [*ATTRGEN, "suppliers", "sandbox", "--port", "0", "--latency-ms", "1", "--parts", "50"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment(), cwd=tmp_path) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip().rpartition("=")[2]
            done = attrgen("suppliers", "ask", "WR55X10025", cwd=tmp_path, env={"ATTRGEN_SUPPLIERS_SANDBOX_URL": url})
        finally:
            server.terminate()
    assert "encompass: ok" in done.stdout


def test_the_truth_is_written_as_a_table_and_wrong_faults_are_told(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    assert attrgen("suppliers", "sandbox", "--parts", "20", "--seed", "3", "--truth", str(path)).returncode == 0
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = {(row["object"], row["attribute"], row["value"]) for row in rows}
    assert written == set(Catalogue(seed=3, parts=20).truth_rows())
    assert {"mpn", "msrp", "compatible_models"} <= {row["attribute"] for row in rows}
    done = attrgen("suppliers", "sandbox", "--faults", "nonsense=1", cwd=PROJECT)
    assert done.returncode == 2
    assert "is no fault" in done.stderr


def test_without_the_extra_the_command_that_installs_it_is_named(tmp_path: Path) -> None:
    without = "import sys; sys.modules['authlib'] = None; from attrgen_assets.cli import main; sys.exit(main())"
    words = [sys.executable, "-c", without, "suppliers", "ask", "A1"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment(), cwd=tmp_path, check=False)
    assert done.returncode == 1
    assert 'pip install "attrgen[parts]"' in done.stderr
