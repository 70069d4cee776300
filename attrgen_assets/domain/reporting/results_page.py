"""docs/accuracy.md, written from result files: a section a bench, goals beside what was measured."""

from collections.abc import Iterable, Sequence
from typing import Final

from attrgen_assets.domain.reporting.results import Cell, Format, Goal, Result, Table

ORDER: Final = ("accuracy", "matching", "extraction", "fusion")
"""The order of the page; other benches come after these, by name."""

_HEAD: Final = """# How right it is

Every figure here was measured by a command of this repository. This page is written from the result files in
[docs/results](results) by `attrgen bench page`, and a test fails where the two differ. DATA stands for the folder of
the data, which is not part of the repository; its files are named by their SHA-256.
"""


def results_page(results: Iterable[Result]) -> str:
    """The page as Markdown; the same results give the same text.

    >>> from attrgen_assets.domain.reporting.results import sample
    >>> "| false matches | at most 0.5 % | 0.1 % | yes |" in results_page([sample()])
    True
    """
    ordered = sorted(results, key=lambda one: (ORDER.index(one.bench) if one.bench in ORDER else len(ORDER), one.bench))
    return "\n".join([_HEAD, *("\n".join(_section(result)) for result in ordered)])


def shown(value: Cell, how: Format) -> str:
    """A cell as people read it.

    >>> shown(0.97531, "fraction"), shown(12345, "count"), shown(0.00412, "number"), shown(None, "count")
    ('97.5 %', '12,345', '0.00412', '-')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return _escaped(value)
    if how == "fraction":
        return f"{100 * value:.1f} %"
    places = {"percent": ".1f", "count": ",.0f"}.get(how, ",.4g" if isinstance(value, float) else ",")
    return format(value, places)


def _section(result: Result) -> list[str]:
    lines = [f"## {result.title}", ""]
    if result.about:
        lines += [result.about, ""]
    if result.goals:
        rows = [_goal_row(goal) for goal in result.goals]
        lines += [*_markdown(("figure", "asked", "measured", "met"), ["left", "right", "right", "left"], rows), ""]
    for table in result.tables:
        lines += [f"### {table.title}", "", *_table(table), *_origin(result), ""]
    lines += [line for note in result.notes for line in (note, "")]
    return [*lines, *_made_from(result)]


def _origin(result: Result) -> list[str]:
    """Beside each table, where it comes from; the hashes in full stand once, at the end of the section."""
    data = ", ".join(f"{name} {digest[:12]}" for name, digest in result.data_sha256.items())
    return [
        "",
        f"<sub>{result.date.isoformat()}; seed {_seed(result)}; `{result.command}`; data {_escaped(data)}</sub>",
    ]


def _made_from(result: Result) -> list[str]:
    lines = ["<details><summary>Data and versions</summary>", ""]
    rows = [[_escaped(name), f"`{digest}`"] for name, digest in result.data_sha256.items()]
    lines += _markdown(("file", "SHA-256"), ["left", "left"], rows)
    if result.versions:
        lines += ["", ", ".join(f"{_escaped(name)} {version}" for name, version in result.versions.items())]
    return [*lines, "", "</details>", ""]


def _seed(result: Result) -> str:
    return "none, nothing is drawn" if result.seed is None else str(result.seed)


def _goal_row(goal: Goal) -> list[str]:
    limit = goal.at_least if goal.at_least is not None else goal.at_most
    asked = f"{'at least' if goal.at_least is not None else 'at most'} {shown(limit, goal.format)}"
    met = {True: "yes", False: "no", None: "not measured"}[goal.met]
    return [_escaped(goal.figure), asked, shown(goal.measured, goal.format), met]


def _table(table: Table) -> list[str]:
    heads = [column.name.replace("_", " ") for column in table.columns]
    sides = ["left" if column.format == "text" else "right" for column in table.columns]
    rows = [[shown(row.get(column.name), column.format) for column in table.columns] for row in table.rows]
    note = [] if table.note is None else ["", table.note]
    return [*_markdown(heads, sides, rows), *note]


def _markdown(heads: Sequence[str], sides: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    rule = ["---:" if side == "right" else "---" for side in sides]
    return [f"| {' | '.join(cells)} |" for cells in (heads, rule, *rows)]


def _escaped(text: str) -> str:
    """No text ends a cell or begins a tag."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
