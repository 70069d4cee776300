"""Requests a second, over all processes that share a Redis.

The generic cell rate algorithm (ITU-T I.371): per supplier one number, the theoretical arrival time of the next
request, kept in Redis and moved by a script there, by the clock there. A request takes its turn at once and then waits
for it, so that nobody polls and whoever came first goes first. Where Redis is down each process keeps the limit for
itself.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.parts.supplier_config import Limit

_PREFIX: Final = "rate:1:"  # the number is that of the stored form

# KEYS[1]; ARGV: microseconds between requests, of burst on top, that the caller would wait. Numbers are written with
# %.0f because Lua's own way of writing 1.7e15 loses digits.
_TAKE: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local arrival = math.max(tonumber(redis.call('GET', KEYS[1]) or '0'), now)
local wait = math.max(arrival - tonumber(ARGV[2]) - now, 0)
if wait > tonumber(ARGV[3]) then return -wait end
arrival = arrival + tonumber(ARGV[1])
redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000) + 1000)
return wait
"""
# ARGV: microseconds of burst, microseconds for which nobody has a turn.
_HOLD: Final = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local arrival = now + tonumber(ARGV[2]) + tonumber(ARGV[1])
if arrival > tonumber(redis.call('GET', KEYS[1]) or '0') then
  redis.call('SET', KEYS[1], string.format('%.0f', arrival), 'PX', math.ceil((arrival - now) / 1000) + 1000)
end
return 0
"""


class NoTurn(Exception):
    """No turn within the time that the caller has; `wait_s` is when there would be one."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"the rate limit has no turn for another {wait_s:.1f} s")
        self.wait_s = wait_s


class RateLimiter:
    """Turns for requests.

    Args:
        shared: what other processes know; None: the limit is that of this object alone.
        clock: seconds that only grow; for the limit of this object alone.
    """

    def __init__(self, shared: SharedState | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._shared = shared or SharedState()
        self._clock = clock
        self._arrivals_us: dict[str, float] = {}

    async def take(
        self, key: str, limit: Limit, *, longest_wait_s: float, waiting: Callable[[float], None] | None = None
    ) -> float:
        """Wait for a turn; how long it was, in seconds. Raises NoTurn, at once, when it would take too long.

        waiting: told how many seconds it will be, before they begin.
        """
        interval_us = 1e6 / limit.requests_per_s
        wait_us = await self._turn(key, interval_us, (limit.burst - 1) * interval_us, longest_wait_s * 1e6)
        if wait_us < 0:
            raise NoTurn(-wait_us / 1e6)
        if wait_us > 0:
            if waiting is not None:
                waiting(wait_us / 1e6)
            await asyncio.sleep(wait_us / 1e6)
        return wait_us / 1e6

    async def hold(self, key: str, limit: Limit, *, seconds: float) -> None:
        """Nobody has a turn for so long: the supplier asked for it."""
        tolerance_us = (limit.burst - 1) * 1e6 / limit.requests_per_s
        local_us = self._clock() * 1e6 + seconds * 1e6 + tolerance_us
        self._arrivals_us[key] = max(self._arrivals_us.get(key, 0.0), local_us)
        await self._shared.run(_HOLD, _PREFIX + key, int(tolerance_us), int(seconds * 1e6))

    async def _turn(self, key: str, interval_us: float, tolerance_us: float, longest_us: float) -> float:
        told = await self._shared.run(_TAKE, _PREFIX + key, int(interval_us), int(tolerance_us), int(longest_us))
        if told is not None:
            return float(told)
        now_us = self._clock() * 1e6
        arrival_us = max(self._arrivals_us.get(key, 0.0), now_us)
        wait_us = max(arrival_us - tolerance_us - now_us, 0.0)
        if wait_us > longest_us:
            return -wait_us
        self._arrivals_us[key] = arrival_us + interval_us
        return wait_us
