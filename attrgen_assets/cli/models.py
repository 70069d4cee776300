"""`attrgen models`: the trained models of product types, and which one is in force."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings
from attrgen_assets.cli.showing import aside, wide_console

if TYPE_CHECKING:
    from attrgen_assets.adapters.models.attribute_models import AttributeModels

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

TypeName = Annotated[str, typer.Argument(metavar="TYPE", help="A product type.")]


@app.callback()
def models() -> None:
    """Train the models of product types, list them, and choose which one is in force.

    A model is trained from stored documents and corrections, and promoted only if it is better than the current one on
    the same held-out products. Values of the one in force become candidates where the config has a `model` source.
    """


@app.command()
def train(product_type: TypeName, *, config_dir: ConfigDir = None) -> None:
    """Train a model of a product type, and promote it if it is better. The asset attribute_model does the same."""
    from attrgen_assets.wiring import fast_learner, open_services
    from attrgen_assets.workflows.train_attribute_model import train_attribute_model

    with open_services(load_settings(config_dir=config_dir)) as use:
        report = train_attribute_model(
            use.configs.get(product_type).product_type,
            documents=use.store,
            overrides=use.store,
            tables=use.tables,
            models=use.models,
            learn=fast_learner(aside),
            now=use.clock(),
            batch_rows=use.settings.batch_rows,
        )
    typer.echo(f"{report.version or product_type}: {report.decision}")
    for reason in report.reasons:
        typer.echo(f"  {reason}")
    typer.echo(f"in force: {report.in_force or 'none'}")


@app.command(name="list")
def list_models(
    product_type: TypeName,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Everything that is on record, as JSON lines.")] = False,
) -> None:
    """List a product type's models: what they were trained on, their scores, and what was decided."""
    store = _models()
    records, current = store.records(product_type), store.current(product_type)
    if as_json:
        for record in records:
            typer.echo(json.dumps(record | {"in_force": record["version"] == current}, ensure_ascii=False))
        return
    if not records:
        typer.echo(f"{product_type} has no model; train one: attrgen models train {product_type}")
        return
    _print(records, current)


@app.command()
def promote(
    product_type: TypeName,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="A version as `attrgen models list` shows it.")],
) -> None:
    """Put a version in force, such as the one before: by hand, whatever its score. The next run uses it."""
    store = _models()
    former = store.current(product_type)
    store.promote(product_type, version)
    typer.echo(f"{product_type}: {version} is in force; before it: {former or 'none'}")


def _models() -> "AttributeModels":
    from attrgen_assets.adapters.models.attribute_models import AttributeModels

    return AttributeModels(load_settings().models_dir)


def _print(records: list[dict[str, Any]], current: str | None) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("version", "trained", "products", "micro F1", "decision"):
        table.add_column(heading, no_wrap=True)
    for record in records:
        score = record.get("score") or {}
        table.add_row(
            f"{record['version']} *" if record["version"] == current else record["version"],
            str(record.get("trained_at", ""))[:10],
            f"{record.get('products', 0):,}",
            f"{score['f1']:.4f}" if "f1" in score else "",
            str(record.get("decision", "")),
        )
    wide_console().print(table)
    typer.echo(f"* in force: {current or 'none'}")
