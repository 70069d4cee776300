"""`attrgen report`: a page about the last run of each product type."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings
from attrgen_assets.errors import GoldError, NotFoundError

if TYPE_CHECKING:
    from attrgen_assets.domain.ports import RunReports
    from attrgen_assets.domain.reporting.gold import GoldRow
    from attrgen_assets.domain.reporting.report import TypeReport
    from attrgen_assets.settings import Settings

app = typer.Typer()


@app.command()
def report(
    product_types: Annotated[
        list[str] | None, typer.Argument(metavar="PRODUCT_TYPE", help="Which; default: all that were run.")
    ] = None,
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", dir_okay=False, help="The page to write; an old one is replaced.")
    ] = Path("attrgen-report.html"),
    gold: Annotated[
        list[Path] | None,
        typer.Option(
            exists=True,
            dir_okay=False,
            help="Labels given by hand, JSON lines: product_type with sku and attributes (null: not stated), or with "
            "id and labels. May be repeated. Default: gold/*.jsonl in the config folder.",
        ),
    ] = None,
    config_dir: ConfigDir = None,
) -> None:
    """Write one HTML page: coverage, precision and calibration, refusals and what to do, drift against the run before.

    Reads what the last run left in MongoDB and in the tables, and changes neither.
    """
    from importlib.metadata import version

    from attrgen_assets.adapters.report_page.page import report_html
    from attrgen_assets.wiring import open_store, utc_now

    settings = load_settings(config_dir=config_dir)
    labels = _labels(gold, settings)
    with open_store(settings) as store:
        reports = _reports(product_types or [], settings, store, labels)
    page = report_html(reports, now=utc_now(), version=version("attrgen"))
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(page, encoding="utf-8")
    for one in reports:
        typer.echo(_line(one))
    typer.echo(f"{output}: written; open it in a browser")


def _labels(paths: list[Path] | None, settings: "Settings") -> "list[GoldRow]":
    from attrgen_assets.domain.reporting.gold import parse_gold

    labels: list[GoldRow] = []
    for path in paths or sorted((settings.resolved_config_dir / "gold").glob("*.jsonl")):
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise GoldError(f"{path}: cannot be read: {error}") from error
        labels += parse_gold(text.splitlines(), name=str(path))
    return labels


def _reports(
    names: Sequence[str], settings: "Settings", store: "RunReports", labels: "Sequence[GoldRow]"
) -> "list[TypeReport]":
    """Those that were named, all of which must have been run; else all that were."""
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.wiring import open_configs
    from attrgen_assets.workflows.report import last_runs, report_product_type

    configs = open_configs(settings)
    chosen = list(dict.fromkeys(names)) or [
        name for name in configs.all().in_force if last_runs(name, reports=store, limit=1)
    ]
    if not chosen:
        raise NotFoundError("no run is on record to report on; `attrgen run` makes one")
    tables = ParquetTables(settings.parquet_dir)
    return [
        report_product_type(configs.get(name).product_type, tables=tables, reports=store, gold=labels)
        for name in chosen
    ]


def _line(report: "TypeReport") -> str:
    """What the page says of a product type, in a line."""
    parts = [f"{report.run.profile.documents:,} documents", f"{report.run.profile.quarantined:,} quarantined"]
    if report.gold is not None and report.gold.total.precision is not None:
        parts.append(f"precision {report.gold.total.precision:.1%} on {report.gold.labelled:,} labelled products")
    if report.drift is not None:
        moved = report.drift.moved
        parts.append(f"moved since the last run: {', '.join(moved) if moved else 'nothing'}")
    return f"{report.product_type.name}: {', '.join(parts)}"
