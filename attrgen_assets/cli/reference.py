"""The command reference, written from the commands themselves: docs/cli.md is its output, and a test holds it there."""

import inspect
from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

import typer

_HEAD: Final = """\
# The command line

Written from the commands themselves (`UPDATE_GOLDEN=1 pytest attrgen_assets_tests/cli/test_reference.py`).

Exit codes: 0 done; 1 it cannot be done as things are, and the message says what to change; 2 the command line itself
is wrong; 3 a server or a disk could not serve now, and trying again may help; 130 stopped by Ctrl-C.
`--debug` may stand anywhere on the line and shows where an error came from.
"""


def reference(app: typer.Typer, *, name: str) -> str:
    """Markdown of every command of `app`, groups before their commands, in the order of `--help`."""
    return "\n".join([_HEAD, *_sections(typer.main.get_group(app), name)])


def _sections(command: Any, path: str) -> Iterator[str]:
    yield _section(command, path)
    context = typer.Context(command, info_name=path)
    for child in getattr(command, "list_commands", lambda _: [])(context):
        found = command.get_command(context, child)
        if not found.hidden:
            yield from _sections(found, f"{path} {child}")


def _section(command: Any, path: str) -> str:
    parameters = [
        parameter for parameter in command.params if parameter.name != "help" and not _is_completion(parameter)
    ]
    arguments = [parameter for parameter in parameters if parameter.param_type_name == "argument"]
    options = [parameter for parameter in parameters if parameter.param_type_name == "option"]
    usage = [path, *(["[OPTIONS]"] if options else []), *map(_placeholder, arguments)]
    if hasattr(command, "commands"):
        usage.append("COMMAND")
    lines = [f"## {path}", "", inspect.cleandoc(command.help or ""), "", "```", " ".join(usage), "```", ""]
    rows = [(f"`{_placeholder(p)}`", p) for p in arguments] + [(_spelling(p), p) for p in options]
    if rows:
        lines += ["| | |", "|---|---|", *(f"| {spelling} | {_meaning(p)} |" for spelling, p in rows), ""]
    return "\n".join(lines)


def _is_completion(parameter: Any) -> bool:
    return parameter.name in ("install_completion", "show_completion")


def _placeholder(parameter: Any) -> str:
    written = parameter.metavar or parameter.name.upper()
    name = written.strip("[].")
    many = "..." if parameter.nargs == -1 or "..." in written else ""
    return f"{name}{many}" if parameter.required else f"[{name}{many}]"


def _spelling(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or option.name.upper()}"
    return ", ".join(f"`{text}{value}`" for text in (*option.opts, *option.secondary_opts))


def _meaning(parameter: Any) -> str:
    text = " ".join((getattr(parameter, "help", "") or "").split()).replace("|", "\\|")
    notes = []
    if parameter.param_type_name == "option":
        notes += ["required"] if parameter.required else []
        notes += ["may be repeated"] if getattr(parameter, "multiple", False) else []
    default = "" if parameter.required else _default(parameter)
    notes += [f"default: `{default}`"] if default else []
    return f"{text} ({'; '.join(notes)})" if notes else text


def _default(parameter: Any) -> str:
    """What holds when nothing is given, as it would be typed; "" for nothing."""
    default = parameter.default.value if isinstance(parameter.default, Enum) else parameter.default
    if isinstance(default, bool):
        choices = parameter.opts if default else parameter.secondary_opts
        return str(choices[0]) if choices else ""
    return "" if callable(default) or default in (None, (), [], "") else str(default)
