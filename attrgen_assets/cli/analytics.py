"""`attrgen analytics`: a catalogue of parts in figures."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

if TYPE_CHECKING:
    from attrgen_assets.domain.parts.analytics import CatalogueAnalytics

app = typer.Typer()


@app.callback()
def group() -> None:
    """Figures of a catalogue of parts."""


@app.command()
def analytics(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    csv: Annotated[
        Path | None, typer.Option("--csv", file_okay=False, help="Also write the tables into this folder, as CSV.")
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", dir_okay=False, help="Also write the charts, as PNG (extra `report`).")
    ] = None,
    config_dir: ConfigDir = None,
) -> None:
    """Print coverage, confidences, suppliers and costs of the parts that the last `attrgen run appliance_part` made."""
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
    from attrgen_assets.workflows.analyse_parts import analyse_parts

    settings = load_settings(config_dir=config_dir)
    found = analyse_parts(product_type=PRODUCT_TYPE, tables=ParquetTables(settings.parquet_dir))
    if csv is not None:
        csv.mkdir(parents=True, exist_ok=True)
        for name, table in found.tables().items():
            table.write_csv(csv / f"{name}.csv")
    if chart is not None:
        from attrgen_assets.adapters.part_charts import catalogue_chart

        chart.write_bytes(catalogue_chart(found))
    typer.echo(found.model_dump_json(indent=2)) if as_json else _show(found)


def _show(found: "CatalogueAnalytics") -> None:
    totals = found.totals
    typer.echo(
        f"{totals.records:,} records: {totals.complete:,} complete, {totals.held_for_review:,} held for review, "
        f"{totals.replaced:,} of replaced parts\n"
        f"{totals.values:,} values, mean confidence {_number(totals.mean_confidence)}"
    )
    typer.echo("\nfield                       found     n/a  missing  coverage  confidence")
    for one in found.fields:
        name = f"{one.field} *" if one.required else one.field
        counts = f"{one.found:>7,} {one.not_applicable:>7,} {one.not_found:>8,}"
        typer.echo(f"{name:26} {counts} {_share(one.coverage):>9} {_number(one.mean_confidence):>11}")
    typer.echo("\nmanufacturer               records  complete  coverage")
    for maker in found.manufacturers:
        typer.echo(f"{maker.manufacturer[:26]:26} {maker.records:>7,} {maker.complete:>9,} {_share(maker.coverage):>9}")
    typer.echo("\nsupplier          requests  answered  p50 s  p95 s   claims  not usable  agrees with the record")
    for shop in found.suppliers:
        typer.echo(
            f"{shop.supplier:16} {shop.requests:>9,} {_share(shop.success):>9} {_number(shop.p50_s):>6} "
            f"{_number(shop.p95_s):>6} {shop.claims:>8,} {shop.not_usable:>11,} {_share(shop.agreement):>9}"
        )
    cost = found.cost
    typer.echo(
        f"\nlanguage models: {cost.records_asked:,} records asked about, {cost.tokens:,} tokens, {_cost(cost.cost)}"
    )


def _cost(cost: float | None) -> str:
    return "cost not known (no prices are set)" if cost is None else f"cost {cost:.4f}"


def _share(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.1%}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
