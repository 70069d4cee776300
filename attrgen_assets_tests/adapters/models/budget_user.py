"""A process that spends as much of a daily budget as it gets (a program, not a test).

arguments: redis URL, prefix, most tokens a day, tokens of a call. stdout: how many tokens it could reserve.
"""

import asyncio
import sys
from datetime import UTC, datetime

from redis.asyncio import Redis

from attrgen_assets.adapters.models.budget import Caps, Spend
from attrgen_assets.adapters.models.redis_budget import RedisBudget
from attrgen_assets.errors import BudgetSpent

DAY = datetime(2026, 1, 1, tzinfo=UTC)


async def spend(url: str, prefix: str, most: int, each: int) -> int:
    """Twenty askers at once, each until nothing is left."""
    caps = Caps(max_tokens=most, max_cost=None, whose="a day", variables="ATTRGEN_LLM_DAILY_MAX")
    redis = Redis.from_url(url, socket_timeout=10)
    budget = RedisBudget(redis, caps=caps, now=lambda: DAY, prefix=prefix)
    got = 0

    async def ask() -> None:
        nonlocal got
        while True:
            try:
                aside = await budget.reserve(Spend(each, 0.0))
            except BudgetSpent:
                return
            got += each
            await budget.settle(aside, Spend(each, 0.0))

    await asyncio.gather(*(ask() for _ in range(20)))
    await redis.aclose()
    return got


if __name__ == "__main__":
    print(asyncio.run(spend(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))))  # noqa: T201 - the answer
