"""A breaker alone, and several of them over one Redis."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from uuid import uuid4

import pytest
from redis import asyncio as redis_asyncio

from attrgen_assets.adapters.suppliers.breaker import CircuitBreaker, CircuitOpen
from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.parts.supplier_config import Breaker

FIVE = Breaker(failures=5, cool_down_s=60)


async def fail(breaker: CircuitBreaker, times: int = 1) -> None:
    """Ask and fail."""
    for _ in range(times):
        await breaker.failed(await breaker.enter(), "HTTP 500")


@asynccontextmanager
async def two(url: str, config: Breaker = FIVE) -> AsyncIterator[tuple[CircuitBreaker, CircuitBreaker, Any]]:
    """Two processes' breakers of one supplier, and what expires the cool-down as if it had passed."""
    prefix = f"test:{uuid4().hex}:"
    async with redis_asyncio.Redis.from_url(url) as one, redis_asyncio.Redis.from_url(url) as other:

        async def cool() -> None:
            await one.hset(f"{prefix}breaker:1:shop", "open_until", "1")

        first, second = (
            CircuitBreaker(config, name="shop", shared=SharedState(client, prefix=prefix)) for client in (one, other)
        )
        yield first, second, cool


def run(work: Callable[[CircuitBreaker, CircuitBreaker, Any], Awaitable[None]], url: str) -> None:
    """`work` with two breakers over one Redis."""

    async def opened() -> None:
        async with two(url) as (first, second, cool):
            await work(first, second, cool)

    asyncio.run(opened())


@contextmanager
def is_open(said: str) -> Iterator[None]:
    """That the block is refused."""
    with pytest.raises(CircuitOpen, match=said):
        yield


def test_half_open_lets_one_through_and_its_end_decides() -> None:
    now = [0.0]
    breaker = CircuitBreaker(Breaker(failures=2, cool_down_s=10), clock=lambda: now[0])

    async def work() -> None:
        await fail(breaker, 2)
        with is_open("another 10 s after 2 failures: HTTP 500"):
            await breaker.enter()
        now[0] = 11
        entry = await breaker.enter()
        with is_open("one request is trying it now"):
            await breaker.enter()
        await breaker.left(entry)  # it was cancelled: the next one may try
        await breaker.failed(await breaker.enter(), "HTTP 503")
        with is_open("HTTP 503"):
            await breaker.enter()
        now[0] = 30
        await breaker.succeeded(await breaker.enter())
        assert not (await breaker.enter()).probing
        assert not (await breaker.enter()).failures

    asyncio.run(work())


def test_failures_of_two_processes_open_it_for_both(redis_url: str) -> None:
    async def work(first: CircuitBreaker, second: CircuitBreaker, _: Any) -> None:
        await fail(first, 3)
        await fail(second, 2)
        said = await asyncio.gather(first.enter(), second.enter(), return_exceptions=True)
        assert all(isinstance(one, CircuitOpen) for one in said)
        assert all(re.search(r"another \d+ s after 5 failures: HTTP 500", str(one)) for one in said)

    run(work, redis_url)


def test_an_answer_to_one_process_ends_the_row_for_both(redis_url: str) -> None:
    async def work(first: CircuitBreaker, second: CircuitBreaker, _: Any) -> None:
        await fail(first, 4)
        await second.succeeded(await second.enter())
        await fail(first, 4)
        assert (await second.enter()).failures == 4

    run(work, redis_url)


def test_one_process_tries_it_after_the_cool_down_and_closes_it_for_both(redis_url: str) -> None:
    async def work(first: CircuitBreaker, second: CircuitBreaker, cool: Any) -> None:
        await fail(first, 5)
        await cool()
        tried = await asyncio.gather(first.enter(), second.enter(), return_exceptions=True)
        [entry] = [one for one in tried if not isinstance(one, BaseException)]
        [refused] = [one for one in tried if isinstance(one, CircuitOpen)]
        assert "one request is trying it now" in str(refused)
        await first.left(entry)
        entry = await second.enter()
        assert entry.probing
        await second.failed(entry, "HTTP 503")
        with is_open("after 6 failures: HTTP 503"):
            await first.enter()
        await cool()
        await first.succeeded(await first.enter())
        assert [(await breaker.enter()).failures for breaker in (first, second)] == [0, 0]

    run(work, redis_url)


def test_without_redis_each_process_counts_for_itself() -> None:
    async def work() -> None:
        async with two("redis://127.0.0.1:9/0") as (first, second, _):
            await fail(first, 5)
            with is_open("after 5 failures"):
                await first.enter()
            assert (await second.enter()).failures == 0

    asyncio.run(work())
