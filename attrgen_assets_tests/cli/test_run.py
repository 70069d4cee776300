"""`attrgen run`, as a user types it: the sample, failures, interruptions."""

import json
import os
import pty
import re
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import dagster as dg
import pytest

from attrgen_assets.definitions import open_instance
from attrgen_assets_tests.cli.calling import ATTRGEN
from attrgen_assets_tests.cli.graph_calling import Home, end, wait_until

pytestmark = pytest.mark.long


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def run_statuses(home: Home) -> list[dg.DagsterRunStatus]:
    """Statuses of all runs, oldest first."""
    with open_instance(home.path) as instance:
        return [run.status for run in reversed(instance.get_runs())]


def test_the_sample_becomes_documents_and_running_it_again_changes_nothing(home: Home) -> None:
    first = home.call("run")
    assert first.returncode == 0, first.stdout + first.stderr
    lines = first.stdout.splitlines()
    assert lines[0].split() == ["type", "rows", "new", "changed", "unchanged", "quarantined", "coverage", "time"]
    cells = {line.split()[0]: line.split() for line in lines[1:4]}
    assert set(cells) == {"kurta", "saree", "saree_blouse"}
    for name, (_, rows, new, changed, unchanged, quarantined, coverage, *_, state) in cells.items():
        assert int(rows) == int(new) + int(quarantined), name
        assert (changed, unchanged, state) == ("0", "0", "ok")
        assert re.fullmatch(r"\d+\.\d%", coverage)
    assert "duplicate_sku 2" in first.stdout
    assert "attrgen quarantine list saree" in first.stdout
    said = [json.loads(line) for line in first.stderr.splitlines()]
    assert {event["event"] for event in said} >= {"raw_products finished", "stored_documents finished"}
    assert all(event["logger"].startswith("attrgen_assets") for event in said)
    events = [json.loads(line) for line in home.log().splitlines()]
    stored = [event for event in events if event["event"] == "stored_documents finished"]
    assert {event["product_type"] for event in stored} == {"kurta", "saree", "saree_blouse"}
    assert all(event["run_id"] and event["seconds"] >= 0 and event["new"] > 0 for event in stored)

    code, again = home.results("run")
    assert (code, again["ok"], again["invalid_configs"]) == (0, True, {})
    for run in again["runs"]:
        assert (run["new"], run["changed"]) == (0, 0)
        assert run["rows"] == run["unchanged"] + run["quarantined"]
        assert sum(run["quarantined_by_reason"].values()) >= run["quarantined"]
    assert home.processes() == {}


def test_unknown_types_are_refused_before_anything_starts(home: Home) -> None:
    for command in ("run", "backfill"):
        result = home.call(command, "saree", "kurtta", "xyz")
        assert result.returncode == 1
        assert "no product type 'kurtta'; did you mean 'kurta'?" in result.stderr
        assert "no product type 'xyz'" in result.stderr
    assert not (home.path / "dagster").exists()
    assert not (home.path / "services").exists()


def test_a_type_that_fails_and_one_that_is_invalid_do_not_stop_the_others(home: Home) -> None:
    assert home.call("run", "saree_blouse").returncode == 0
    (home.config_dir / "feeds" / "kurta.csv").unlink()
    home.change("saree_blouse", "product_type: saree_blouse", "product_type: saree_blouse\nnonsense: 1")
    result = home.call("run")
    assert result.returncode == 1
    lines = {line.split()[0]: line.rstrip() for line in result.stdout.splitlines()[1:4]}
    assert lines["kurta"].endswith("failed")
    assert lines["saree"].endswith("ok")
    assert lines["saree_blouse"].endswith("warn")  # by its last good config
    assert "no feed file matches 'kurta.csv'" in result.stdout
    assert "saree_blouse: the config file is not valid" in result.stdout
    assert "nonsense" in result.stdout
    assert "attrgen backfill kurta" in result.stdout
    assert "attrgen config validate" in result.stdout


def test_a_gate_that_is_an_error_makes_a_run_a_failure(home: Home) -> None:
    home.change("saree", "gates:\n", "gates:\n  max_quarantined_fraction: {warn: 0.005, error: 0.01}\n")
    code, found = home.results("run", "saree")
    run = found["runs"][0]
    assert (code, run["ok"], run["error"]) == (1, False, None)
    assert [check["name"] for check in run["failed_checks"]] == ["quarantine_is_small"]
    assert run["new"] > 0


def test_what_was_noted_of_the_feed_is_told(home: Home) -> None:
    rows = "".join(f"J-{number},Blue jeans {number}\n" for number in range(9))
    (home.config_dir / "feeds" / "saree.csv").write_text(f"sku,title\nS-1,Red silk saree\n{rows}")
    _, found = home.results("run", "saree")
    (note,) = found["runs"][0]["notes"]
    assert note.startswith("only 1 of 10 titles say 'saree', and all rows are taken for products of the type saree")


def test_the_progress_bar_stands_alone_on_a_terminal(home: Home) -> None:
    ours, theirs = pty.openpty()
    command, env = [*ATTRGEN, "run", "saree"], home.env | {"TERM": "xterm"}
    with subprocess.Popen(command, env=env, stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        drawn = b""
        with suppress(OSError):  # EIO: the other side is closed
            while part := os.read(ours, 65_536):
                drawn += part
        os.close(ours)
    assert process.returncode == 0
    shown = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", drawn).decode()
    assert "saree: stored_documents" in shown
    assert "100%" in shown
    assert "DEBUG" not in shown
    assert "INFO" not in shown
    frames = [frame.strip() for frame in shown.split("\r") if frame.strip()]
    assert all("%" in frame for frame in frames)


def started_run(home: Home, after: str) -> "subprocess.Popen[str]":
    """`attrgen run saree` on a long feed, working on the step after that event."""
    feed = home.config_dir / "feeds" / "saree.csv"
    rows = "".join(f"X{i},{'Solid red cotton saree ' * 8},Examplia {i}\n" for i in range(60_000))
    feed.write_text(f"sku,title,brand\n{rows}", encoding="utf-8")
    process = home.start("run", "saree")
    wait_until(lambda: after in home.log() or process.poll() is not None)
    assert process.poll() is None
    return process


def test_a_run_that_was_killed_is_marked_and_the_next_one_converges(home: Home) -> None:
    process = started_run(home, "generated_attributes started")
    process.kill()
    end(process)
    assert run_statuses(home) == [dg.DagsterRunStatus.STARTED]
    code, found = home.results("run", "saree")
    assert (code, found["runs"][0]["rows"]) == (0, 60_000), found
    assert run_statuses(home) == [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.SUCCESS]
    wait_until(lambda: home.processes() == {})


def test_ctrl_c_stops_a_run_and_all_that_it_started(home: Home) -> None:
    process = started_run(home, "generated_attributes started")
    process.send_signal(signal.SIGINT)
    try:
        assert process.wait(60) == 130
    finally:
        end(process)
    wait_until(lambda: home.processes() == {})
    assert run_statuses(home)[0] in {dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.FAILURE}
