"""The figures of `attrgen bench fusion`: conflicting sources with known truth, and speed on synthetic ones."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.errors import FeedError

if TYPE_CHECKING:
    from attrgen_assets.domain.reporting.results import Goal, Result, Table
    from attrgen_assets.workflows.bench_fusion import FusionScore

SEEDS: Final = tuple(range(10))
SYNTHETIC: Final = 1_000_000
_GOAL_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """Claims with known truth: within which share of the truth a number is right, and the goals."""

    tolerance: float
    unreviewed: float
    tenth: float | None = None

    @staticmethod
    def paths(folder: Path, name: str) -> tuple[Path, Path]:
        """The files of claims and of truth."""
        return folder / f"{name}_claims.csv", folder / f"{name}_truth.csv"


CLAIM_SETS: Final = {
    "flights": ClaimSet(0.0, 0.76, 0.90),
    "birthplaces": ClaimSet(0.0, 0.765),
    "population": ClaimSet(0.01, 0.86),
}


def present_sets(folder: Path) -> dict[str, ClaimSet]:
    """The sets that lie in the folder. Raises FeedError when there are none."""
    present = {name: one for name, one in CLAIM_SETS.items() if all(path.is_file() for path in one.paths(folder, name))}
    if not present:
        wanted = ", ".join(f"{name}_claims.csv with {name}_truth.csv" for name in CLAIM_SETS)
        raise FeedError(f"{folder}: holds none of {wanted}")
    return present


def bench_fusion(folder: Path, *, seeds: Sequence[int] = SEEDS) -> "dict[str, list[FusionScore]]":
    """Every method on every set in the folder."""
    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.workflows.bench_fusion import measure_fusion
    from attrgen_assets.workflows.fuse import CLAIMS, TRUTH, read_table

    scores = {}
    for name, one in present_sets(folder).items():
        claims, truth = one.paths(folder, name)
        scores[name] = measure_fusion(
            read_table(open_feed_file(claims, format="csv"), CLAIMS),
            read_table(open_feed_file(truth, format="csv"), TRUTH),
            tolerance=one.tolerance,
            seeds=seeds,
        )
    return scores


def seconds_of_synthetic(count: int = SYNTHETIC, *, seed: int = 0) -> tuple[int, float]:
    """How many synthetic claims there were, and the seconds that fusing them took."""
    from attrgen_assets.domain.fusion.fuse import fuse_claims
    from attrgen_assets.workflows.bench_fusion import synthetic_claims

    claims = synthetic_claims(count, seed=seed)
    started = perf_counter()
    fuse_claims(claims)
    return claims.height, perf_counter() - started


def rows_of(scores: "dict[str, list[FusionScore]]") -> list[dict[str, Any]]:
    """A line per set and method."""
    from attrgen_assets.workflows.bench_fusion import FusionScore

    names = [field.name for field in fields(FusionScore) if field.name != "reliability"]
    lines = [(name, {key: getattr(score, key) for key in names}) for name, found in scores.items() for score in found]
    return [
        {"data": name, **{key: round(v, 4) if isinstance(v, float) else v for key, v in line.items()}}
        for name, line in lines
    ]


def reliability_of(scores: "dict[str, list[FusionScore]]") -> list[dict[str, Any]]:
    """A line per set, method and bin of confidences, of `accu` without reviews and `learned` from a tenth."""
    return [
        {
            "data": name,
            "method": score.method,
            "reviewed": score.reviewed,
            "confidence": f"{one.lower:.2f} to {one.upper:.2f}",
            "values": one.count,
            "mean": round(one.mean_confidence, 4),
            "right": round(one.right_fraction, 4),
        }
        for name, found in scores.items()
        for score in found
        if (score.method, score.reviewed) in (("accu", 0.0), ("learned", 0.1))
        for one in score.reliability.bins
    ]


def fusion_result(
    folder: Path, scores: "dict[str, list[FusionScore]]", *, synthetic: tuple[int, float], command: str
) -> "Result":
    """The figures as a result file."""
    from attrgen_assets.adapters.result_files import files_sha256, versions_of
    from attrgen_assets.domain.reporting.results import Column, Goal, Result, Table
    from attrgen_assets.wiring import utc_now

    formats = {"reviewed": "fraction", "judged": "count", "accuracy": "fraction", "spread": "fraction"}
    names = ("data", "method", "reviewed", "judged", "accuracy", "spread", "brier", "seconds")
    columns = tuple(
        Column.model_validate(
            {"name": name, "format": formats.get(name, "number" if name in ("brier", "seconds") else "text")}
        )
        for name in names
    )
    count, seconds = synthetic
    goals = [goal for name, found in scores.items() for goal in _goals(name, found)]
    goals.append(Goal(figure=f"seconds for {count:,} synthetic claims", at_most=_GOAL_SECONDS, measured=seconds))
    return Result(
        bench="fusion",
        title="Fusion of conflicting sources",
        about=(
            "Values fused from sources that contradict one another, judged against known truth: as it is spelled, and "
            "population within 1 %. `learned` is given the truth of some objects and judged on the others, ten draws."
        ),
        command=command,
        date=utc_now().date(),
        seed="0-9",
        data_sha256=files_sha256(
            [path for name, one in present_sets(folder).items() for path in one.paths(folder, name)],
            relative_to=folder,
        ),
        versions=versions_of("attrgen", "polars", "numpy"),
        goals=tuple(goals),
        tables=(
            Table(title="By method", columns=columns, rows=tuple(rows_of(scores))),
            _reliability_table(scores),
        ),
        notes=(
            "One setting serves all three sets, and it was chosen by comparing settings on these very truths: expect "
            "less of other data.",
        ),
    )


def _reliability_table(scores: "dict[str, list[FusionScore]]") -> "Table":
    from attrgen_assets.domain.reporting.results import Column, Table

    shares = {"reviewed": "fraction", "values": "count", "mean": "fraction", "right": "fraction"}
    names = ("data", "method", "reviewed", "confidence", "values", "mean", "right")
    columns = tuple(Column.model_validate({"name": name, "format": shares.get(name, "text")}) for name in names)
    return Table(title="Does confidence mean what it says?", columns=columns, rows=tuple(reliability_of(scores)))


def _goals(name: str, found: "Sequence[FusionScore]") -> "list[Goal]":
    from attrgen_assets.domain.reporting.results import Goal

    by_method = {(score.method, score.reviewed): score.accuracy for score in found}
    goal, accu = CLAIM_SETS[name], by_method["accu", 0.0]
    goals = [
        Goal(figure=f"{name}, no truth", at_least=goal.unreviewed, measured=accu, format="fraction"),
        Goal(
            figure=f"{name}, no truth, beside majority voting",
            at_least=by_method["majority", 0.0],
            measured=accu,
            format="fraction",
        ),
    ]
    if goal.tenth is not None:
        learned = by_method["learned", 0.1]
        goals.append(Goal(figure=f"{name}, truth of 10 %", at_least=goal.tenth, measured=learned, format="fraction"))
    return goals
