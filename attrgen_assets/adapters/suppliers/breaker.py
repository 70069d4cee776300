"""A circuit breaker: a supplier that failed several times in a row is left alone for a while, by all processes.

Failures in a row are counted over all processes that share a Redis, so that any answer that one of them gets closes
the circuit for all. Where Redis is down each process goes by what it saw itself.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.parts.supplier_config import Breaker

_PROBE_S: Final = 30.0  # longer than any supplier may take: a process that was killed while it tried blocks no other
_FORGET_S: Final = 3_600.0  # failures so far apart are not in a row

# Answers: microseconds for which it is left alone (-1: somebody is trying it now; 0: enter), failures, the last one's
# reason, 1 where the caller is the one who tries. ARGV: microseconds that a try may take.
_ENTER: Final = """
local known = redis.call('HMGET', KEYS[1], 'failures', 'reason', 'open_until', 'probe_until')
local failures, reason, open_until = tonumber(known[1] or '0'), known[2] or '', tonumber(known[3] or '0')
if open_until == 0 then return {0, failures, reason, 0} end
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
if open_until > now then return {open_until - now, failures, reason, 0} end
if tonumber(known[4] or '0') > now then return {-1, failures, reason, 0} end
redis.call('HSET', KEYS[1], 'probe_until', string.format('%.0f', now + tonumber(ARGV[1])))
return {0, failures, reason, 1}
"""
# ARGV: the reason, failures that open it, microseconds for which it then is open, milliseconds of memory.
_FAIL: Final = """
local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
redis.call('HSET', KEYS[1], 'reason', ARGV[1])
redis.call('HDEL', KEYS[1], 'probe_until')
if failures >= tonumber(ARGV[2]) then
  local clock = redis.call('TIME')
  local open_until = clock[1] * 1000000 + clock[2] + tonumber(ARGV[3])
  redis.call('HSET', KEYS[1], 'open_until', string.format('%.0f', open_until))
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0
"""
_SUCCEED: Final = "return redis.call('DEL', KEYS[1])"
_LEAVE: Final = "return redis.call('HDEL', KEYS[1], 'probe_until')"


class CircuitOpen(Exception):
    """The supplier is left alone; the message says for how long and why."""

    def __init__(self, left_s: float, failures: int, reason: str) -> None:
        state = f"left alone for another {left_s:.0f} s" if left_s > 0 else "one request is trying it now,"
        super().__init__(f"{state} after {failures} failures: {reason}")


@dataclass(frozen=True, slots=True)
class Entry:
    """That a supplier may be asked. failures: in a row before. probing: this request tries it, and no other does."""

    failures: int = 0
    probing: bool = False


class CircuitBreaker:
    """Closed, open, or half-open: after the cool-down one request tries, and its end closes or opens it again.

    Args:
        config: how many failures, how long a cool-down.
        name: the supplier's.
        shared: what other processes know.
        clock: seconds that only grow; for what this process sees itself.
    """

    def __init__(
        self,
        config: Breaker,
        *,
        name: str = "",
        shared: SharedState | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._config = config
        self._key = f"breaker:1:{name}"  # the number is that of the stored form
        self._shared = shared or SharedState()
        self._clock = clock
        self._failures = 0
        self._reason = ""
        self._open_until: float | None = None
        self._probing = False

    async def enter(self) -> Entry:
        """To be called before asking; `succeeded`, `failed` or `left` must follow. Raises CircuitOpen."""
        told = await self._shared.run(_ENTER, self._key, int(_PROBE_S * 1e6))
        if told is None:
            return self._enter_alone()
        left_us, failures, reason, probing = told
        if left_us:
            raise CircuitOpen(left_us / 1e6, failures, reason.decode())
        return Entry(failures, bool(probing))

    async def succeeded(self, entry: Entry) -> None:
        """It answered: all is forgotten."""
        self._failures, self._open_until, self._probing = 0, None, False
        if entry.failures:
            await self._shared.run(_SUCCEED, self._key)

    async def failed(self, entry: Entry, reason: str) -> None:
        """It failed; with the last of `failures` in a row, or while half-open, the circuit opens."""
        self._failures += 1
        self._reason = reason
        self._probing = self._probing and not entry.probing
        if self._failures >= self._config.failures:
            self._open_until = self._clock() + self._config.cool_down_s
        cool_down_s = self._config.cool_down_s
        memory_ms = int(1e3 * max(_FORGET_S, 2 * cool_down_s))
        await self._shared.run(_FAIL, self._key, reason[:500], self._config.failures, int(cool_down_s * 1e6), memory_ms)

    async def left(self, entry: Entry) -> None:
        """Nobody knows whether it would have answered: another one may try."""
        if entry.probing:
            self._probing = False
            await self._shared.run(_LEAVE, self._key)

    def _enter_alone(self) -> Entry:
        if self._open_until is None:
            return Entry(self._failures)
        left_s = self._open_until - self._clock()
        if left_s > 0 or self._probing:
            raise CircuitOpen(max(left_s, 0.0), self._failures, self._reason)
        self._probing = True
        return Entry(self._failures, probing=True)
