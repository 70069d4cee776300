"""`attrgen review`: values that wait for a person."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

_CELL = 48  # characters of a cell's text in a list


@app.callback()
def review() -> None:
    """Look at values that are not sure enough to be accepted without a person, and accept them.

    An attribute with `accept: {min_precision: ...}` takes over only values that are at least so likely to be right.
    """


@app.command(name="list")
def list_values(
    product_type: Annotated[str, typer.Argument(metavar="TYPE", help="A product type.")],
    *,
    attribute: Annotated[
        str | None, typer.Option("--attribute", metavar="NAME", help="Only of this attribute.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, without a limit.")] = False,
) -> None:
    """List proposals: the value, and the words it was read from."""
    from rich.table import Table

    from attrgen_assets.cli.showing import plain, wide_console
    from attrgen_assets.wiring import open_store
    from attrgen_assets.workflows.review import list_proposals

    table, listed = Table("sku", "attribute", "value", "read in", "text", "title", box=None, pad_edge=False), 0
    with open_store(load_settings()) as store:
        for one in list_proposals(product_type, desk=store, attribute=attribute, limit=0 if as_json else limit):
            listed += 1
            if as_json:
                typer.echo(json.dumps(asdict(one), ensure_ascii=False))
                continue
            cells = (one.sku, one.attribute, ", ".join(one.values), one.field, one.text, one.title)
            table.add_row(*(plain(cell, limit=_CELL) for cell in cells))
    if as_json:
        return
    if listed:
        wide_console().print(table)
        more = f"; more may follow: --limit {10 * limit}" if listed == limit else ""
        typer.echo(f"{listed} proposals{more}")
    else:
        typer.echo(f"no proposals of {product_type}: nothing waits for a person")


@app.command()
def accept(
    product_type: Annotated[str, typer.Argument(metavar="TYPE", help="A product type.")],
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The SKU of the document.")],
    attributes: Annotated[
        list[str],
        typer.Argument(metavar="ATTRIBUTE[=VALUE]...", help="What to accept; with a value, what is right instead."),
    ],
    *,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so; kept with the value.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; kept with the value.")] = "",
    config_dir: ConfigDir = None,
) -> None:
    """Accept proposals of a document, or say what is right: applied on every run from now on."""
    from attrgen_assets.wiring import open_configs, open_store, utc_now
    from attrgen_assets.workflows.review import accept_proposals

    if not by.strip():
        raise typer.BadParameter("who accepts is kept with the value; name them", param_hint="--by")
    stated = {
        name.strip(): text.strip() if equals else None for name, equals, text in (a.partition("=") for a in attributes)
    }
    settings = load_settings(config_dir=config_dir)
    with open_store(settings) as store:
        config = open_configs(settings).get(product_type).product_type
        accepted = accept_proposals(config, sku, stated, desk=store, by=by.strip(), now=utc_now(), reason=reason)
    for override in accepted:
        value = "NA" if override.value is None else override.value
        typer.echo(f"{product_type} {sku}: {override.attribute} = {value}")
    typer.echo("In force from the next run on.")
