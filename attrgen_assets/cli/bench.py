"""`attrgen bench`: figures, made by a command, as JSON."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from attrgen_assets.cli.bench_lookup import lookup
from attrgen_assets.cli.encoder import Encoder
from attrgen_assets.cli.results import ResultFile, shown_command, write_result_file

if TYPE_CHECKING:
    from attrgen_assets.workflows.bench_generate import Measured

app = typer.Typer(help="Measure speed and accuracy; prints JSON.", no_args_is_help=True)
app.command()(lookup)

BATCH_ROWS = 50_000  # twice as many are no faster, and need twice the memory
_BENCH_DATABASE = "attrgen_bench"


@app.callback()
def bench() -> None:
    """Measure speed and accuracy; prints JSON."""


@app.command()
def generate(
    *,
    rows: Annotated[int, typer.Option(min=1000, help="Rows of the synthetic feed.")] = 1_000_000,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic feed.")] = 1,
) -> None:
    """Raw table to validated table: rows per second, peak memory, and the usual row-by-row code as ratios."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="attrgen-bench-") as folder:
        typer.echo(json.dumps(_bench_generate(Path(folder), rows=rows, seed=seed), indent=2))


@app.command()
def store(
    *,
    rows: Annotated[int, typer.Option(min=1000, help="Documents to store.")] = 200_000,
    seed: Annotated[int, typer.Option(help="Seed of the synthetic feed.")] = 1,
) -> None:
    """MongoDB: new documents per second, and an unchanged re-run."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="attrgen-bench-") as folder:
        typer.echo(json.dumps(_bench_store(Path(folder), rows=rows, seed=seed), indent=2))


@app.command()
def accuracy(
    *,
    gold: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Gold set: JSON lines of labelled ids.")],
    data_dir: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder with the listing files.")],
    part: Annotated[str, typer.Option(help="Which listings: tune, measure or all.")] = "measure",
    misses: Annotated[bool, typer.Option("--misses", help="List every answer that is not right.")] = False,
    seed: Annotated[str | None, typer.Option(help="With what seed the gold set was drawn; is only noted.")] = None,
    result: ResultFile = None,
) -> None:
    """Answers against labels given by hand: precision, recall, made-up values and calibration, by attribute."""
    from attrgen_assets.cli.bench_accuracy import AccuracyBench

    bench = AccuracyBench(gold=gold, data_dir=data_dir, part=part)
    if result is not None:
        options = {"gold": gold, "data-dir": "DATA", "part": part, "seed": seed, "result": result}
        write_result_file(result, bench.result(seed=seed, command=shown_command("bench accuracy", options)))
    typer.echo(json.dumps(bench.figures(misses=misses), indent=2))


@app.command()
def matching(
    *,
    cases: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON lines of labelled texts.")],
    part: Annotated[str, typer.Option(help="Which cases: tune, measure or all.")] = "measure",
    misses: Annotated[bool, typer.Option("--misses", help="List every answer that is not right.")] = False,
    result: ResultFile = None,
) -> None:
    """Misspelled texts against labels: accuracy and false matches, beside thefuzz and rapidfuzz at the same recall."""
    from attrgen_assets.cli.bench_matching import MatchingBench

    bench = MatchingBench(cases=cases, part=part)
    if result is not None:
        options = {"cases": cases, "part": part, "result": result}
        write_result_file(result, bench.result(command=shown_command("bench matching", options)))
    typer.echo(json.dumps(bench.figures(misses=misses), indent=2))


@app.command()
def page(
    *,
    results: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Folder with the result files of the benches.")
    ] = Path("docs/results"),
    output: Annotated[Path, typer.Option(dir_okay=False, help="The page to write.")] = Path("docs/accuracy.md"),
) -> None:
    """Write docs/accuracy.md from the result files that the benches wrote with `--result`."""
    from attrgen_assets.adapters.result_files import read_results
    from attrgen_assets.domain.reporting.results_page import results_page

    found = read_results(results)
    output.write_text(results_page(found), encoding="utf-8")
    typer.echo(f"{output}: {', '.join(result.bench for result in found)}")


@app.command()
def fusion(
    *,
    data_dir: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder with claims and truth.")],
    result: ResultFile = None,
) -> None:
    """Fusion of conflicting sources with known truth, by method, and the seconds that a million claims take."""
    from attrgen_assets.cli.bench_fusion import (
        bench_fusion,
        fusion_result,
        reliability_of,
        rows_of,
        seconds_of_synthetic,
    )

    scores = bench_fusion(data_dir)
    for row in [*rows_of(scores), *reliability_of(scores)]:
        typer.echo(json.dumps(row))
    count, seconds = synthetic = seconds_of_synthetic()
    typer.echo(json.dumps({"data": "synthetic", "claims": count, "seconds": round(seconds, 1)}))
    if result is not None:
        command = shown_command("bench fusion", {"data-dir": "DATA", "result": result})
        write_result_file(result, fusion_result(data_dir, scores, synthetic=synthetic, command=command))


@app.command()
def extraction(
    *,
    data_dir: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder with the labelled data sets.")],
    seed: Annotated[int, typer.Option(help="Seed of the development split.")] = 17,
    only: Annotated[
        list[str] | None, typer.Option(help="Only data sets with this in their name; can be given several times.")
    ] = None,
    tier: Annotated[Literal["fast", "accurate"], typer.Option(help="Which extractor to train.")] = "fast",
    encoder: Encoder = None,
    measured: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, metavar="JSONL", help="What earlier runs printed, which is not measured again."
        ),
    ] = None,
    result: ResultFile = None,
) -> None:
    """Learned extraction on development splits: a JSON object a line, as soon as a data set is measured."""
    from attrgen_assets.cli.bench_extraction import run_bench

    run_bench(data_dir, seed=seed, only=only or (), tier=tier, encoder=encoder, measured=measured, result=result)


def _bench_generate(folder: Path, *, rows: int, seed: int) -> dict[str, Any]:
    import os

    from attrgen_assets.domain.attributes.plan import compile_plan
    from attrgen_assets.domain.synthetic import synthetic_feed
    from attrgen_assets.workflows.bench_generate import (
        BENCH_ATTRIBUTES,
        measure_floor,
        measure_steps,
    )

    config = _kurta()
    _write_raw(folder, rows=rows, seed=seed)
    small, _ = _in_a_process_of_its_own(folder, max(rows // 10, 1000))
    whole, peak_mib = _in_a_process_of_its_own(folder, rows)
    sample = list(synthetic_feed(config, rows=min(rows, 100_000), seed=seed, batch_rows=BATCH_ROWS))
    generated, validated = measure_steps(config, sample)
    return {
        "rows": rows,
        "attributes": len(BENCH_ATTRIBUTES),
        "seed": seed,
        "cores": os.cpu_count(),
        "rows_per_s": {
            "read_csv": round(_measure_read(folder, sample).rows_per_s),
            "one_pass_over_the_texts": round(measure_floor(compile_plan(config), sample).rows_per_s),
            "generate": round(generated.rows_per_s),
            "validate": round(validated.rows_per_s),
            "end_to_end": round(whole.rows_per_s),
            "end_to_end_at_a_tenth": round(small.rows_per_s),
        },
        "peak_memory_mib": round(peak_mib),
        "seconds_per_row_against_a_tenth": round(small.rows_per_s / whole.rows_per_s, 2),
        "row_by_row": _row_by_row(config, sample[0], end_to_end=whole, most=rows),
    }


def _row_by_row(config: Any, batch: Any, *, end_to_end: "Measured", most: int) -> dict[str, Any]:
    """The usual code, library by library, on some of the same rows."""
    from attrgen_assets.domain.attributes.plan import compile_plan
    from attrgen_assets.workflows.bench_generate import measure_row_by_row

    result = {}
    for name, extract_one, count in _libraries():
        measured, same = measure_row_by_row(compile_plan(config), batch.head(min(count, most)), extract_one)
        result[name] = {
            "rows": measured.rows,
            "rows_per_s": round(measured.rows_per_s, 1),
            "ratio_of_end_to_end": round(end_to_end.rows_per_s / measured.rows_per_s),
            "same_answer_fraction": round(same, 3),
        }
    return result


def _kurta() -> Any:
    from attrgen_assets.adapters.config_files import load_product_type
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.bench_generate import bench_type

    return bench_type(load_product_type(Settings().resolved_config_dir, "kurta"))


def _write_raw(folder: Path, *, rows: int, seed: int) -> None:
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.domain.synthetic import synthetic_feed

    config = _kurta()
    with ParquetTables(folder).writer("raw_products", product_type=config.name) as (writer,):
        for batch in synthetic_feed(config, rows=rows, seed=seed, batch_rows=BATCH_ROWS):
            writer.write(batch)


def _in_a_process_of_its_own(folder: Path, rows: int) -> "tuple[Measured, float]":
    """Measured in a fresh process, so that peak memory (MiB) is that of the work alone."""
    from attrgen_assets.adapters.processes import process_pool

    with process_pool(1) as pool:
        return pool.submit(_measure_kernel, folder, rows).result()


def _measure_kernel(folder: Path, rows: int) -> "tuple[Measured, float]":
    import resource

    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.workflows.bench_generate import measure_kernel

    measured = measure_kernel(_kurta(), tables=ParquetTables(folder), batch_rows=BATCH_ROWS, rows=rows)
    return measured, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts in KiB


def _measure_read(folder: Path, batches: list[Any]) -> "Measured":
    from time import perf_counter

    import polars as pl

    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.domain.tables import IN_PREFIX
    from attrgen_assets.workflows.bench_generate import Measured

    path = folder / "feed.csv"
    columns = {name: name.removeprefix(IN_PREFIX) for name in batches[0].columns if name.startswith(IN_PREFIX)}
    pl.concat(batches).select(list(columns)).rename(columns).write_csv(path)
    started = perf_counter()
    rows = sum(batch.height for batch in open_feed_file(path).read_batches(batch_rows=BATCH_ROWS))
    return Measured(rows, perf_counter() - started)


def _libraries() -> list[tuple[str, Any, int]]:
    """The fuzzy libraries at hand, and how many rows are enough to measure each."""
    from rapidfuzz import fuzz, process

    def rapidfuzz_one(text: str, choices: Any) -> tuple[str, float]:
        choice, score, _ = process.extractOne(text, choices, scorer=fuzz.WRatio)
        return choice, score

    libraries: list[tuple[str, Any, int]] = [("rapidfuzz", rapidfuzz_one, 1000)]
    try:
        from thefuzz import process as thefuzz_process
    except ModuleNotFoundError:
        typer.echo('thefuzz is not installed, so it is not measured (pip install -e ".[test]")', err=True)
    else:
        libraries.append(("thefuzz", thefuzz_process.extractOne, 1000))
    return libraries


def _bench_store(folder: Path, *, rows: int, seed: int) -> dict[str, Any]:
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.settings import Settings
    from attrgen_assets.wiring import open_services
    from attrgen_assets.workflows.bench_generate import measure_kernel
    from attrgen_assets.workflows.store import store_documents

    config = _kurta()
    _write_raw(folder, rows=rows, seed=seed)
    tables = ParquetTables(folder)
    measure_kernel(config, tables=tables, batch_rows=BATCH_ROWS)
    with open_services(Settings(home=folder, mongodb_database=_BENCH_DATABASE)) as services:
        try:
            first, again = (
                store_documents(
                    config,
                    tables=tables,
                    documents=services.store,
                    quarantine=services.store,
                    run_id=f"bench-{run}",
                    now=services.clock(),
                    batch_rows=BATCH_ROWS,
                )
                for run in (1, 2)
            )
        finally:
            services.store.database.client.drop_database(_BENCH_DATABASE)
    return {
        "rows": rows,
        "seed": seed,
        "documents": first.documents,
        "new": first.new,
        "new_per_s": round(first.new / first.seconds),
        "unchanged": again.unchanged,
        "unchanged_per_s": round(again.unchanged / again.seconds),
    }
