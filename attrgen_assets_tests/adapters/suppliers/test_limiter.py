"""One limit for all processes; and a limiter without Redis is still a limiter."""

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from redis import asyncio as redis_asyncio

from attrgen_assets.adapters.suppliers.access import sandbox_access
from attrgen_assets.adapters.suppliers.gateway import Access, open_suppliers
from attrgen_assets.adapters.suppliers.limiter import NoTurn, RateLimiter
from attrgen_assets.adapters.suppliers.sandbox.app import STATS_PATH
from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox
from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.parts.supplier_config import Limit
from attrgen_assets_tests.adapters.suppliers.asking import configs

PROJECT = Path(__file__).resolve().parents[3]


def test_several_processes_stay_under_one_limit_together(redis_url: str) -> None:
    turns, per_s = 20, 30.0
    words = [
        sys.executable,
        "-m",
        "attrgen_assets_tests.adapters.suppliers.rate_user",
        redis_url,
        f"test:{uuid4().hex}:",
    ]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    users = [
        subprocess.Popen([*words, str(turns), str(per_s)], stdout=subprocess.PIPE, text=True, env=environment)
        for _ in range(3)
    ]
    moments = sorted(float(line) for user in users for line in user.communicate(timeout=120)[0].split())
    assert [user.returncode for user in users] == [0, 0, 0]
    assert len(moments) == 3 * turns
    # A turn may be late on a busy machine, and then two come close together; the whole cannot be too early.
    assert moments[-1] - moments[0] > (3 * turns - 1) / per_s * 0.8
    in_any_second = max(sum(start <= other < start + 1 for other in moments) for start in moments)
    assert in_any_second <= per_s * 1.35


@pytest.mark.parametrize("shared", [True, False], ids=["redis", "alone"])
def test_burst_refusal_and_hold(shared: bool, redis_url: str) -> None:
    limit = Limit(requests_per_s=2, burst=3)

    async def run() -> list[float]:
        client = redis_asyncio.Redis.from_url(redis_url) if shared else None
        limiter = RateLimiter(SharedState(client, prefix=f"test:{uuid4().hex}:"))
        waits = [await limiter.take("shop", limit, longest_wait_s=0.0) for _ in range(3)]
        with pytest.raises(NoTurn) as refused:
            await limiter.take("shop", limit, longest_wait_s=0.0)
        await limiter.hold("shop", limit, seconds=5)
        with pytest.raises(NoTurn) as held:
            await limiter.take("shop", limit, longest_wait_s=1)
        if client is not None:
            await client.aclose()
        return [*waits, refused.value.wait_s, held.value.wait_s]

    *waits, refused_s, held_s = asyncio.run(run())
    assert waits == [0.0, 0.0, 0.0]
    assert 0 < refused_s <= 0.5
    assert 4 < held_s <= 5


def test_a_redis_that_is_down_costs_the_sharing_alone() -> None:
    async def run() -> tuple[float, float]:
        client = redis_asyncio.Redis.from_url("redis://127.0.0.1:9/0", socket_connect_timeout=1)
        limiter = RateLimiter(SharedState(client))
        started = time.monotonic()
        for _ in range(5):
            await limiter.take("shop", Limit(requests_per_s=20), longest_wait_s=10)
        await limiter.hold("shop", Limit(requests_per_s=20), seconds=3)
        with pytest.raises(NoTurn) as held:
            await limiter.take("shop", Limit(requests_per_s=20), longest_wait_s=0)
        await client.aclose()
        return time.monotonic() - started, held.value.wait_s

    elapsed_s, held_s = asyncio.run(run())
    assert elapsed_s >= 4 / 20
    assert 2 < held_s <= 3


def test_two_gateways_stay_under_a_suppliers_limit_as_the_supplier_counts(redis_url: str) -> None:
    limit = Limit(requests_per_s=20, burst=1)
    prefix = f"test:{uuid4().hex}:"

    async def run(url: str) -> dict[str, int]:
        access = {
            name: Access(secrets=reach.secrets, base_url=reach.base_url, limit=limit)
            for name, reach in sandbox_access(url).items()
        }
        shipped = [config for config in configs() if config.supplier == "encompass"]
        options: dict[str, Any] = {"redis_url": redis_url, "redis_timeout_s": 10, "prefix": prefix}
        async with open_suppliers(shipped, access, **options) as one, open_suppliers(shipped, access, **options) as two:
            jobs = [suppliers.ask_all("WR55X10025", deadline_s=60) for suppliers in (one, two) for _ in range(5)]
            answers = await asyncio.gather(*jobs)
        assert {answer.outcome for [answer] in answers} == {"ok"}
        async with httpx.AsyncClient() as http:
            counted: dict[str, int] = (await http.get(url + STATS_PATH)).json()["most_in_one_second"]
            return counted

    with running_sandbox(latency_ms=0, parts=20) as url:
        most = asyncio.run(run(url))["encompass"]
    assert most <= 20 * 1.35  # a busy machine may deliver two turns close together
