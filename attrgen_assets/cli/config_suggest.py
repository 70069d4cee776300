"""`attrgen config suggest`: what the config lacks for a feed, as YAML to review."""

from pathlib import Path

import typer


def suggest_for_feed(feed: Path, config_dir: Path, *, product_type: str | None, rows: int, output: Path | None) -> None:
    """Print the suggestion, or write it to a file outside of the config.

    Raises: ConfigError, UnknownProductType and FeedError; a usage error for an output among the files of the config.
    """
    from attrgen_assets.adapters.config_files import load_all, load_product_type
    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.errors import ConfigError
    from attrgen_assets.workflows.suggest_config import suggest_config

    if output is not None:
        _check_outside(output, feed, config_dir)
    if product_type is not None:
        types = {product_type: load_product_type(config_dir, product_type)}
    else:
        load = load_all(config_dir)
        if load.problems:
            raise ConfigError(load.problems)
        types = dict(load.product_types)
    report = suggest_config(types, lambda: open_feed_file(feed), feed=feed.name, rows=rows)
    if output is None:
        typer.echo(report.yaml, nl=False)
    else:
        output.write_text(report.yaml, encoding="utf-8")
        matches = len(report.suggestion.matches)
        typer.echo(f"{output}: {matches} columns suggested for {report.suggestion.product_type}; review it", err=True)


def _check_outside(output: Path, feed: Path, config_dir: Path) -> None:
    if output.exists() and output.samefile(feed):
        raise typer.BadParameter(f"{output} is the feed itself, and would be overwritten", param_hint="--output")
    if output.resolve().is_relative_to(config_dir.resolve()):
        help = "a suggestion is for review, and is no config file: write it somewhere else"
        raise typer.BadParameter(f"{output} lies in the config folder; {help}", param_hint="--output")
