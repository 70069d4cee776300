"""When an answer is of no use any more, which waiting for a turn may put off."""

import asyncio
from dataclasses import dataclass


@dataclass(slots=True)
class Deadline:
    """at: by the clock. patience_s: how far waiting for turns may still put it off. timer: what goes off at it."""

    at: float
    patience_s: float = 0.0
    timer: asyncio.Timeout | None = None

    def left_s(self, now: float) -> float:
        """Seconds until then, 0 after it."""
        return max(0.0, self.at - now)

    def put_off(self, wait_s: float) -> None:
        """A wait for a turn begins: it does not count, as far as there is patience.

        >>> deadline = Deadline(at=10.0, patience_s=60.0)
        >>> deadline.put_off(25.0)
        >>> deadline.at, deadline.patience_s
        (35.0, 35.0)
        """
        moved_s = min(wait_s, self.patience_s)
        self.at += moved_s
        self.patience_s -= moved_s
        if self.timer is not None:
            when = self.timer.when()
            self.timer.reschedule(None if when is None else when + moved_s)
