"""`attrgen attributes`: what specification tables know, and what they should be told."""

from typing import Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def attributes() -> None:
    """Look at the attributes of specification tables, and at those that suppliers list and nobody has described."""


@app.command(name="list")
def list_attributes(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    config_dir: ConfigDir = None,
) -> None:
    """List the attributes of config/parts/attribute_registry.yaml, most important first."""
    from attrgen_assets.cli.showing import wide_console
    from attrgen_assets.wiring_parts import attribute_registry

    registry = attribute_registry(load_settings(config_dir=config_dir))
    if as_json:
        typer.echo(registry.model_dump_json(indent=2))
        return
    from rich.table import Table

    table = Table("name", "shown as", "category", "kind", "unit", "field", "also called", box=None, pad_edge=False)
    for one in registry.attributes:
        cells = (one.name, one.display_name, one.category, one.kind, one.unit or "", one.field or "")
        table.add_row(*cells, ", ".join(one.aliases))
    wide_console().print(table)


@app.command()
def suggest(
    *,
    least_parts: Annotated[
        int, typer.Option("--least-parts", metavar="N", min=1, help="Only what so many parts list.")
    ] = 1,
    config_dir: ConfigDir = None,
) -> None:
    """Print attributes of the last run that the registry does not know, as lines to add to it."""
    from attrgen_assets.adapters.part_rules import REGISTRY_FILE
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE
    from attrgen_assets.workflows.suggest_attributes import as_yaml, discovered_attributes

    settings = load_settings(config_dir=config_dir)
    found = discovered_attributes(
        product_type=PRODUCT_TYPE, tables=ParquetTables(settings.parquet_dir), least_parts=least_parts
    )
    if found:
        typer.echo(f"# for {REGISTRY_FILE}, below `attributes:`; the first of two names of one thing gets the aliases")
        typer.echo(as_yaml(found))
    else:
        typer.echo("every attribute that suppliers list is in the registry")
