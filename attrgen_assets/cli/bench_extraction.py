"""The figures of `attrgen bench extraction`: development splits of labelled data sets."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from attrgen_assets.errors import FeedError

if TYPE_CHECKING:
    from attrgen_assets.domain.reporting.results import Result, Table
    from attrgen_assets.workflows.train_extractor import BenchRow

_WDC_RAW: Final = "wdc_with_all_attributes/train_large.jsonl"
_WDC_NORMAL: Final = "wdc_normalized/train_large.jsonl"


@dataclass(frozen=True, slots=True)
class DataSet:
    """Labelled products, the same products with values as written where the former are normalised, and both goals."""

    labelled: str
    written: str | None
    f1_at_least: float
    accurate_f1_at_least: float

    def goal(self, tier: str) -> float:
        """The F1 that a tier should reach."""
        return self.accurate_f1_at_least if tier == "accurate" else self.f1_at_least

    def paths(self, folder: Path) -> list[Path]:
        """Its files."""
        return [folder / name for name in (self.labelled, self.written) if name is not None]


DATA_SETS: Final = {
    "OA-Mine": DataSet("oa-mine/train.jsonl", None, 0.76, 0.835),
    "AE-110k": DataSet("ae-110k/train.jsonl", None, 0.87, 0.89),
    "WDC PAVE extraction": DataSet(_WDC_RAW, None, 0.88, 0.91),
    "WDC PAVE extraction + normalisation": DataSet(_WDC_NORMAL, _WDC_RAW, 0.913, 0.93),
    "WDC PAVE extraction + normalisation, normalised labels alone": DataSet(_WDC_NORMAL, None, 0.913, 0.93),
}

TIERS: Final = {
    "fast": ("extraction", "Linear-chain CRFs", ()),
    "accurate": ("extraction_accurate", "Linear-chain CRFs and fine-tuned encoders", ("torch", "transformers")),
}
"""Tier -> name of the result file, what learns, and the libraries that take part beside those of the fast tier."""


def present_sets(data_dir: Path, only: Sequence[str] = ()) -> dict[str, DataSet]:
    """The data sets in the folder; of those called as one of `only` says, or with it in their names, if there are any.

    Raises FeedError where the folder has none, or none of such a name.
    """
    present = {name: data for name, data in DATA_SETS.items() if all(path.is_file() for path in data.paths(data_dir))}
    if not present:
        wanted = ", ".join(dict.fromkeys(data.labelled for data in DATA_SETS.values()))
        raise FeedError(f"{data_dir}: holds none of {wanted}")
    chosen: set[str] = set() if only else set(present)
    for asked in only:
        found = {asked} & set(present) or {name for name in present if asked.lower() in name.lower()}
        if not found:
            raise FeedError(f"{data_dir}: no data set with {asked!r} in its name; there are {', '.join(present)}")
        chosen |= found
    return {name: data for name, data in present.items() if name in chosen}


def bench_extraction(
    data_dir: Path,
    *,
    seed: int = 17,
    only: Sequence[str] = (),
    tier: str = "fast",
    encoder: str | None = None,
    measured: Sequence[Mapping[str, Any]] = (),
    report: Callable[[str], None] = lambda _: None,
) -> Iterator[dict[str, Any]]:
    """One row of the table for each data set that lies in the folder, as soon as it is measured.

    `measured` are rows of earlier runs: where tier, seed, encoder, words and data are still the same, the row is taken
    as it is, whether or not it is among those asked for. Raises FeedError when the folder has none.
    """
    from attrgen_assets.adapters.crfsuite import CrfSuite
    from attrgen_assets.adapters.extraction_models import data_hash
    from attrgen_assets.adapters.labelled_products import read_labelled_products
    from attrgen_assets.adapters.word_vectors import installed_vectors, word_classes_of
    from attrgen_assets.cli.encoder import encoder_name, encoder_trainer
    from attrgen_assets.domain.extraction.model import TrainingConfig
    from attrgen_assets.workflows.train_extractor import bench_extractor

    encoders = encoder_trainer(tier, encoder, report=report)
    words = installed_vectors(report)
    config = TrainingConfig(tier=tier, encoder=encoder_name(encoders), words=words, seed=seed)
    trainer = CrfSuite(l1=config.l1, l2=config.l2, max_iterations=config.max_iterations)
    about = {"tier": tier, "seed": seed, "words": words} | ({"encoder": config.encoder} if config.encoder else {})
    known = _of_like_runs(measured, about)
    chosen = present_sets(data_dir, only)
    for name, data in present_sets(data_dir).items():
        paths = data.paths(data_dir)
        row = known.get((name, data_hash(*paths)))
        if row is not None:
            yield row
        if row is not None or name not in chosen:
            continue
        products, *written = (read_labelled_products(path) for path in paths)
        raw, classes = (written[0] if written else None), word_classes_of(words)
        found = bench_extractor(products, raw, trainer=trainer, config=config, encoders=encoders, classes=classes)
        yield {"data": name, "data_hash": data_hash(*paths), **about, **_figures(found)}


def _of_like_runs(
    measured: Sequence[Mapping[str, Any]], about: Mapping[str, Any]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Rows by data set and hash that tell the same of their run."""
    return {
        (row["data"], row["data_hash"]): dict(row)
        for row in measured
        if all(row.get(name) == value for name, value in about.items())
    }


def _figures(found: "BenchRow") -> dict[str, Any]:
    score = found.evaluation.total
    return {
        "train_rows": found.train_rows,
        "development_rows": found.evaluation.rows,
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "f1": round(score.f1, 4),
        "cross_validated_f1": round(found.cross_validated_f1, 4),
        "train_seconds": round(found.train_seconds),
        "rows_per_s": round(found.evaluation.rows_per_second),
    }


def read_measured(path: Path) -> list[dict[str, Any]]:
    """The rows that an earlier run printed. Raises FeedError for anything else."""
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except ValueError as error:
        raise FeedError(f"{path}: not the lines that a bench printed ({error})") from error
    if not all(isinstance(row, dict) and {"data", "tier", "seed", "data_hash", "f1"} <= set(row) for row in rows):
        raise FeedError(f"{path}: not the lines that `attrgen bench extraction` printed; give its output")
    return rows


def run_bench(
    data_dir: Path,
    *,
    seed: int,
    only: Sequence[str],
    tier: str,
    encoder: str | None,
    measured: Path | None,
    result: Path | None,
) -> None:
    """Print the rows, and write them to `result`, whose name is checked before training, which may take an hour."""
    import typer

    from attrgen_assets.adapters.result_files import check_result_name
    from attrgen_assets.cli.results import shown_command, write_result_file
    from attrgen_assets.cli.showing import aside

    if result is not None:
        check_result_name(result, TIERS[tier][0])
    before = read_measured(measured) if measured is not None else ()
    rows = []
    found = bench_extraction(data_dir, seed=seed, only=only, tier=tier, encoder=encoder, measured=before, report=aside)
    for row in found:
        typer.echo(json.dumps(row))
        rows.append(row)
    if result is not None:
        named = None if tier == "fast" else tier
        # Without `measured`: the command says what gives these rows to somebody who has none.
        options = {"data-dir": "DATA", "seed": seed, "only": only, "tier": named, "encoder": encoder}
        command = shown_command("bench extraction", {**options, "result": result})
        write_result_file(result, extraction_result(data_dir, rows, seed=seed, command=command))


def extraction_result(data_dir: Path, rows: Sequence[dict[str, Any]], *, seed: int, command: str) -> "Result":
    """The rows as a result file."""
    from datetime import UTC, datetime

    from attrgen_assets.adapters.result_files import files_sha256, versions_of
    from attrgen_assets.domain.reporting.results import Goal, Result

    sets = [DATA_SETS[row["data"]] for row in rows]
    tier = rows[0]["tier"] if rows else "fast"
    bench, learners, libraries = TIERS[tier]
    return Result(
        bench=bench,
        title=f"Learned extraction, {tier} tier",
        about=(
            f"{learners} trained on about 80 % of the groups of near-duplicates of each data set and measured on "
            "the rest: exact match, case-sensitive, micro F1. The F1 by cross-validation is that inside the 80 %."
        ),
        command=command,
        date=datetime.now(tz=UTC).date(),
        seed=seed,
        data_sha256=files_sha256([path for data in sets for path in data.paths(data_dir)], relative_to=data_dir),
        versions=versions_of("attrgen", "numpy", "python-crfsuite", "scikit-learn", *_packages(rows), *libraries),
        goals=tuple(
            Goal(figure=f"F1, {row['data']}", at_least=data.goal(tier), measured=row["f1"], format="fraction")
            for row, data in zip(rows, sets, strict=True)
        ),
        tables=(_table(rows),),
        notes=(
            "The goals were set for test splits that are kept elsewhere; these are development splits.",
            "rows_per_s: one process, on texts that it sees for the first time, the model being loaded.",
        ),
    )


def _packages(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return sorted({row["words"] for row in rows if row.get("words")})


def _table(rows: Sequence[dict[str, Any]]) -> "Table":
    from attrgen_assets.domain.reporting.results import Column, Table

    shares = ("precision", "recall", "f1", "cross_validated_f1")
    counts = ("train_rows", "development_rows", "train_seconds", "rows_per_s")
    columns = (
        Column(name="data"),
        *(Column(name="encoder") for _ in rows[:1] if all("encoder" in row for row in rows)),
        *(Column(name=name, format="count") for name in counts[:2]),
        *(Column(name=name, format="fraction") for name in shares),
        *(Column(name=name, format="count") for name in counts[2:]),
    )
    cells = tuple({column.name: row[column.name] for column in columns} for row in rows)
    return Table(title="By data set", columns=columns, rows=cells)
