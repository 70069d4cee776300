"""`attrgen bench matching`: misspelled texts against labels, beside the usual libraries."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from attrgen_assets.domain.attributes.match_scoring import MatchCase, MatchScore
    from attrgen_assets.domain.reporting.results import Goal, Result, Table
    from attrgen_assets.workflows.bench_matching import MatchingReport, Method

SEED = "matching-cases-1"  # what the cases were drawn with
FALSE_MATCHES_AT_MOST = 0.005

_ABOUT = (
    "Texts of real listings that no vocabulary spells, labelled by hand with the values that are right for them, or "
    "with none. The libraries choose among the same normalised spellings and synonyms, at the threshold at which they "
    "find at least as many right values. Texts near to a legal spelling were drawn far more often than others: false "
    "matches `as drawn` counts cases, `in the feeds` weights each by the texts that it stands for."
)


class MatchingBench:
    """The cases of one part, matched by all methods.

    Raises: a usage error for a file that has no cases of that part.
    """

    def __init__(self, *, cases: Path, part: str) -> None:
        self.file = cases
        self.part = part
        self.cases = [case for case in _read_cases(cases) if part in ("all", case.part)]
        if not self.cases:
            raise typer.BadParameter(f"{cases}: no cases of part {part!r}; there are tune, measure and all")
        self.report = _measure(self.cases)

    def figures(self, *, misses: bool) -> dict[str, Any]:
        """JSON-ready figures; `misses` lists every answer that is not right."""
        found: dict[str, Any] = {
            "cases": self.file.name,
            "part": self.part,
            "judged": self.report.methods[0].score.cases,
            "spelled_in_the_config_by_now": self.report.spelled,
            "methods": [_method(method) for method in self.report.methods],
            "strata": [_row("stratum", name, score) for name, score in self.report.by_stratum.items()],
        }
        if misses:
            found["misses"] = [
                {"attribute": case.attribute, "text": case.text, "accept": case.accept, "value": value}
                for case, value in self.report.misses
            ]
        return found

    def result(self, *, command: str) -> "Result":
        """The figures as a result file."""
        from datetime import UTC, datetime

        from attrgen_assets.adapters.result_files import files_sha256, versions_of
        from attrgen_assets.domain.reporting.results import Result

        return Result(
            bench="matching",
            title="Matching of misspelled texts",
            about=_ABOUT,
            command=command,
            date=datetime.now(tz=UTC).date(),
            seed=SEED,
            data_sha256=files_sha256([self.file], relative_to=self.file.parent),
            versions=versions_of("attrgen", "rapidfuzz", "thefuzz"),
            goals=_goals(self.report.methods[0].score, self.part),
            tables=_tables(self.report),
            notes=(
                f"{self.report.spelled} cases are left out, because the config spells them by now.",
                "Whoever labelled saw the nearest legal value beside each text.",
            ),
        )


def _goals(ours: "MatchScore", part: str) -> "tuple[Goal, ...]":
    """False matches of texts that have no value, against what was asked for."""
    from attrgen_assets.domain.reporting.results import Goal

    measured = {"in the feeds": ours.weighted_false_match_fraction, "as drawn": ours.false_match_fraction}
    return tuple(
        Goal(
            figure=f"false matches of texts that have no value, {name} ({part})",
            at_most=FALSE_MATCHES_AT_MOST,
            measured=_rounded(fraction),
            format="fraction",
        )
        for name, fraction in measured.items()
    )


def _read_cases(path: Path) -> "list[MatchCase]":
    from attrgen_assets.domain.attributes.match_scoring import MatchCase

    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [MatchCase(**{**line, "accept": tuple(line["accept"])}) for line in lines]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise typer.BadParameter(f"{path}: no JSON lines of labelled texts: {error}") from error


def _measure(cases: "list[MatchCase]") -> "MatchingReport":
    from attrgen_assets.adapters.config_files import load_product_type
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.bench_matching import measure_matching

    config_dir = Settings().resolved_config_dir
    names = sorted({case.product_type for case in cases})
    types = {name: load_product_type(config_dir, name) for name in names}
    return measure_matching(cases, types, libraries=_libraries())


def _libraries() -> dict[str, Any]:
    """How the usual libraries are called, with the scorer that is their default."""
    from rapidfuzz import fuzz, process

    def rapidfuzz_one(text: str, choices: Any) -> tuple[str, float]:
        choice, score, _ = process.extractOne(text, choices, scorer=fuzz.WRatio)
        return choice, score

    libraries: dict[str, Any] = {"rapidfuzz WRatio": rapidfuzz_one}
    try:
        from thefuzz import process as thefuzz_process
    except ModuleNotFoundError:
        typer.echo('thefuzz is not installed, so it is not measured (pip install -e ".[test]")', err=True)
    else:
        libraries = {"thefuzz extractOne": thefuzz_process.extractOne, **libraries}
    return libraries


def _row(key: str, name: str, score: "MatchScore") -> dict[str, Any]:
    return {
        key: name,
        "cases": score.cases,
        "accuracy": _rounded(score.accuracy),
        "found": score.right,
        "stated": score.stated,
        "recall": _rounded(score.recall),
        "without a value": score.without,
        "false matches": score.false_matches,
        "as drawn": _rounded(score.false_match_fraction),
    }


def _method(method: "Method") -> dict[str, Any]:
    return {
        **_row("method", method.name, method.score),
        "in the feeds": _rounded(method.score.weighted_false_match_fraction),
        "threshold": "as configured" if method.threshold is None else f"{method.threshold:g}",
        "seconds per 1,000": round(method.seconds_per_1000, 4),
    }


def _tables(report: "MatchingReport") -> "tuple[Table, ...]":
    from attrgen_assets.domain.reporting.results import Column, Format, Table

    formats: dict[str, Format] = {
        **dict.fromkeys(("method", "stratum", "threshold"), "text"),
        **dict.fromkeys(("cases", "found", "stated", "without a value", "false matches"), "count"),
        **dict.fromkeys(("accuracy", "recall", "as drawn", "in the feeds"), "fraction"),
        "seconds per 1,000": "number",
    }
    methods = [_method(method) for method in report.methods]
    strata = [_row("stratum", name, score) for name, score in report.by_stratum.items()]
    return tuple(
        Table(title=title, columns=tuple(Column(name=name, format=formats[name]) for name in rows[0]), rows=tuple(rows))
        for title, rows in (("By method", methods), ("attrgen, by stratum", strata))
    )


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 5)
