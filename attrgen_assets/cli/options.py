"""Options that several commands share, and the settings that they change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from attrgen_assets.errors import ConfigError, Problem

if TYPE_CHECKING:  # pydantic takes a while, and `--help` needs none of it
    from attrgen_assets.settings import Settings

ConfigDir = Annotated[
    Path | None,
    typer.Option(
        "--config-dir",
        metavar="DIR",
        help="Folder with product_types/ and common/. Default: $ATTRGEN_CONFIG_DIR, else ./config, else the sample's.",
    ),
]

PartNumber = Annotated[str, typer.Argument(metavar="PART", help="Part number, such as WR55X10025.")]
DeadlineS = Annotated[
    float, typer.Option("--deadline-s", min=0.1, max=120, help="How long suppliers may take in all, in seconds.")
]


def load_settings(**overrides: Any) -> "Settings":
    """The environment's settings, with those that a command's options name (None: not given) in their place.

    Raises ConfigError that names the variable.
    """
    from pydantic import ValidationError

    from attrgen_assets.settings import Settings

    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        problems = [
            Problem("environment", None, _variable(str(problem["loc"][0])), problem["msg"], repr(problem["input"]))
            for problem in error.errors()
        ]
        raise ConfigError(problems) from error


def _variable(name: str) -> str:
    """What the setting is called in the environment."""
    return name if name.isupper() else f"ATTRGEN_{name.upper()}"


def parse_pairs(texts: list[str], *, option: str, example: str) -> dict[str, str]:
    """`name=value` texts as a dict; a usage error for anything else, and for a name given twice.

    >>> parse_pairs(["title=Product_Name"], option="--map", example="FIELD=COLUMN")
    {'title': 'Product_Name'}
    """
    pairs: dict[str, str] = {}
    for text in texts:
        name, separator, value = text.partition("=")
        if not separator or not name.strip() or not value.strip():
            raise typer.BadParameter(f"{text!r} is not of the form {example}", param_hint=option)
        if name.strip() in pairs:
            raise typer.BadParameter(f"{name.strip()!r} is given twice", param_hint=option)
        pairs[name.strip()] = value.strip()
    return pairs
