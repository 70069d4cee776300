"""`attrgen run`, `attrgen up` and `attrgen backfill`: the graph from the command line."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

if TYPE_CHECKING:
    from attrgen_assets.adapters.configs import ConfigsInForce
    from attrgen_assets.cli.graph_results import RunResult
    from attrgen_assets.settings import Settings

app = typer.Typer(pretty_exceptions_enable=False)

Json = Annotated[bool, typer.Option("--json", help="Print the results as JSON on stdout, and nothing else there.")]


@app.command()
def run(
    types: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TYPES]...",
            help="Product types. Default: all that have a feed; parts, which ask suppliers, only when they are named.",
        ),
    ] = None,
    *,
    json: Json = False,
    config_dir: ConfigDir = None,
) -> None:
    """Turn feeds, or what suppliers answer, into stored documents, checks included, in this process.

    Starts a MongoDB and a Redis where MONGODB_URI and REDIS_URL name none. A type that fails does not stop the
    others. Exit code 1 if any failed, or any of their config files is not valid.
    """
    settings = load_settings(config_dir=config_dir)
    found, names = _chosen(types or [], settings)
    _finish(_run_here(names, found, settings, quiet=json), found, names, json=json)


@app.command()
def backfill(
    types: Annotated[list[str], typer.Argument(metavar="TYPES...", help="Product types, one run each.")],
    *,
    json: Json = False,
    config_dir: ConfigDir = None,
) -> None:
    """Run product types again, one run each; a failing one does not stop the others.

    While `attrgen up` serves this installation its daemon executes the runs, and they are watched from here; else
    they are executed here, as by `attrgen run`.
    """
    from attrgen_assets.cli.graph_up import serving_url

    settings = load_settings(config_dir=config_dir)
    found, names = _chosen(types, settings)
    url = serving_url(settings.home)
    if url is None:
        results = _run_here(names, found, settings, quiet=json)
    else:
        results = _run_there(names, found, settings, url=url, quiet=json)
    _finish(results, found, names, json=json)


@app.command()
def up(
    *,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Of the web page. Default: the first free from 3000.")
    ] = None,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on. There is no login: open it to a trusted network only.")
    ] = "127.0.0.1",
    config_dir: ConfigDir = None,
) -> None:
    """Serve the graph in the browser, with the daemon for sensors and backfills, until Ctrl-C.

    Starts a MongoDB and a Redis where MONGODB_URI and REDIS_URL name none, and stops all that it started.
    """
    from attrgen_assets import wiring
    from attrgen_assets.adapters.logs import configure_logging
    from attrgen_assets.cli.graph_up import only_one, served, stopped_by_signals, watch
    from attrgen_assets.definitions import prepare_instance_home

    settings = load_settings(config_dir=config_dir)
    folder = prepare_instance_home(settings.home)
    configure_logging(home=settings.home, level=settings.log_level, console=False)
    with stopped_by_signals(), only_one(folder) as lock:
        typer.echo("starting MongoDB and Redis, where none are named, and Dagster ...", err=True)
        with wiring.open_services(settings):
            _register(settings)
            environment = _environment(settings)
            logs = settings.home.absolute() / "logs"
            with served(folder, host=host, port=port, logs=logs, environment=environment, lock=lock) as found:
                url, children = found
                typer.echo(f"attrgen is up: {url}/locations/attrgen_assets/asset-groups/catalogue/lineage")
                typer.echo("Ctrl-C stops it.", err=True)
                watch(children)


def _chosen(types: Sequence[str], settings: "Settings") -> tuple["ConfigsInForce", list[str]]:
    """All configs, and the product types to run: those named, else all; each once.

    Raises UnknownProductType that names all unknown ones, before anything starts.
    """
    from attrgen_assets import wiring
    from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
    from attrgen_assets.domain.product_types.suggest import suggestion
    from attrgen_assets.errors import UnknownProductType

    found = wiring.open_configs(settings).all()
    known = sorted({*found.in_force, *found.errors})
    unknown = [name for name in types if name not in (*known, PRODUCT_TYPE)]
    if unknown or not known:
        lines = [f"no product type {name!r}; {suggestion(name, [*known, PRODUCT_TYPE])}" for name in unknown]
        raise UnknownProductType("\n".join(lines) or f"no product types in {settings.resolved_config_dir}")
    return found, list(dict.fromkeys(types)) or known


def _run_here(names: Sequence[str], found: "ConfigsInForce", settings: "Settings", *, quiet: bool) -> list["RunResult"]:
    """Run the product types that have a config in force, in this process."""
    from attrgen_assets import wiring
    from attrgen_assets.adapters.logs import configure_logging
    from attrgen_assets.cli.graph_lost import settle_lost_runs
    from attrgen_assets.cli.graph_progress import RunProgress
    from attrgen_assets.cli.graph_run import LOGGER, events_logger, run_all, sync_partitions
    from attrgen_assets.definitions import (
        PARTITIONS_NAME,
        STEPS,
        SettingsResource,
        build_defs,
        job_of,
        open_instance,
    )

    # Beside a progress bar only what a person must know; whoever collects stderr gets every event.
    bar = sys.stderr.isatty() and not quiet
    configure_logging(
        home=settings.home,
        level=settings.log_level,
        format=settings.log_format,
        console_level="WARNING" if bar else None,
    )
    runnable = _runnable(names, found)
    with RunProgress(runs=len(runnable), quiet=quiet) as progress:
        progress.doing("starting MongoDB and Redis, where none are named")
        loggers = {LOGGER: events_logger(progress, steps=STEPS)}
        defs = build_defs(settings=SettingsResource.of(settings), loggers=loggers)
        with wiring.open_services(settings), open_instance(settings.home) as instance:
            settle_lost_runs(instance)
            sync_partitions(instance, found.in_force, partitions=PARTITIONS_NAME)
            return run_all(
                runnable,
                job_of=lambda name: defs.resolve_job_def(job_of(name)),
                instance=instance,
                progress=progress,
            )


def _runnable(names: Sequence[str], found: "ConfigsInForce") -> list[str]:
    """The product types that have a config in force, and parts, whose rules are read when they run."""
    from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE

    return [name for name in names if name in found.in_force or name == PRODUCT_TYPE]


def _run_there(
    names: Sequence[str], found: "ConfigsInForce", settings: "Settings", *, url: str, quiet: bool
) -> list["RunResult"]:
    """Have the daemon of `attrgen up` run the product types that have a config in force."""
    from attrgen_assets.cli.graph_backfill import backfill_types
    from attrgen_assets.cli.graph_client import GraphClient
    from attrgen_assets.cli.graph_progress import RunProgress
    from attrgen_assets.cli.graph_run import sync_partitions
    from attrgen_assets.cli.graph_up import serving_url
    from attrgen_assets.definitions import PARTITIONS_NAME, job_of, open_instance

    runnable = _runnable(names, found)
    if not runnable:
        return []
    with open_instance(settings.home) as instance, RunProgress(runs=len(runnable), quiet=quiet, lines=True) as progress:
        progress.doing(f"runs of the daemon at {url}")
        sync_partitions(instance, found.in_force, partitions=PARTITIONS_NAME)
        results: dict[str, RunResult] = {}
        for job_name in dict.fromkeys(map(job_of, runnable)):
            of_job = [name for name in runnable if job_of(name) == job_name]
            found_now = backfill_types(
                of_job,
                client=GraphClient(url),
                job_name=job_name,
                instance=instance,
                on_result=progress.ended,
                still_up=lambda: serving_url(settings.home) is not None,
            )
            results |= dict(zip(of_job, found_now, strict=True))
        return [results[name] for name in runnable]


def _finish(results: Sequence["RunResult"], found: "ConfigsInForce", names: Sequence[str], *, json: bool) -> None:
    """Print what came of it, and end with 1 where anything failed."""
    from rich.console import Console

    from attrgen_assets.cli.graph_report import as_json, print_report
    from attrgen_assets.cli.showing import PIPED_WIDTH

    invalid = {name: found.errors[name] for name in names if name in found.errors}
    if json:
        typer.echo(as_json(results, invalid))
    else:
        console = Console(highlight=False, soft_wrap=True)
        if not console.is_terminal:
            console.width = PIPED_WIDTH  # nothing limits a line in a file or a pipe
        print_report(console, results, invalid)
    if invalid or not all(result.ok for result in results):
        raise typer.Exit(1)


def _register(settings: "Settings") -> None:
    """Make the configs in force partitions, and mark runs that a killed process left behind as failed."""
    from attrgen_assets import wiring
    from attrgen_assets.cli.graph_lost import settle_lost_runs
    from attrgen_assets.cli.graph_run import sync_partitions
    from attrgen_assets.definitions import PARTITIONS_NAME, open_instance

    with open_instance(settings.home) as instance:
        settle_lost_runs(instance)
        sync_partitions(instance, wiring.open_configs(settings).all().in_force, partitions=PARTITIONS_NAME)


def _environment(settings: "Settings") -> dict[str, str]:
    """The environment of Dagster's processes: ours, with what is relative to our folder made absolute."""
    from attrgen_assets.settings import child_environment

    home = settings.home.absolute()
    return child_environment(
        {
            "ATTRGEN_HOME": str(home),
            "ATTRGEN_CONFIG_DIR": str(settings.resolved_config_dir.absolute()),
            "ATTRGEN_FEEDS_DIR": str(settings.resolved_feeds_dir.absolute()),
            "DAGSTER_HOME": str(home / "dagster"),
            "PYTHONUNBUFFERED": "1",  # a log that ends in the middle explains nothing
        }
    )
