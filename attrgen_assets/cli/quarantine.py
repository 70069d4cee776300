"""`attrgen quarantine`: look at refused rows, correct them, and let them go."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attrgen_assets.cli.failures import TERMINAL, exit_code
from attrgen_assets.cli.options import ConfigDir, load_settings, parse_pairs

if TYPE_CHECKING:
    from attrgen_assets.adapters.stores.mongo import MongoStore
    from attrgen_assets.settings import Settings
    from attrgen_assets.workflows.release import ReleaseReport

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

Status = Literal["open", "released", "resolved"]
ProductTypeName = Annotated[str | None, typer.Argument(metavar="TYPE", help="A product type. Default: all of them.")]
EntryId = Annotated[str, typer.Argument(metavar="ID", help="The id of a row, or as much of it as is unique.")]
Reason = Annotated[
    str | None, typer.Option("--reason", metavar="CODE", help="Only rows refused for this, such as not_in_vocabulary.")
]
StatusOption = Annotated[Status, typer.Option("--status", metavar="STATUS", help="open, released or resolved.")]


@app.callback()
def quarantine() -> None:
    """Look at refused rows, correct them, and let them go.

    A row is refused for a reason and never dropped. A correction is checked against the config, kept with who made it
    and when, and applied on every later run; `release` stores the corrected row at once.
    """


@app.command(name="list")
def list_rows(
    product_type: ProductTypeName = None,
    *,
    reason: Reason = None,
    status: StatusOption = "open",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="At most so many rows.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Whole entries as JSON lines, without a limit.")] = False,
) -> None:
    """List refused rows: where they stand, what was refused, and the legal values nearest to it."""
    from attrgen_assets.cli.quarantine_tables import entry_line, print_counts, print_list

    with _store(load_settings()) as store:
        entries = store.list_quarantine(product_type, statuses=(status,), reason=reason, limit=0 if as_json else limit)
        if as_json:
            for entry in entries:
                typer.echo(entry_line(entry))
            return
        shown = print_list(entries)
        print_counts(store.count_quarantine(product_type, statuses=(status,)), shown=shown, status=status)


@app.command()
def show(entry_id: EntryId) -> None:
    """Show one row as it came, every refusal with the nearest legal values, and the corrections in force."""
    from attrgen_assets.cli.quarantine_tables import print_entry
    from attrgen_assets.workflows.correct import find_entry

    with _store(load_settings()) as store:
        entry = find_entry(entry_id, desk=store)
        of_row = [
            one
            for one in store.overrides(entry["product_type"])
            if one.entry_id == entry["entry_id"] or (entry["sku"] is not None and one.sku == entry["sku"])
        ]
        print_entry(entry, of_row)


@app.command()
def fix(
    entry_id: EntryId,
    corrections: Annotated[
        list[str],
        typer.Argument(
            metavar="ATTRIBUTE=VALUE...", help="What is right; NA for not applicable, sku=... for a row without an SKU."
        ),
    ],
    *,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who says so; kept with the correction.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; kept with the correction.")] = "",
    config_dir: ConfigDir = None,
) -> None:
    """Correct attributes of a row: checked against the config now, applied on this and every later run."""
    from attrgen_assets.wiring import open_configs, utc_now
    from attrgen_assets.workflows.correct import correct_entry, find_entry

    stated = parse_pairs(corrections, option="ATTRIBUTE=VALUE", example="ATTRIBUTE=VALUE")
    if not by.strip():
        raise typer.BadParameter("who made the correction is kept with it; name them", param_hint="--by")
    settings = load_settings(config_dir=config_dir)
    with _store(settings) as store:
        entry = find_entry(entry_id, desk=store)
        config = open_configs(settings).get(entry["product_type"]).product_type
        report = correct_entry(config, entry, stated, desk=store, by=by.strip(), now=utc_now(), reason=reason)
    for override in report.overrides:
        value = "NA" if override.value is None else override.value
        typer.echo(f"{config.name} {report.sku}: {override.attribute} = {value}")
    typer.echo(f"In force from the next run on; `attrgen quarantine release {report.entry_id}` stores it now.")
    if report.synonyms:
        typer.echo("\nTo have it understood without a person next time, add the synonym:\n")
        typer.echo(report.synonyms, nl=False)


@app.command()
def release(
    entry_ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="Ids of rows, or as much of them as is unique.")
    ] = None,
    *,
    everything: Annotated[
        str | None, typer.Option("--all", metavar="TYPE", help="Try every open row of this product type.")
    ] = None,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who lets them go; kept in the history.")] = "cli",
    config_dir: ConfigDir = None,
) -> None:
    """Validate rows again with all corrections in force, and store those that are accepted now.

    What is still refused is told and stays; the exit code is 1 then.
    """
    from attrgen_assets.cli.quarantine_tables import print_release

    if bool(entry_ids) == bool(everything):
        raise typer.BadParameter("name either ids or --all TYPE")
    settings = load_settings(config_dir=config_dir)
    with _store(settings) as store:
        reports = [*_released(settings, store, ids=entry_ids or [], everything=everything, by=by)]
    for report in reports:
        print_release(report)
    if any(report.held for report in reports):
        raise typer.Exit(1)


@app.command()
def export(
    product_type: Annotated[str, typer.Argument(metavar="TYPE", help="A product type.")],
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="A .csv for a spreadsheet, or a .jsonl; - is stdout.")
    ],
    reason: Reason = None,
    status: StatusOption = "open",
) -> None:
    """Write refused rows to a file: a CSV has a line per refusal and an empty column for the correction."""
    from attrgen_assets.adapters.line_files import line_files
    from attrgen_assets.cli.quarantine_tables import csv_lines, entry_line

    if output.suffix not in (".csv", ".jsonl") and str(output) != "-":
        raise typer.BadParameter(f"{output}: the name must end in .csv or .jsonl", param_hint="--output")
    with _store(load_settings()) as store, line_files(output) as (file,):
        entries = store.list_quarantine(product_type, statuses=(status,), reason=reason)
        file.write(csv_lines(entries) if output.suffix == ".csv" else map(entry_line, entries))


@app.command(name="import")
def import_sheet(
    sheet: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV made by `export`, with corrections filled in.")],
    *,
    by: Annotated[str, typer.Option("--by", metavar="WHO", help="Who filled it in; kept with the corrections.")],
    reason: Annotated[str, typer.Option("--reason", metavar="WHY", help="Why; kept with the corrections.")] = "",
    config_dir: ConfigDir = None,
) -> None:
    """Take the corrections of a sheet, as `fix` would; what is not legal is told, and the rest is recorded."""
    from attrgen_assets.cli.quarantine_sheet import read_sheet
    from attrgen_assets.errors import AttrgenError
    from attrgen_assets.wiring import open_configs, utc_now
    from attrgen_assets.workflows.correct import correct_entry, find_entry

    settings = load_settings(config_dir=config_dir)
    wanted, recorded, refused = read_sheet(sheet), 0, 0
    with _store(settings) as store:
        configs = open_configs(settings)
        for entry_id, stated in wanted.items():
            try:
                entry = find_entry(entry_id, desk=store)
                config = configs.get(entry["product_type"]).product_type
                report = correct_entry(config, entry, stated, desk=store, by=by, now=utc_now(), reason=reason)
                recorded += len(report.overrides)
            except AttrgenError as error:
                if exit_code(error) != TERMINAL:
                    raise
                refused += 1
                typer.echo(f"{entry_id}: {error}", err=True)
    typer.echo(f"{recorded} corrections of {len(wanted) - refused} rows recorded, {refused} rows refused")
    if refused:
        raise typer.Exit(1)


@contextmanager
def _store(settings: "Settings") -> Iterator["MongoStore"]:
    """The store alone: no Redis is needed to look at rows."""
    from attrgen_assets.wiring import open_store

    with open_store(settings) as store:
        yield store


def _released(
    settings: "Settings", store: "MongoStore", *, ids: list[str], everything: str | None, by: str
) -> Iterator["ReleaseReport"]:
    """One report per product type that the rows are of."""
    from attrgen_assets.adapters.tables import ParquetTables
    from attrgen_assets.wiring import open_configs, utc_now
    from attrgen_assets.workflows.correct import find_entry
    from attrgen_assets.workflows.release import release_entries

    configs, now = open_configs(settings), utc_now()
    chosen = {entry["entry_id"]: entry for entry in (find_entry(one, desk=store) for one in ids)}
    names = [everything] if everything else list(dict.fromkeys(entry["product_type"] for entry in chosen.values()))
    for name in names:
        config = configs.get(name).product_type
        of_type = [entry for entry in chosen.values() if entry["product_type"] == name]
        yield release_entries(
            config,
            store.list_quarantine(name) if everything else of_type,
            desk=store,
            tables=ParquetTables(settings.parquet_dir),
            run_id=f"release-{now:%Y%m%dT%H%M%S.%fZ}",
            by=by,
            now=now,
        )
