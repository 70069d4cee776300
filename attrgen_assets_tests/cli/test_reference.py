"""docs/cli.md is what the commands say of themselves."""

import os

import typer

from attrgen_assets.cli import app
from attrgen_assets.cli.reference import reference
from attrgen_assets_tests.cli.calling import PROJECT

DOC = PROJECT / "docs" / "cli.md"


def test_the_reference_is_up_to_date() -> None:
    written = reference(app, name="attrgen")
    if os.environ.get("UPDATE_GOLDEN") == "1":
        DOC.write_text(written, encoding="utf-8")
    assert DOC.read_text(encoding="utf-8") == written, "run UPDATE_GOLDEN=1 pytest on this file and look at the change"


def test_every_command_and_option_says_what_it_does() -> None:
    def commands(command: object, path: str) -> list[tuple[str, object]]:
        children = getattr(command, "commands", {})
        below = [found for name, child in children.items() for found in commands(child, f"{path} {name}")]
        return [(path, command), *below]

    silent = []
    for path, command in commands(typer.main.get_group(app), "attrgen"):
        if not getattr(command, "help", None):
            silent.append(path)
        for parameter in getattr(command, "params", []):
            if not parameter.help:
                silent.append(f"{path} {parameter.name}")
    assert silent == []


def test_a_reference_shows_arguments_options_defaults_and_groups() -> None:
    sample = typer.Typer(help="Sample.")
    group = typer.Typer(help="A group.")
    sample.add_typer(group, name="group")

    @group.command()
    def act(
        names: list[str] = typer.Argument(metavar="NAME...", help="Names | more."),  # noqa: B008
        *,
        force: bool = typer.Option(False, "--force/--no-force", help="Force it."),
        depth: int = typer.Option(3, "--depth", "-d", metavar="N", help="How deep."),
    ) -> None:
        """Act."""

    text = reference(sample, name="tool")
    assert "## tool group act\n\nAct.\n\n```\ntool group act [OPTIONS] NAME...\n```" in text
    assert "| `NAME...` | Names \\| more. |" in text
    assert "| `--force`, `--no-force` | Force it. (default: `--no-force`) |" in text
    assert "| `--depth N`, `-d N` | How deep. (default: `3`) |" in text
