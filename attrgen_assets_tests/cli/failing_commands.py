"""Commands that end in every way a command can end."""

from collections.abc import Callable

import typer

from attrgen_assets.errors import ConfigError, NotFoundError, Problem, StoreUnavailable

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)


def _interrupt() -> None:
    raise KeyboardInterrupt


def _fail(error: Exception) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def _exit_seven() -> None:
    raise typer.Exit(7)


WAYS: dict[str, Callable[[], None]] = {
    "fine": lambda: typer.echo("done"),
    "seven": _exit_seven,
    "terminal": _fail(NotFoundError("no such row")),
    "config": _fail(ConfigError([Problem("b.yaml", 2, "k", "bad"), Problem("a.yaml", 1, "k", "worse")])),
    "transient": _fail(StoreUnavailable("MongoDB does not answer")),
    "defect": _fail(ZeroDivisionError("division by zero")),
    "permission": _fail(PermissionError(13, "Permission denied", "/x/y")),
    "interrupt": _interrupt,
}
for name, way in WAYS.items():
    app.command(name)(way)


@app.command()
def numbers() -> None:
    """Write more than a pipe holds."""
    for number in range(100_000):
        typer.echo(number)
