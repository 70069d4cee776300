"""`attrgen generate`: a feed to documents, file to file, with no service running."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attrgen_assets.cli.options import ConfigDir, load_settings, parse_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from attrgen_assets.domain.product_types.model import ProductType
    from attrgen_assets.workflows.generate_file import GenerateFileReport

app = typer.Typer(pretty_exceptions_enable=False)

Format = Annotated[
    Literal["auto", "csv", "jsonl", "json", "parquet"],
    typer.Option("--format", metavar="FORMAT", help="auto, csv, jsonl, json or parquet."),
]
Feed = Annotated[
    Path, typer.Option("--input", "-i", metavar="FEED", help="CSV, JSON lines, JSON or Parquet; may lie anywhere.")
]
Documents = Annotated[
    Path, typer.Option("--output", "-o", metavar="DOCS", help="Where documents go, as JSON lines; - is stdout.")
]
Refused = Annotated[
    Path | None,
    typer.Option(
        "--quarantine",
        "-q",
        metavar="ROWS",
        help="Where refused rows go, as JSON lines. Default: DOCS with the suffix .quarantine.jsonl.",
    ),
]
Columns = Annotated[
    list[str] | None,
    typer.Option("--map", "-m", metavar="FIELD=COLUMN", help="Take a field from this column of the feed."),
]
Select = Annotated[
    bool,
    typer.Option("--select/--no-select", help="Leave out rows of other product types, as the config's feed does."),
]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="Of a text feed. Default: detected.")]
Delimiter = Annotated[
    str | None, typer.Option("--delimiter", metavar="CHARACTER", help="Of a CSV feed. Default: detected.")
]


@app.command()
def generate(
    product_type: Annotated[str, typer.Argument(metavar="PRODUCT_TYPE", help="A product type, such as saree.")],
    *,
    input: Feed,
    output: Documents,
    quarantine: Refused = None,
    map: Columns = None,
    select: Select = False,
    format: Format = "auto",
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    config_dir: ConfigDir = None,
) -> None:
    """Turn one feed into documents, file to file; no MongoDB, Redis or Dagster is needed.

    A line per document in the order of the feed, the same bytes every time; refused rows go to a file of their own,
    and the two together are the rows of the feed.
    """
    from attrgen_assets.adapters.config_files import load_product_type
    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.adapters.line_files import line_files
    from attrgen_assets.workflows.generate_file import generate_file

    settings = load_settings(config_dir=config_dir)
    mapping = parse_pairs(map or [], option="--map", example="FIELD=COLUMN")
    refused = quarantine or _beside(output, input)
    _check_input_survives(input, (output, refused))
    config = load_product_type(settings.resolved_config_dir, product_type)
    reader = open_feed_file(input, format=format, encoding=encoding, delimiter=delimiter)
    with line_files(output, refused) as (documents, quarantined):
        report = generate_file(
            config,
            reader=reader,
            documents=documents,
            quarantined=quarantined,
            batch_rows=settings.batch_rows,
            mapping=mapping,
            select=select,
        )
    _print(config, report, output=output, quarantine=refused)


def _beside(output: Path, feed: Path) -> Path:
    """Where refused rows go when nobody says: beside the documents, or named after the feed when those go to stdout."""
    return (Path(feed.name) if str(output) == "-" else output).with_suffix(".quarantine.jsonl")


def _check_input_survives(feed: Path, outputs: tuple[Path, ...]) -> None:
    for path in outputs:
        if path.exists() and feed.exists() and path.samefile(feed):
            raise typer.BadParameter(f"{path} is the feed itself, and would be overwritten", param_hint="--output")


def _some(names: "Sequence[str]", limit: int = 20) -> str:
    """The first names, and how many more there are."""
    more = f" and {len(names) - limit:,} more" if len(names) > limit else ""
    return ", ".join(names[:limit]) + more


def _print(config: "ProductType", report: "GenerateFileReport", *, output: Path, quarantine: Path) -> None:
    """The summary, on stderr: stdout may carry the documents."""
    from rich.console import Console
    from rich.table import Table

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    for note in report.notes:
        console.print(f"note: {note}", markup=False)
    rate = report.rows / report.seconds if report.seconds else 0
    console.print(f"{report.rows:,} rows of {config.name} in {report.seconds:.1f} s ({rate:,.0f} rows/s)")
    console.print(f"  {report.documents:,} documents, {report.complete:,} of them complete: {output}", markup=False)
    reasons = ", ".join(f"{reason} {count:,}" for reason, count in report.reasons.items())
    console.print(
        f"  {report.quarantined:,} quarantined{f' ({reasons})' if reasons else ''}: {quarantine}", markup=False
    )
    if report.other_types:
        console.print(f"  {report.other_types:,} rows of other product types left out")
    if report.unmapped_columns:
        console.print(f"  columns that nothing reads: {_some(report.unmapped_columns)}", markup=False)
    if report.documents:
        table = Table("attribute", "coverage", "found", "not applicable", "not found", box=None, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
        for attribute in config.attributes:
            counts, fraction = report.statuses[attribute.name], report.coverage(attribute.name)
            name = f"{attribute.name} (required)" if attribute.required else attribute.name
            shares = [f"{counts.get(status, 0):,}" for status in ("FOUND", "NOT_APPLICABLE", "NOT_FOUND")]
            table.add_row(name, f"{fraction:.1%}" if fraction is not None else "-", *shares)
        console.print(table)
