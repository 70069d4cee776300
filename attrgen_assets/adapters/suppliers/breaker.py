"""A circuit breaker: a supplier that failed several times in a row is left alone for a while.

One per supplier and process, on purpose: a process whose own network is broken must not close the suppliers to all
others, and five failures are soon seen by each.
"""

import time
from collections.abc import Callable

from attrgen_assets.domain.parts.supplier_config import Breaker


class CircuitOpen(Exception):
    """The supplier is left alone; the message says for how long and why."""


class CircuitBreaker:
    """Closed, open, or half-open: after the cool-down one request tries, and its end closes or opens it again.

    Args:
        config: how many failures, how long a cool-down.
        clock: seconds that only grow.

    >>> breaker = CircuitBreaker(Breaker(failures=1, cool_down_s=30), clock=lambda: 0.0)
    >>> breaker.enter(); breaker.failed("HTTP 500"); breaker.enter()
    Traceback (most recent call last):
    ...
    attrgen_assets.adapters.suppliers.breaker.CircuitOpen: left alone for another 30 s after 1 failures: HTTP 500
    """

    def __init__(self, config: Breaker, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._config = config
        self._clock = clock
        self._failures = 0
        self._reason = ""
        self._open_until: float | None = None
        self._probing = False

    def enter(self) -> None:
        """To be called before asking; `succeeded`, `failed` or `left` must follow. Raises CircuitOpen."""
        if self._open_until is None:
            return
        left_s = self._open_until - self._clock()
        if left_s > 0 or self._probing:
            state = f"left alone for another {left_s:.0f} s" if left_s > 0 else "one request is trying it now,"
            raise CircuitOpen(f"{state} after {self._failures} failures: {self._reason}")
        self._probing = True

    def succeeded(self) -> None:
        """It answered: all is forgotten."""
        self._failures, self._open_until, self._probing = 0, None, False

    def failed(self, reason: str) -> None:
        """It failed; with the last of `failures` in a row, or while half-open, the circuit opens."""
        self._failures += 1
        self._reason = reason
        self._probing = False
        if self._failures >= self._config.failures:
            self._open_until = self._clock() + self._config.cool_down_s

    def left(self) -> None:
        """Nobody knows whether it would have answered: another one may try."""
        self._probing = False
