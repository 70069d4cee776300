"""`attrgen config`: product types are files; what is wrong with them, what is in force, what a change would touch."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings

if TYPE_CHECKING:
    from attrgen_assets.domain.product_types.model import ProductType
    from attrgen_assets.domain.product_types.touches import DocumentCounter
    from attrgen_assets.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Product types are files: check them, show what is in force, compare two states.",
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


@app.command()
def validate(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Config folders or single files. Default: the config folder."),
    ] = None,
    *,
    as_json: Json = False,
    config_dir: ConfigDir = None,
) -> None:
    """Find every problem of every config file; exits with 1 where there is one.

    A file outside of a config folder is checked as a draft for the config folder.
    """
    from attrgen_assets.adapters.config_files.validate import validate_path
    from attrgen_assets.cli.config_report import print_validations

    default = load_settings(config_dir=config_dir).resolved_config_dir
    validations = [validate_path(path, default=default) for path in paths or [default]]
    print_validations(validations, as_json=as_json)
    if any(validation.problems for validation in validations):
        raise typer.Exit(1)


@app.command()
def calibrate(
    *,
    gold: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="Gold set: JSON lines of labelled ids.")],
    data_dir: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder with the listing files.")],
    part: Annotated[str, typer.Option(help="Which listings: tune, measure or all.")] = "tune",
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Default: stdout.")] = None,
) -> None:
    """Count on a gold set how many values with a score are right, so that confidences mean what they say.

    Prints a common file for product types to extend. Measure on other listings than those that it is made of.
    """
    from attrgen_assets.cli.config_calibrate import calibration_text

    text = calibration_text(gold=gold, data_dir=data_dir, part=part)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@app.command()
def suggest(
    *,
    feed: Annotated[Path, typer.Option("--feed", "-f", exists=True, dir_okay=False, help="A feed that is new.")],
    product_type: Annotated[
        str | None, typer.Option("--product-type", "-t", help="Default: the one that the feed looks most like.")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, help="How many rows to learn from, from the start of the feed.")] = 10_000,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="Write to this file. Default: stdout.")
    ] = None,
    config_dir: ConfigDir = None,
) -> None:
    """Suggest, as YAML to review, what the config lacks for a feed: names of columns, synonyms, legal values.

    Columns are matched to fields by their names and by their values; each line says what speaks for it. No file of the
    config is changed.
    """
    from attrgen_assets.cli.config_suggest import suggest_for_feed

    settings = load_settings(config_dir=config_dir)
    suggest_for_feed(feed, settings.resolved_config_dir, product_type=product_type, rows=rows, output=output)


@app.command()
def show(
    product_type: Annotated[str, typer.Argument(metavar="PRODUCT_TYPE", help="A product type, such as saree.")],
    *,
    as_json: Json = False,
    config_dir: ConfigDir = None,
) -> None:
    """Show the config in force: every `extends` merged, every default spelled out, common and specific marked.

    What is printed is a valid config file itself.
    """
    from attrgen_assets.adapters.config_files import load_product_type
    from attrgen_assets.adapters.config_files.yaml_text import yaml_text

    config = load_product_type(load_settings(config_dir=config_dir).resolved_config_dir, product_type)
    typer.echo(config.model_dump_json(indent=2) if as_json else yaml_text(config), nl=as_json)


@app.command()
def schema(
    *, common: Annotated[bool, typer.Option("--common", help="Of common files, instead of product types.")] = False
) -> None:
    """Print the JSON Schema of config files, for editors.

    An editor with a YAML language server checks a file whose first line is
    `# yaml-language-server: $schema=PATH`.
    """
    from attrgen_assets.domain.product_types.file_model import file_schema

    typer.echo(json.dumps(file_schema(common=common), indent=2, ensure_ascii=False))


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A config folder, or the file of a product type.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The same, as it is to become.")],
    *,
    product_type: Annotated[
        str | None, typer.Option("--type", "-t", metavar="PRODUCT_TYPE", help="Of folders: only this product type.")
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option("--documents", "-d", metavar="DOCS", help="Count in this file of `attrgen generate`."),
    ] = None,
    store: Annotated[
        bool | None,
        typer.Option("--store/--no-store", help="Count in the store. Default: where $MONGODB_URI names one."),
    ] = None,
    as_json: Json = False,
    config_dir: ConfigDir = None,
) -> None:
    """Say what is different between two states of a config, and which documents that may touch.

    Values and attributes that look alike, or share synonyms, are told as "renamed?".
    """
    from attrgen_assets.cli.config_report import print_comparisons
    from attrgen_assets.workflows.compare import compare_product_types

    settings = load_settings(config_dir=config_dir)
    before, after = (_load_side(path, product_type, settings) for path in (old, new))
    pairs = _pairs(before, after)
    with _counter(documents, store, settings) as counter:
        comparisons = [compare_product_types(*pair, counter=counter) for pair in pairs]
    added = sorted(after.keys() - {new.name for _, new in pairs})
    removed = sorted(before.keys() - {old.name for old, _ in pairs})
    print_comparisons(comparisons, added=added, removed=removed, as_json=as_json)


def _load_side(path: Path, name: str | None, settings: "Settings") -> "dict[str, ProductType]":
    """The product types of a folder, or the one of a file."""
    from attrgen_assets.adapters.config_files import load_all, load_file, load_product_type
    from attrgen_assets.adapters.config_files.validate import config_dir_of
    from attrgen_assets.errors import ConfigError, Problem

    if not path.exists():
        raise ConfigError([Problem(path.as_posix(), None, "", "no such file or folder")])
    if not path.is_dir():
        config = load_file(path, config_dir=config_dir_of(path, default=settings.resolved_config_dir))
        return {config.name: config}
    if name is not None:
        return {name: load_product_type(path, name)}
    load = load_all(path)
    if load.problems:
        raise ConfigError(load.problems)
    return load.product_types


def _pairs(
    before: "dict[str, ProductType]", after: "dict[str, ProductType]"
) -> "list[tuple[ProductType, ProductType]]":
    """What to compare: the same names, or two single files whatever they are called."""
    if len(before) == len(after) == 1:
        return list(zip(before.values(), after.values(), strict=True))
    return [(before[name], after[name]) for name in sorted(before.keys() & after.keys())]


@contextmanager
def _counter(documents: Path | None, store: bool | None, settings: "Settings") -> "Iterator[DocumentCounter | None]":
    """Who counts documents, if anybody: a file, or the store that is asked for or named by the environment."""
    if documents is not None:
        from attrgen_assets.adapters.document_lines import DocumentLines

        yield DocumentLines(documents)
    elif store or (store is None and settings.mongodb_uri is not None):
        from attrgen_assets.adapters.stores.mongo_touches import MongoTouches
        from attrgen_assets.wiring import open_store

        with open_store(settings) as opened:
            yield MongoTouches(opened.database)
    else:
        yield None
