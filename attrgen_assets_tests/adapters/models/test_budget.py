"""Caps stop: for a record, for a day, for processes at once, and where Redis is down."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from attrgen_assets.adapters.models.budget import Caps, RecordBudget, RunBudget, Spend
from attrgen_assets.adapters.models.redis_budget import RedisBudget
from attrgen_assets.errors import BudgetSpent

PROJECT = Path(__file__).resolve().parents[3]
DAY = datetime(2026, 1, 1, 23, 59, tzinfo=UTC)


def caps(tokens: int, cost: float | None = None) -> Caps:
    """Caps of a day."""
    return Caps(max_tokens=tokens, max_cost=cost, whose="a day", variables="ATTRGEN_LLM_DAILY_MAX")


def with_redis(url: str, work: Callable[[Any], Awaitable[None]]) -> None:
    """Do the work with a client of a Redis."""

    async def run() -> None:
        client = Redis.from_url(url, socket_timeout=10, socket_connect_timeout=1)
        try:
            await work(client)
        finally:
            await client.aclose()

    asyncio.run(run())


def test_processes_at_once_spend_no_more_than_the_cap_together(redis_url: str) -> None:
    words = [
        sys.executable,
        "-m",
        "attrgen_assets_tests.adapters.models.budget_user",
        redis_url,
        f"test:{uuid4().hex}:",
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    users = [
        subprocess.Popen([*words, "10000", "7"], stdout=subprocess.PIPE, text=True, env=environment) for _ in range(2)
    ]
    got = [int(user.communicate(timeout=120)[0]) for user in users]
    assert [user.returncode for user in users] == [0, 0]
    assert sum(got) == 10_000 // 7 * 7, "all of it, and nothing beyond it"


def test_two_clients_in_turn_keep_caps_on_tokens_and_cost_and_settling_gives_back(redis_url: str) -> None:
    prefix = f"test:{uuid4().hex}:"

    async def work(redis: Any) -> None:
        one, other = (RedisBudget(redis, caps=caps(100, 1.0), now=lambda: DAY, prefix=prefix) for _ in range(2))
        aside = await one.reserve(Spend(80, 0.2))
        with pytest.raises(BudgetSpent, match="80 tokens spent or set aside, the next call may take 30"):
            await other.reserve(Spend(30, 0.1))
        await one.settle(aside, Spend(10, 0.05))
        held = await other.reserve(Spend(30, 0.9))
        with pytest.raises(BudgetSpent, match=r"a cost of 0\.9500 .* may take 0\.0501"):
            await one.reserve(Spend(1, 0.0501))
        await one.reserve(Spend(1, 0.05))
        await other.settle(held, Spend(500, 0.0))  # a service that took more than it may: nothing is left
        with pytest.raises(BudgetSpent, match="511 tokens"):
            await one.reserve(Spend(1, 0.0))
        assert 0 < await redis.ttl(f"{prefix}2026-01-01") <= 3 * 24 * 3600

    with_redis(redis_url, work)


def test_a_new_day_has_a_new_budget_and_a_call_is_settled_on_the_day_that_it_began(redis_url: str) -> None:
    now = [DAY]
    prefix = f"test:{uuid4().hex}:"

    async def work(redis: Any) -> None:
        budget = RedisBudget(redis, caps=caps(100), now=lambda: now[0], prefix=prefix)
        aside = await budget.reserve(Spend(100))
        now[0] += timedelta(minutes=2)
        await budget.settle(aside, Spend(60))
        await budget.reserve(Spend(100))
        assert await redis.hget(f"{prefix}2026-01-01", "tokens") == b"60"
        assert await redis.hget(f"{prefix}2026-01-02", "tokens") == b"100"

    with_redis(redis_url, work)


def test_without_redis_the_cap_is_kept_by_the_process_and_that_is_told_once() -> None:
    async def work(redis: Any) -> None:
        budget = RedisBudget(redis, caps=caps(100), now=lambda: DAY)
        aside = await budget.reserve(Spend(60))
        await budget.settle(aside, Spend(50))
        await budget.reserve(Spend(50))
        with pytest.raises(BudgetSpent):
            await budget.reserve(Spend(1))
        assert "kept by this process alone" in budget.note

    with capture_logs() as logs:
        with_redis("redis://127.0.0.1:9/0", work)
    assert [log["event"] for log in logs] == ["the daily budget of language models is kept by this process alone"]


def test_a_redis_that_goes_down_leaves_what_this_process_has_spent(redis_url: str) -> None:
    now_s = [0.0]

    async def work(redis: Any) -> None:
        budget = RedisBudget(
            redis, caps=caps(100), now=lambda: DAY, prefix=f"test:{uuid4().hex}:", clock=lambda: now_s[0]
        )
        await budget.settle(await budget.reserve(Spend(80)), Spend(80))
        assert budget.note == ""
        pool, redis.connection_pool = redis.connection_pool, Redis(port=9, socket_connect_timeout=1).connection_pool
        with pytest.raises(BudgetSpent):
            await budget.reserve(Spend(30))
        local = await budget.reserve(Spend(20))
        redis.connection_pool, now_s[0] = pool, 60.0
        await budget.settle(local, Spend(15))
        assert budget.note == ""
        with pytest.raises(BudgetSpent, match="95 tokens"):
            await budget.reserve(Spend(6))

    with capture_logs():
        with_redis(redis_url, work)


def test_a_record_has_a_cap_of_its_own_for_all_models_together() -> None:
    async def work() -> None:
        shared = RunBudget(max_calls=9, max_tokens=150)
        budget = RecordBudget(caps=Caps(max_tokens=100, max_cost=0.5, whose="a record", variables="X"), shared=shared)
        first, second = await asyncio.gather(
            budget.reserve(Spend(60, 0.1)), budget.reserve(Spend(60, 0.1)), return_exceptions=True
        )
        assert isinstance(second, BudgetSpent)
        assert not isinstance(first, BaseException)
        await budget.settle(first, Spend(40, 0.1))
        assert (budget.tokens, shared.tokens, shared.calls) == (40, 40, 1)
        with pytest.raises(BudgetSpent, match="a record may spend"):
            await budget.reserve(Spend(1, 0.41))
        other = RecordBudget(caps=caps(1_000), shared=shared)
        with pytest.raises(BudgetSpent, match="ATTRGEN_LLM_MAX_TOKENS"):
            await other.reserve(Spend(140))
        assert other.tokens == 0, "what the shared budget refused is not kept aside"

    asyncio.run(work())
