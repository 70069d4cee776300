"""`attrgen bench accuracy`: answers against a gold set of listings."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from attrgen_assets.domain.attributes.scoring import Judged, Score
    from attrgen_assets.domain.reporting.accuracy import PartAnswers
    from attrgen_assets.domain.reporting.results import Result
    from attrgen_assets.workflows.bench_accuracy import GoldListing

BATCH_ROWS = 50_000
_ABOUT = (
    "Answers for real listings against labels that were given by reading them; how they were drawn and labelled, and "
    "how far to trust them, says [the gold set's README](../attrgen_assets_tests/golden/README.md). Precision: right / "
    "values given. Recall: right / values that the listing states. Unsupported: values given where the listing states "
    "none, of all labels that state none. A label that allows silence counts as stated where a value was given."
)
_NOTES = (
    "Rules may be made on part tune and not on part measure, which holds other brands of the same shops; these "
    "figures cannot show that nobody looked. Whoever labelled knew the vocabulary and its synonyms. Expect less of a "
    "shop that nobody has read. Errors on part measure had been listed when rules were changed for other listings: it "
    "shows that nothing got worse, and no longer that nothing is wrong.",
    "Gender and size are columns, or a word that never varies: the line without them says more of reading texts.",
)


class AccuracyBench:
    """The answers of one measurement, and what is told of them.

    scores_only: leave the calibration and its floors out, so that confidences are the scores of sources.
    """

    def __init__(self, *, gold: Path, data_dir: Path, part: str, scores_only: bool = False) -> None:
        self._gold, self._data_dir, self._part, self._scores_only = gold, data_dir, part, scores_only
        listings = [listing for listing in _read_gold(gold) if part in ("all", listing.part)]
        self._files = sorted({data_dir / listing.file for listing in listings})
        self._absent: list[str] = []
        self._versions: dict[str, str] = {}
        self.answers: list[PartAnswers] = []
        for file, name in sorted({(listing.file, listing.product_type) for listing in listings}):
            self._measure(file, name, [one for one in listings if (one.file, one.product_type) == (file, name)])

    def figures(self, *, misses: bool) -> dict[str, Any]:
        """All figures, ready for JSON."""
        parts = sorted({one.part for one in self.answers})
        result: dict[str, Any] = {
            "gold": self._gold.name,
            "part": self._part,
            "listings": sum(one.listings for one in self.answers),
            **_scores(self._judged()),
            "calibration": _calibration(self._judged()),
            "without_a_document": self._absent,
        }
        if len(parts) > 1:
            result["parts"] = {
                part: {**_scores(self._judged(part)), "calibration": _calibration(self._judged(part))} for part in parts
            }
        if misses:
            result["misses"] = [
                {"id": m.id, "attribute": m.attribute, "verdict": m.verdict, "label": m.label, "value": m.value}
                for m in self._judged()
                if m.is_miss
            ]
        return result

    def result(self, *, seed: str | None, command: str) -> "Result":
        """The figures as a result file holds them."""
        from attrgen_assets.adapters.result_files import files_sha256, versions_of
        from attrgen_assets.domain.reporting.accuracy import accuracy_goals, accuracy_tables
        from attrgen_assets.domain.reporting.results import Result
        from attrgen_assets.wiring import utc_now

        return Result(
            bench="accuracy",
            title="Closed vocabularies: sarees, kurtas, saree blouses",
            about=_ABOUT,
            command=command,
            date=utc_now().date(),
            seed=seed,
            data_sha256={
                **files_sha256([self._gold], relative_to=self._gold.parent),
                **files_sha256(self._files, relative_to=self._data_dir),
            },
            versions={**versions_of("attrgen", "polars", "rapidfuzz"), **self._versions},
            goals=accuracy_goals(self.answers),
            tables=accuracy_tables(self.answers),
            notes=_NOTES,
        )

    def _judged(self, part: str | None = None) -> "list[Judged]":
        return [answer for one in self.answers if part in (None, one.part) for answer in one.judged]

    def _measure(self, file: str, name: str, listings: "Sequence[GoldListing]") -> None:
        from attrgen_assets.adapters.config_files import load_product_type
        from attrgen_assets.adapters.feeds import open_feed_file
        from attrgen_assets.domain.reporting.accuracy import PartAnswers
        from attrgen_assets.settings import Settings
        from attrgen_assets.workflows.bench_accuracy import measure_accuracy, without_calibration

        config = load_product_type(Settings().resolved_config_dir, name)
        if self._scores_only:
            config = without_calibration(config)
        reader = open_feed_file(self._data_dir / file)
        report = measure_accuracy(config, listings, reader=reader, batch_rows=BATCH_ROWS)
        self._absent += report.absent
        self._versions[f"config {name}"] = config.config_version
        for part in sorted({listing.part for listing in listings}):
            ids = {listing.id for listing in listings if listing.part == part}
            judged = [one for one in report.judged if one.id in ids]
            self.answers.append(PartAnswers(part=part, product_type=name, listings=len(ids), judged=judged))


def _read_gold(path: Path) -> "list[GoldListing]":
    from attrgen_assets.workflows.bench_accuracy import GoldListing

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [GoldListing(**json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise typer.BadParameter(
            f"{path}: no gold set of JSON lines with file, id, product_type, part, labels: {error}"
        ) from error


def _scores(judged: "Iterable[Judged]") -> dict[str, Any]:
    from attrgen_assets.domain.attributes.scoring import scores_of, total

    scores = scores_of(judged)
    return {
        "all": _figures(total(scores.values())),
        "attributes": {name: _figures(score) for name, score in scores.items()},
    }


def _calibration(judged: "Iterable[Judged]") -> dict[str, Any]:
    from attrgen_assets.domain.reporting.accuracy import calibration_table
    from attrgen_assets.domain.reporting.report import calibration_of

    measured = calibration_of(judged)
    right, given = measured.sure
    return {
        "given_with_at_least_0.9": given,
        "of_these_right": _rounded(right / given if given else None),
        "expected_calibration_error": _rounded(measured.expected_error),
        "brier_score": _rounded(measured.brier),
        "bins": list(calibration_table(measured, title="bins").rows),
    }


def _figures(score: "Score") -> dict[str, Any]:
    counts: Counter[str] = Counter({verdict.value: count for verdict, count in score.counts.items()})
    return {
        "precision": _rounded(score.precision),
        "recall": _rounded(score.recall),
        "made_up_fraction": _rounded(score.made_up_fraction),
        **dict(sorted(counts.items())),
    }


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
