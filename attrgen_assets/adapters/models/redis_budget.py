"""What may be spent a day by all processes that share a Redis.

One hash a day: tokens, and cost in millionths, both as whole numbers. A script checks and adds in one step, so that
processes at once cannot overspend together. What a call may take is added before it and corrected after it; a process
that dies in between leaves it spent, which errs on the safe side. A Redis that is down is told once, and each process
then keeps the same cap for itself, counting what it has spent already: never no cap.
"""

import math
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from attrgen_assets.adapters.models.budget import Caps, DailyBudget, Reservation, Spend
from attrgen_assets.errors import BudgetSpent

BUDGET_PREFIX: Final = "attrgen:llm-budget:1:"  # the number is that of the stored form
_MICRO: Final = 1_000_000
_LIFE_S: Final = 3 * 24 * 3600  # a day is over after one; the rest is for who looks at what was spent

# KEYS[1]; ARGV: tokens, cost, most tokens, most cost (negative: no cap), seconds of life. Answers whether it was
# added, and what was spent before. Numbers are written with %.0f because Lua's own way loses digits.
_RESERVE: Final = """
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or '0')
local cost = tonumber(redis.call('HGET', KEYS[1], 'cost') or '0')
local enough = tokens + ARGV[1] <= tonumber(ARGV[3])
if tonumber(ARGV[4]) >= 0 and cost + ARGV[2] > tonumber(ARGV[4]) then enough = false end
if enough then
  redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
  redis.call('HINCRBY', KEYS[1], 'cost', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return {enough and 1 or 0, string.format('%.0f', tokens), string.format('%.0f', cost)}
"""
# KEYS[1]; ARGV: tokens and cost to add (or take away), seconds of life.
_SETTLE: Final = """
redis.call('HINCRBY', KEYS[1], 'tokens', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'cost', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 0
"""


class RedisBudget:
    """The Budget of all processes together.

    Args:
        redis: a client of redis.asyncio, with timeouts.
        now: UTC, for the day.
        prefix: of all keys, so that several installations can share a Redis.
        cool_down_s: how long Redis is left alone after a fault.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        redis: Any,
        *,
        caps: Caps,
        now: Callable[[], datetime],
        prefix: str = BUDGET_PREFIX,
        cool_down_s: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._caps = caps
        self._local = DailyBudget(caps, now)
        self._prefix = prefix
        self._cool_down_s = cool_down_s
        self._clock = clock
        self._down_until: float | None = None
        self._fault = ""
        self._reserve = redis.register_script(_RESERVE)
        self._settle = redis.register_script(_SETTLE)

    @property
    def note(self) -> str:
        """Why the cap is that of this process alone; empty where it is shared."""
        return f"the daily cap is kept by this process alone: {self._fault}" if self._fault else ""

    async def reserve(self, most: Spend) -> Reservation:
        """Set aside of what all processes may spend today. Raises BudgetSpent."""
        day, cap = self._local.today, self._caps.max_cost
        caps = [self._caps.max_tokens, -1 if cap is None else math.floor(cap * _MICRO + 0.5)]
        answer = await self._run(self._reserve, day, [most.tokens, _micro(most), *caps, _LIFE_S])
        if answer is None:
            return await self._local.reserve(most)
        enough, tokens, cost = int(answer[0]), int(answer[1]), int(answer[2]) / _MICRO
        if not enough:
            self._caps.check(Spend(tokens, cost), most)
            raise BudgetSpent(f"{self._caps.whose} has nothing left ({self._caps.variables}_TOKENS, _COST)")
        self._local.add(most, day=day)
        return Reservation(most, day, shared=True)

    async def settle(self, reservation: Reservation, used: Spend) -> None:
        """Correct what was set aside to what was used; where Redis does not answer, it stays spent there."""
        await self._local.settle(reservation, used)
        held = reservation.most if reservation.shared else Spend()
        change = [used.tokens - held.tokens, _micro(used) - _micro(held), _LIFE_S]
        await self._run(self._settle, reservation.day, change)

    async def _run(self, script: Any, day: str, arguments: list[int]) -> Any:
        """The script's answer; None where Redis is down."""
        if self._down_until is not None and self._clock() < self._down_until:
            return None
        try:
            answer = await script(keys=[self._prefix + day], args=arguments)
        except (RedisError, OSError) as error:
            self._go_down(error)
            return None
        self._down_until, self._fault = None, ""
        return answer

    def _go_down(self, error: Exception) -> None:
        if self._down_until is None:
            structlog.get_logger(__name__).warning(
                "the daily budget of language models is kept by this process alone",
                reason=f"{type(error).__name__}: {error}",
                consequence="several processes together may spend more than the cap, each no more than the cap",
            )
        self._down_until = self._clock() + self._cool_down_s
        self._fault = f"Redis does not answer ({type(error).__name__})"


def _micro(spend: Spend) -> int:
    """Millionths, rounded up: a cap is kept to the last digit."""
    return math.ceil(spend.cost * _MICRO - 1e-6)
