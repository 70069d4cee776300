"""What processes that ask the same suppliers know together, in Redis: changed there by scripts, by the clock there.

A Redis that is down costs the sharing and nothing else: each process then knows what it sees itself, the log says so
once, and after a while Redis is tried again.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

_AT_ONCE: Final = 32  # a script takes Redis 0.1 ms; whoever waits here is not waiting for Redis
_COOL_DOWN_S: Final = 5.0


class SharedState:
    """Runs scripts on keys of one prefix.

    Args:
        redis: a client of redis.asyncio; None: nothing is shared.
        prefix: of all keys, so that several installations can share a Redis.
        cool_down_s: how long Redis is left alone after a fault.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        redis: Any = None,
        *,
        prefix: str = "attrgen:",
        cool_down_s: float = _COOL_DOWN_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._cool_down_s = cool_down_s
        self._clock = clock
        self._down_until = 0.0 if redis is not None else float("inf")
        self._warned = False
        self._scripts: dict[str, Any] = {}
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def run(self, script: str, key: str, *args: float | str) -> Any:
        """What the Lua script answers about one key; None where nothing is shared now."""
        if self._clock() < self._down_until:
            return None
        if script not in self._scripts:
            self._scripts[script] = self._redis.register_script(script)
        try:
            async with self._turns:
                return await self._scripts[script](keys=[self._prefix + key], args=args)
        except (RedisError, OSError) as error:
            self._down_until = self._clock() + self._cool_down_s
            self._warn(error)
            return None

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            structlog.get_logger(__name__).warning(
                "limits and failures of suppliers are known to this process alone",
                reason=f"{type(error).__name__}: {error}",
                consequence="several processes together may exceed a supplier's limit",
                next_try_s=self._cool_down_s,
            )
