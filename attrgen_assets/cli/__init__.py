"""The `attrgen` command.

Every command lives in a module of its own that is imported when the command is called, and those modules import
what is heavy inside the command, so that `attrgen --help` answers at once.

Exit codes: 0 done; 1 it cannot be done as things are (the message says what to change); 2 the command line itself
is wrong; 3 a server or a disk could not serve now, and trying again may help; 130 stopped by Ctrl-C.
"""

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from attrgen_assets.cli.failures import exit_code, explain
from attrgen_assets.cli.lazy import Lazy, LazyGroup

INTERRUPTED: Final = 130  # 128 + SIGINT, as shells report it

COMMANDS: Final = {
    "run": Lazy("attrgen_assets.cli.graph"),
    "up": Lazy("attrgen_assets.cli.graph"),
    "backfill": Lazy("attrgen_assets.cli.graph"),
    "generate": Lazy("attrgen_assets.cli.generate"),
    "quarantine": Lazy("attrgen_assets.cli.quarantine", group=True),
    "review": Lazy("attrgen_assets.cli.review", group=True),
    "search": Lazy("attrgen_assets.cli.search"),
    "report": Lazy("attrgen_assets.cli.report"),
    "fuse": Lazy("attrgen_assets.cli.fuse"),
    "extractor": Lazy("attrgen_assets.cli.extractor", group=True),
    "models": Lazy("attrgen_assets.cli.models", group=True),
    "lookup": Lazy("attrgen_assets.cli.lookup"),
    "parts": Lazy("attrgen_assets.cli.parts", group=True),
    "images": Lazy("attrgen_assets.cli.images", group=True),
    "attributes": Lazy("attrgen_assets.cli.attributes", group=True),
    "analytics": Lazy("attrgen_assets.cli.analytics"),
    "suppliers": Lazy("attrgen_assets.cli.suppliers", group=True),
    "config": Lazy("attrgen_assets.cli.config", group=True),
    "bench": Lazy("attrgen_assets.cli.bench", group=True),
}
"""Every command, in the order of `--help`: what people do first comes first."""


class RootGroup(LazyGroup):
    """The root of the command line."""

    lazy_commands = COMMANDS


app = typer.Typer(
    cls=RootGroup,
    name="attrgen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _print_version(value: bool) -> None:
    if value:
        from importlib.metadata import version

        typer.echo(f"attrgen {version('attrgen')}")
        raise typer.Exit


@app.callback()
def root(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and stop.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from; may stand anywhere on the line.")
    ] = False,
) -> None:
    """Turn messy product feeds into complete, enum-valid, versioned catalogue documents."""


def main(args: Sequence[str] | None = None, *, app: typer.Typer = app) -> int:
    """Run one command line (default: the process's own) and return its exit code; see the module's docstring.

    The one place that translates errors: commands raise, and what a person reads is written here.
    """
    words, debug = _take_debug(sys.argv[1:] if args is None else args)
    try:
        code = _call(app, words)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone (`| head`): nobody is left to tell, and the flush at exit must not try.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the outermost frame: every error ends here as a message
        sys.stderr.write(explain(error, debug=debug))
        return exit_code(error)
    return code


def _take_debug(args: Sequence[str]) -> tuple[list[str], bool]:
    """Take `--debug` out from wherever it stands before a `--`."""
    words = list(args)
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return kept + words[end:], len(kept) < end


def _call(app: typer.Typer, words: list[str]) -> int:
    try:
        typer.main.get_command(app).main(args=words, prog_name="attrgen")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    return 0
