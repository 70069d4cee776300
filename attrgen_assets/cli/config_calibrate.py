"""`attrgen config calibrate`: from listings labelled by hand to a calibration that configs can extend."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from attrgen_assets.domain.product_types.trust import Calibration


def calibration_text(*, gold: Path, data_dir: Path, part: str) -> str:
    """A common file with the calibration; raises typer.BadParameter where the gold set has no answer to count."""
    from attrgen_assets.adapters.result_files import files_sha256
    from attrgen_assets.cli.bench_accuracy import AccuracyBench
    from attrgen_assets.domain.attributes.confidence import fit_calibration
    from attrgen_assets.wiring import utc_now

    bench = AccuracyBench(gold=gold, data_dir=data_dir, part=part, scores_only=True)
    given = [one for answers in bench.answers for one in answers.judged if one.is_given]
    fitted = fit_calibration((one.attribute, one.confidence or 0.0, not one.is_miss) for one in given)
    if fitted is None:
        raise typer.BadParameter(f"{gold}: no value was given to a listing of part {part!r}, so there is none to count")
    [digest] = files_sha256([gold], relative_to=gold.parent).values()
    listings = sum(answers.listings for answers in bench.answers)
    lines = (
        "# What a gold set shows of scores: how many of the values with a score are right. Written by a command, from",
        f"# {listings} listings ({part}) of {gold.name} (SHA-256 {digest[:16]}...), {utc_now():%Y-%m-%d}:",
        "#   attrgen config calibrate --gold GOLD --data-dir DIR",
        *_block(fitted),
    )
    return "\n".join(lines) + "\n"


def _block(fitted: "Calibration") -> Iterator[str]:
    """The calibration as YAML, a line per attribute, so that a later one is easy to compare."""
    yield "calibration:"
    yield f"  curve: [{', '.join(f'[{score:g}, {precision:g}]' for score, precision in fitted.curve)}]"
    yield "  attributes:"
    for name, one in fitted.attributes.items():
        yield f"    {name}: {{given: {one.given}, right: {one.right}, expected: {one.expected:g}}}"
