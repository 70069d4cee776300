"""The option `--result FILE` of the benches, and how a command line is noted in such a file."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from attrgen_assets.domain.reporting.results import Result

ResultFile = Annotated[
    Path | None,
    typer.Option(
        "--result", dir_okay=False, help="Write the figures to this file too, for `attrgen bench page`: <bench>.json."
    ),
]


def shown_command(name: str, options: Mapping[str, Any]) -> str:
    """The command line that was run; of paths outside of this folder only the last part, and no option that is None.

    An option with several values was given several times.

    >>> shown_command("bench matching", {"data-dir": "DATA", "seed": 7, "only": None, "result": Path("/x/m.json")})
    'attrgen bench matching --data-dir DATA --seed 7 --result m.json'
    """
    words = ["attrgen", *name.split()]
    for option, value in options.items():
        given = value if isinstance(value, list | tuple) else [] if value is None else [value]
        for one in given:
            words += [f"--{option}", _path(one) if isinstance(one, Path) else str(one)]
    return shlex.join(words)


def _path(path: Path) -> str:
    full = path.resolve()
    here = Path.cwd().resolve()
    return full.relative_to(here).as_posix() if full.is_relative_to(here) else path.name


def write_result_file(path: Path, result: "Result") -> None:
    """Write a result file, and say so on stderr, because stdout has the figures.

    Raises: ResultError for a file that is not called after its bench, or cannot be written.
    """
    from attrgen_assets.adapters.result_files import write_result

    write_result(path, result)
    typer.echo(f"{path}: written; `attrgen bench page` brings docs/accuracy.md up to date", err=True)
