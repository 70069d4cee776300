"""How texts of feeds are shown to people: they may hold anything, and a terminal obeys some of it."""

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from rich.console import Console

_STEERING: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
PIPED_WIDTH: Final = 200


def plain(text: Any, *, limit: int = 200) -> str:
    """The text in one line, without what would steer a terminal, cut at `limit` characters.

    >>> plain("a\\x1b[31mb\\nc")
    'a\\ufffd[31mb c'
    """
    shown = _STEERING.sub("\ufffd", str("" if text is None else text)).replace("\n", " ").replace("\t", " ")
    return shown if len(shown) <= limit else f"{shown[:limit]}... ({len(shown):,} characters)"


def cell(text: Any) -> str:
    """The text for a cell of a spreadsheet; one that a spreadsheet would compute gets an apostrophe in front.

    >>> cell("=HYPERLINK(1)"), cell("Red")
    ("'=HYPERLINK(1)", 'Red')
    """
    shown = "" if text is None else str(text)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def field_line(name: str, value: Any, *, unit: str | None = None, remark: str = "") -> str:
    """A line of a part's field: its name, its value with the unit, and what is to be said of it.

    >>> field_line("weight_lbs", "0.1", unit="lb", remark="[0.92]")
    '  weight_lbs                 0.1 lb  [0.92]'
    """
    told = f"{plain(value, limit=70)} {unit}" if unit else plain(value, limit=70)
    return f"  {name:26} {told}  {remark}".rstrip()


def aside(step: str) -> None:
    """A line on standard error: what goes on, beside what the command prints.

    >>> aside("trained")
    """
    import typer

    typer.echo(step, err=True)


def wide_console() -> "Console":
    """A console that prints as it is told; nothing limits a line in a file or a pipe."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PIPED_WIDTH
    return console
