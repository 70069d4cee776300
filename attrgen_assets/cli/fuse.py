"""`attrgen fuse`: one value for each attribute of each object, from sources that contradict one another."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from attrgen_assets.cli.showing import plain

if TYPE_CHECKING:
    from attrgen_assets.domain.fusion.fuse import Fusion
    from attrgen_assets.domain.reporting.calibration import Calibration
    from attrgen_assets.workflows.fuse import LeftOut

app = typer.Typer()

_SHOWN = 10  # lines named


@app.command()
def fuse(
    *,
    claims: Annotated[
        Path,
        typer.Option(
            exists=True, dir_okay=False, help="CSV: object, attribute, source, value; also confidence, observed_at."
        ),
    ],
    output: Annotated[
        Path, typer.Option(dir_okay=False, help="CSV to write: object, attribute, value, confidence, method.")
    ],
    truth: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="CSV of reviewed values: object, attribute, value.")
    ] = None,
    fields: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="YAML: kind, unit, tolerance, strategy ... per attribute."),
    ] = None,
    hierarchy: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="CSV: child, parent; a child does not contradict its parent."),
    ] = None,
    method: Annotated[
        Literal["auto", "majority", "priority", "accu", "learned"],
        typer.Option(help="auto: learned where there are reviewed values, else accu."),
    ] = "auto",
    conflicts: Annotated[Path | None, typer.Option(dir_okay=False, help="CSV to write: who disagrees.")] = None,
    decisions: Annotated[Path | None, typer.Option(dir_okay=False, help="CSV to write: reasons.")] = None,
) -> None:
    """Fuse conflicting claims into one value each, with its confidence; lines that cannot be used are told."""
    from attrgen_assets.adapters.feeds import open_feed_file
    from attrgen_assets.adapters.fusion_rules import load_fusion_rules
    from attrgen_assets.workflows.fuse import fuse_tables

    read = {"--claims": claims, "--truth": truth, "--fields": fields, "--hierarchy": hierarchy}
    _refuse_overwriting(read, {"--output": output, "--conflicts": conflicts, "--decisions": decisions})
    done = fuse_tables(
        open_feed_file(claims, format="csv"),
        truth=None if truth is None else open_feed_file(truth, format="csv"),
        hierarchy=None if hierarchy is None else open_feed_file(hierarchy, format="csv"),
        rules=None if fields is None else load_fusion_rules(fields),
        method=method,
    )
    _tell(done.left_out)
    for note in done.notes:
        typer.echo(f"note: {plain(note)}", err=True)
    fusion = done.fusion
    for path, table in ((output, fusion.values), (conflicts, fusion.conflicts), (decisions, fusion.decisions)):
        if path is not None:
            table.write_csv(path)
    typer.echo(f"{output}: {fusion.values.height:,} values, {fusion.conflicts.height:,} with conflicts")
    _show_conflicts(fusion)
    if fusion.calibration is not None and fusion.calibration.brier is not None:
        show_reliability(fusion.calibration)


def _refuse_overwriting(read: Mapping[str, Path | None], written: Mapping[str, Path | None]) -> None:
    """No file that is written is one that is read, or one that is written as well; and there is a folder for each."""
    taken = {option: path for option, path in read.items() if path is not None}
    for option, path in written.items():
        if path is None:
            continue
        for other, file in taken.items():
            if path.resolve() == file.resolve() or (path.exists() and file.exists() and path.samefile(file)):
                raise typer.BadParameter(f"{path} is also {other}; name another file", param_hint=option)
        if not path.parent.is_dir():
            raise typer.BadParameter(f"there is no folder {path.parent}; make it first", param_hint=option)
        taken[option] = path


def _tell(left_out: "Sequence[LeftOut]") -> None:
    """Lines that were not used, each with its place and the reason."""
    for one in left_out[:_SHOWN]:
        typer.echo(f"{one.file}: row {one.row_number} is left out: {plain(one.why)}", err=True)
    if len(left_out) > _SHOWN:
        typer.echo(f"{len(left_out) - _SHOWN:,} more rows are left out", err=True)


def _show_conflicts(fusion: "Fusion") -> None:
    """Which sources are most often of another opinion than the chosen value, and on what."""
    worst = fusion.disagreements.head(_SHOWN)
    if worst.height:
        typer.echo("\nsource                    attribute                 disagrees     of  share")
    for source, attribute, against, said, share in worst.iter_rows():
        typer.echo(
            f"{plain(source, limit=24):25} {plain(attribute, limit=24):25} {against:>9,} {said:>6,} {share:>6.1%}"
        )


def show_reliability(found: "Calibration") -> None:
    """Whether confidence means what it says, of values that were reviewed and held out."""
    typer.echo(f"\nBrier score {found.brier:.4f} on {found.count:,} reviewed, held out")
    typer.echo("confidence      values   mean  right")
    for one in found.bins:
        right = f"{one.right_fraction:>6.1%}"
        typer.echo(f"{one.lower:.2f} to {one.upper:.2f} {one.count:>9,} {one.mean_confidence:>6.2f} {right}")
