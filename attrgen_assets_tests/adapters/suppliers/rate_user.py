"""A process that takes turns and prints when it had them: python rate_user.py REDIS_URL PREFIX TURNS PER_S."""

import asyncio
import sys
import time

from redis import asyncio as redis_asyncio

from attrgen_assets.adapters.suppliers.limiter import RateLimiter
from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.parts.supplier_config import Limit


async def main(url: str, prefix: str, turns: int, per_s: float) -> None:
    """Take the turns one after the other, all asked for at once."""
    limit = Limit(requests_per_s=per_s)
    async with redis_asyncio.Redis.from_url(url) as client:
        limiter = RateLimiter(SharedState(client, prefix=prefix))

        async def turn() -> float:
            await limiter.take("shop", limit, longest_wait_s=60)
            return time.time()

        moments = await asyncio.gather(*(turn() for _ in range(turns)))
    sys.stdout.write("\n".join(map(repr, moments)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
