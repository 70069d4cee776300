"""A progress bar on stderr while runs work; on anything but a terminal, where asked for, a line per run that ended."""

from types import TracebackType
from typing import Self

from attrgen_assets.cli.graph_results import RunResult


class RunProgress:
    """Counts steps of all runs together.

    Args:
        runs: how many there will be.
        quiet: show nothing at all.
        lines: on anything but a terminal, a line per run that ended: for runs of another process, whose logs are
            not here.
    """

    def __init__(self, *, runs: int, quiet: bool = False, lines: bool = False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
        from rich.table import Column

        self._console = Console(stderr=True, highlight=False)
        self._runs, self._ended = runs, 0
        self._prefix = ""
        self._lines = lines and not self._console.is_terminal and not quiet
        # A column of fixed width: the bar would jump with every name of a step.
        doing = TextColumn("{task.description}", table_column=Column(min_width=36, max_width=36, no_wrap=True))
        columns = (BarColumn(bar_width=24), TaskProgressColumn(), TimeElapsedColumn(), doing)
        hidden = quiet or not self._console.is_terminal
        self._bar = Progress(*columns, console=self._console, transient=True, disable=hidden)
        self._task = self._bar.add_task("", total=float(runs))

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def doing(self, text: str) -> None:
        """Say what is worked on."""
        self._bar.update(self._task, description=f"{self._prefix}{text}")

    def begin(self, product_type: str) -> None:
        """A run begins."""
        self._prefix = f"{product_type}: "
        self.doing("starting")

    def step_ended(self, fraction: float) -> None:
        """A step ended that is this part of its run, 0-1."""
        self._bar.advance(self._task, fraction)

    def ended(self, result: RunResult) -> None:
        """A run has ended, with all its steps or without."""
        self._ended += 1
        self._bar.update(self._task, completed=self._ended)
        if self._lines:
            state = "done" if result.ok else "failed"
            self._console.print(f"{result.product_type}: {state} in {result.seconds:.1f} s", markup=False)
