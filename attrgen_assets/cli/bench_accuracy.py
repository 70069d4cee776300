"""`attrgen bench accuracy`: answers against a gold set of listings."""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from attrgen_assets.domain.attributes.scoring import Score
    from attrgen_assets.workflows.bench_accuracy import AccuracyReport, GoldListing

BATCH_ROWS = 50_000


def bench_accuracy(*, gold: Path, data_dir: Path, part: str, misses: bool) -> dict[str, Any]:
    """Scores over all files and product types of the gold set, as JSON-ready figures."""
    from attrgen_assets.domain.attributes.scoring import total

    listings = [listing for listing in _read_gold(gold) if part in ("all", listing.part)]
    reports = _reports(listings, data_dir)
    scores: dict[str, Score] = {}
    for report in reports:
        for name, score in report.scores.items():
            scores[name] = total([scores[name], score]) if name in scores else score
    result: dict[str, Any] = {
        "gold": gold.name,
        "part": part,
        "listings": sum(report.listings for report in reports),
        "all": _figures(total(scores.values())),
        "attributes": {name: _figures(score) for name, score in scores.items()},
        "without_a_document": [listing for report in reports for listing in report.absent],
    }
    if misses:
        result["misses"] = [
            {"id": m.id, "attribute": m.attribute, "verdict": m.verdict, "label": m.label, "value": m.value}
            for report in reports
            for m in report.misses
        ]
    return result


def _reports(listings: "list[GoldListing]", data_dir: Path) -> "list[AccuracyReport]":
    from attrgen_assets.adapters.config_files import load_product_type
    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.bench_accuracy import measure_accuracy

    config_dir = Settings().resolved_config_dir
    groups = sorted({(listing.file, listing.product_type) for listing in listings})
    return [
        measure_accuracy(
            load_product_type(config_dir, name),
            [listing for listing in listings if (listing.file, listing.product_type) == (file, name)],
            reader=open_feed_file(data_dir / file),
            batch_rows=BATCH_ROWS,
        )
        for file, name in groups
    ]


def _read_gold(path: Path) -> "list[GoldListing]":
    from attrgen_assets.workflows.bench_accuracy import GoldListing

    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return [GoldListing(**json.loads(line)) for line in lines if line.strip()]
    except (OSError, ValueError, TypeError) as error:
        raise typer.BadParameter(
            f"{path}: no gold set of JSON lines with file, id, product_type, part, labels: {error}"
        ) from error


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
