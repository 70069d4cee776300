"""Commands that are imported when they are called."""

from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup


@dataclass(frozen=True, slots=True)
class Lazy:
    """Where a command is: `module` has a Typer called `app`.

    With `group` the whole app is the command (`attrgen config ...`); without it, the app's command of the same name.
    """

    module: str
    group: bool = False

    def load(self, name: str) -> Any:
        """Import the module and return its command."""
        group = typer.main.get_group(import_module(self.module).app)
        group.name = name
        return group if self.group else group.commands[name]


class LazyCommands(MutableMapping[str, Any]):
    """Commands by name, each imported when it is first asked for."""

    def __init__(self, lazy: dict[str, Lazy]) -> None:
        self._lazy = lazy
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = self._lazy[name].load(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._lazy, **self._loaded})

    def __len__(self) -> int:
        return len({**self._lazy, **self._loaded})


class LazyGroup(TyperGroup):
    """A group whose commands are those of `lazy_commands`."""

    lazy_commands: ClassVar[dict[str, Lazy]] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = LazyCommands(self.lazy_commands)

    def invoke(self, ctx: Any) -> Any:
        """Call the command; Ctrl-C ends with 130 in every release of typer."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise typer.Exit(130) from stop
