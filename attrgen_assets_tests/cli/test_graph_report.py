"""The table at the end of a run, and what it says of trouble."""

import io
import json

import pytest
from rich.console import Console

from attrgen_assets.cli.graph_report import as_json, next_steps, print_report
from attrgen_assets.cli.graph_results import FailedCheck, RunResult
from attrgen_assets.errors import ConfigError, Problem

DONE = RunResult(
    product_type="saree_blouse",
    run_id="r1",
    rows=1_234_567,
    new=1_000_000,
    changed=200_000,
    unchanged=34_000,
    incomplete=12,
    quarantined=567,
    notes=("the file is [empty]",),
    quarantined_by_reason={"ambiguous": 500, "missing_sku": 67},
    coverage=0.4949,
    coverage_of_required=0.9707,
    seconds=61.25,
)
INVALID = {"kurta": ConfigError([Problem("product_types/kurta.yaml", 7, "feed", "[bold]wrong[/]")])}


def shown(*results: RunResult, width: int = 120, invalid: dict[str, ConfigError] | None = None) -> list[str]:
    console = Console(file=io.StringIO(), width=width, highlight=False, soft_wrap=True)
    print_report(console, results, invalid or {})
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_line_per_type_and_its_reasons() -> None:
    lines = shown(DONE)
    assert lines[1].split() == "saree_blouse 1,234,567 1,000,000 200,000 34,000 567 97.1% 61.2 s ok".split()
    assert "  note: the file is [empty]" in lines
    assert "  quarantined: ambiguous 500, missing_sku 67" in lines
    assert "  coverage: 97.1% of required attributes, 49.5% of all" in lines
    assert "  incomplete: 12 documents lack a required attribute, and stay unpublished" in lines


def test_it_fits_a_narrow_terminal_for_usual_sizes() -> None:
    small = RunResult(product_type="saree_blouse", rows=99_999, new=99_000, changed=0, unchanged=0, quarantined=999)
    assert max(map(len, shown(small, width=80)[:2])) <= 80


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (RunResult(product_type="saree"), "ok"),
        (RunResult(product_type="saree", config_is_last_good=True), "warn"),
        (RunResult(product_type="saree", failed_checks=(FailedCheck(name="c", severity="WARN", text="t"),)), "warn"),
        (RunResult(product_type="saree", failed_checks=(FailedCheck(name="c", severity="ERROR", text="t"),)), "check"),
        (RunResult(product_type="saree", error="no feed"), "failed"),
    ],
)
def test_a_state_says_how_bad_it_is(result: RunResult, state: str) -> None:
    assert shown(result)[1].split()[-1] == state
    assert result.ok == (state in {"ok", "warn"})


def test_errors_and_problems_are_shown_as_they_are_whatever_they_hold() -> None:
    lines = shown(RunResult(product_type="saree", error="[red]no[/] feed\nin the folder"), invalid=INVALID)
    assert "  [red]no[/] feed" in lines
    assert "  in the folder" in lines
    assert "  product_types/kurta.yaml:7: feed: [bold]wrong[/]" in lines


def test_steps_that_did_not_run_have_no_counts() -> None:
    assert RunResult(product_type="saree", rows=3, error="x").documents is None
    assert shown(RunResult(product_type="saree", rows=3, error="x"))[1].split()[:3] == ["saree", "3", "-"]


def test_what_to_try_next_begins_with_what_is_broken() -> None:
    failed = RunResult(product_type="kurta", error="x")
    commands = [line.split("   ")[0].strip() for line in next_steps([DONE, failed], INVALID)]
    assert commands == [
        "attrgen config validate",
        "attrgen quarantine list saree_blouse",
        "attrgen backfill kurta",
        "attrgen up",
    ]


def test_json_says_the_same() -> None:
    found = json.loads(as_json([DONE], INVALID))
    assert found["ok"] is False
    assert found["runs"][0]["documents"] == 1_234_000
    assert found["invalid_configs"] == {"kurta": ["product_types/kurta.yaml:7: feed: [bold]wrong[/]"]}
    assert json.loads(as_json([DONE], {}))["ok"] is True


def test_refused_requests_of_parts_are_not_in_the_quarantine() -> None:
    waiting = RunResult(product_type="appliance_part", quarantined=2, held_for_review=3)
    commands = [step.split("   ")[0].strip() for step in next_steps([waiting], {})]
    assert commands == ["attrgen parts review", "attrgen up"]
    failed = RunResult(product_type="appliance_part", quarantined=2, error="no httpx")
    assert not any("quarantine" in step for step in next_steps([failed], {}))
