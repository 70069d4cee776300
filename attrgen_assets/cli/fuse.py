"""`attrgen fuse`: one value for each attribute of each object, from sources that contradict one another."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attrgen_assets.errors import FeedError

if TYPE_CHECKING:
    import polars as pl

app = typer.Typer()

CLAIMS = ("object", "attribute", "source", "value")
TRUTH = ("object", "attribute", "value")
_SHOWN = 10  # lines named


@app.command()
def fuse(
    *,
    claims: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="CSV: object, attribute, source, value.")],
    output: Annotated[
        Path, typer.Option(dir_okay=False, help="CSV to write: object, attribute, value, confidence, method.")
    ],
    truth: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of reviewed values: object, attribute, value.")
    ] = None,
    method: Annotated[
        Literal["auto", "majority", "priority", "accu", "learned"],
        typer.Option(help="auto: learned where there are reviewed values, else accu."),
    ] = "auto",
    conflicts: Annotated[Path | None, typer.Option(dir_okay=False, help="CSV to write: who disagrees.")] = None,
    decisions: Annotated[Path | None, typer.Option(dir_okay=False, help="CSV to write: reasons.")] = None,
) -> None:
    """Fuse conflicting claims into one value each, with its confidence."""
    from attrgen_assets.domain.fusion.fuse import fuse_claims

    said = read_table(claims, CLAIMS)
    known = None if truth is None else read_table(truth, TRUTH)
    try:
        fusion = fuse_claims(said, truth=known, method=method)
    except ValueError as error:
        raise FeedError(f"{claims}: {error}") from error
    for path, table in ((output, fusion.values), (conflicts, fusion.conflicts), (decisions, fusion.decisions)):
        if path is not None:
            table.write_csv(path)
    typer.echo(f"{output}: {fusion.values.height} values, {fusion.conflicts.height} with conflicts")
    if fusion.calibration is not None and fusion.calibration.brier is not None:
        typer.echo(f"Brier score {fusion.calibration.brier:.4f} on {fusion.calibration.count} reviewed, held out")


def read_table(path: Path, columns: tuple[str, ...]) -> "pl.DataFrame":
    """A CSV of texts with at least these columns. Raises FeedError."""
    import polars as pl

    try:
        table = pl.read_csv(path, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise FeedError(f"{path}: no CSV that can be read: {error}") from error
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise FeedError(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    return _whole(table, path, columns)


def _whole(table: "pl.DataFrame", path: Path, columns: tuple[str, ...]) -> "pl.DataFrame":
    """The lines that say of what they speak and who says so; the others are told, and left out."""
    import polars as pl

    keys = [name for name in columns if name != "value"]
    whole = pl.all_horizontal(pl.col(name).str.strip_chars().str.len_chars().fill_null(0) > 0 for name in keys)
    marked = table.with_row_index("line", offset=2).with_columns(whole=whole)
    broken = marked.filter(~pl.col("whole"))["line"].to_list()
    if broken:
        shown = ", ".join(map(str, broken[:_SHOWN])) + (" ..." if len(broken) > _SHOWN else "")
        typer.echo(f"{path}: {len(broken)} lines lack {' or '.join(keys)} and are left out: line {shown}", err=True)
    return table.filter(whole)
