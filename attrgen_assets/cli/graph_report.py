"""The table that `attrgen run` and `attrgen backfill` end with, and what to try next."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from attrgen_assets.cli.graph_results import RunResult
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
from attrgen_assets.errors import ConfigError

if TYPE_CHECKING:
    from rich.console import Console


def as_json(results: Sequence[RunResult], invalid: Mapping[str, ConfigError]) -> str:
    """All results and all invalid configs, as one JSON object."""
    problems = {name: [str(problem) for problem in error.problems] for name, error in invalid.items()}
    runs = [result.as_json() for result in results]
    ok = all(result.ok for result in results) and not invalid
    return json.dumps({"ok": ok, "runs": runs, "invalid_configs": problems}, indent=2, ensure_ascii=False)


def print_report(console: "Console", results: Sequence[RunResult], invalid: Mapping[str, ConfigError]) -> None:
    """A line per product type, then what went wrong, then what to try next."""
    from rich.table import Table

    numbers = ("rows", "new", "changed", "unchanged", "quarantined", "coverage", "time")
    table = Table("type", *numbers, "", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in table.columns:
        column.no_wrap = True
    for column in table.columns[1:-1]:
        column.justify = "right"
    for result in results:
        table.add_row(result.product_type, *_cells(result), _state(result), style=None if result.ok else "bold")
    if results:
        console.print(table)
    for result in results:
        _print_details(console, result)
    for name, error in invalid.items():
        console.print(f"\n[bold]{name}[/]: the config file is not valid")
        for problem in error.problems:
            console.print(f"  {problem}", markup=False)
    console.print("\nNext:")
    for line in next_steps(results, invalid):
        console.print(f"  {line}", markup=False)


def next_steps(results: Sequence[RunResult], invalid: Mapping[str, ConfigError]) -> list[str]:
    """What to try next, most useful first.

    >>> next_steps([RunResult(product_type="saree", quarantined=2)], {})[0]
    'attrgen quarantine list saree   2 refused rows wait for a person'
    """
    steps = []
    if invalid:
        steps.append(("attrgen config validate", "all problems of the config files"))
    steps += [
        (f"attrgen quarantine list {result.product_type}", f"{result.quarantined:,} refused rows wait for a person")
        for result in results
        if result.quarantined and result.product_type != PRODUCT_TYPE
    ]
    steps += [
        ("attrgen parts review", f"{result.held_for_review:,} records wait for a person")
        for result in results
        if result.held_for_review
    ]
    steps += [
        (f"attrgen backfill {result.product_type}", "run it again, once the reason is gone")
        for result in results
        if not result.ok
    ]
    steps.append(("attrgen up", "the graph in the browser: coverage, checks, refusals, runs"))
    width = max(len(command) for command, _ in steps)
    return [f"{command:<{width}}   {why}" for command, why in steps]


def _cells(result: RunResult) -> list[str]:
    counts = (result.rows, result.new, result.changed, result.unchanged, result.quarantined)
    shown = ["-" if count is None else f"{count:,}" for count in counts]
    # Of the required ones: optional attributes that a feed never states say little about a run.
    return [*shown, _share(result.coverage_of_required), f"{result.seconds:.1f} s"]


def _share(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.1%}"


def _state(result: RunResult) -> str:
    if result.error is not None:
        return "[red]failed[/]"
    if not result.ok:
        return "[red]check[/]"
    return "[yellow]warn[/]" if result.failed_checks or result.config_is_last_good else "[green]ok[/]"


def _print_details(console: "Console", result: RunResult) -> None:
    """Coverage, reasons, checks and the error of one product type."""
    lines = []
    if result.config_is_last_good:
        lines.append("its config file is not valid; the last good state of it was used")
    lines += [f"note: {note}" for note in result.notes]
    if result.quarantined_by_reason:
        reasons = [f"{reason} {count:,}" for reason, count in result.quarantined_by_reason.items()]
        lines.append(f"{'refused' if result.product_type == PRODUCT_TYPE else 'quarantined'}: {', '.join(reasons)}")
    if result.coverage is not None:
        lines.append(
            f"coverage: {_share(result.coverage_of_required)} of required attributes, {_share(result.coverage)} of all"
        )
    if result.incomplete:
        lines.append(f"incomplete: {result.incomplete:,} documents lack a required attribute, and stay unpublished")
    lines += [f"check {check.name} ({check.severity}): {check.text}" for check in result.failed_checks]
    if result.error is not None:
        lines += result.error.splitlines()
    if lines:
        console.print(f"\n[bold]{result.product_type}[/]")
    for line in lines:
        console.print(f"  {line}", markup=False)
