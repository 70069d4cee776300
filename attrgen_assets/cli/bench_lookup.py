"""The figures of `attrgen bench lookup`: lookups against a sandbox of suppliers in a process of its own."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
    from attrgen_assets.workflows.bench_lookup import LookupLoad
    from attrgen_assets.workflows.lookup import LookupPorts

_DATABASE: Final = "attrgen_bench"
_DEADLINE_S: Final = 10.0
OVER_SLOWEST_MS: Final = 100.0
PER_MINUTE: Final = 1_000.0
P95_MS: Final = 2_000.0
WARM_P95_MS: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupBench:
    """What is measured.

    single: lookups one at a time, and as many from the cache. users, per_minute, seconds: of the steady load.
    unpaced: lookups by as many users without pauses. latency_ms: of every answer of the sandbox.
    """

    single: int = 60
    users: int = 100
    per_minute: float = 1_050.0
    seconds: float = 60.0
    unpaced: int = 1_000
    latency_ms: float = 200.0
    parts: int = 5_000
    seed: int = 17

    @property
    def steady(self) -> int:
        """Lookups of the steady load."""
        return round(self.per_minute * self.seconds / 60)


def lookup(
    *,
    single: Annotated[int, typer.Option(min=1, help="Lookups one at a time.")] = 60,
    users: Annotated[int, typer.Option(min=1, help="Users at once under load.")] = 100,
    per_minute: Annotated[float, typer.Option(min=1, help="Parts a minute of the steady load.")] = 1_050.0,
    seconds: Annotated[float, typer.Option(min=1, help="Length of the steady load.")] = 60.0,
    unpaced: Annotated[int, typer.Option(min=1, help="Lookups by users without pauses.")] = 1_000,
    latency_ms: Annotated[float, typer.Option(min=0, help="Of every answer of the suppliers' sandbox.")] = 200.0,
    parts: Annotated[int, typer.Option(min=10, help="How many parts the sandbox has.")] = 5_000,
    seed: Annotated[int, typer.Option(help="Of the sandbox's catalogue.")] = 17,
) -> None:
    """Lookups of parts at a sandbox of suppliers: one at a time, from the cache, by many users; and lost sessions."""
    import asyncio
    import tempfile

    bench = LookupBench(
        single=single, users=users, per_minute=per_minute, seconds=seconds, unpaced=unpaced, latency_ms=latency_ms,
        parts=parts, seed=seed,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="attrgen-bench-") as folder:
        typer.echo(json.dumps(asyncio.run(bench_lookup(bench, Path(folder))), indent=2))


async def bench_lookup(bench: LookupBench, folder: Path) -> dict[str, Any]:
    """All loads, one after another, over servers whose data lies in the folder; as figures."""
    from attrgen_assets.workflows.bench_lookup import lost_sessions, measure_lookups
    from attrgen_assets.workflows.lookup import look_up

    async with _opened(bench, folder) as (ports, sessions):
        ask = partial(look_up, ports=ports, deadline_s=_DEADLINE_S)
        plain, mixed = _part_numbers(bench)
        await measure_lookups(plain[: bench.single], ask, users=1)  # connections, compiled paths, indexes
        before = sessions.count_by_status()
        numbers = plain[bench.single : 2 * bench.single]
        loads = {
            "one_at_a_time": await measure_lookups(numbers, ask, users=1),
            "warm": await measure_lookups(numbers * 5, ask, users=1),
            "steady": await measure_lookups(mixed[: bench.steady], ask, users=bench.users, per_minute=bench.per_minute),
            "without_pauses": await measure_lookups(mixed[bench.steady :], ask, users=bench.users),
        }
        stored = {status: count - before.get(status, 0) for status, count in sorted(sessions.count_by_status().items())}
        return {
            "supplier_latency_ms": bench.latency_ms,
            **{name: _figures(load) for name, load in loads.items()},
            "sessions": stored,
            "sessions_lost": lost_sessions(loads.values(), stored),
            "goals": _goals(loads),
        }


def _figures(load: "LookupLoad") -> dict[str, Any]:
    """A load's figures, times in milliseconds. cpu_ms: of this process, a lookup; the sandbox has one of its own."""
    count = len(load.timed)
    figures = {
        "users": load.users,
        "lookups": count,
        "per_minute": round(load.per_minute),
        "p50_ms": round(load.elapsed_ms(50), 1),
        "p95_ms": round(load.elapsed_ms(95), 1),
        "cpu_ms": round(load.cpu_s / max(count, 1) * 1000, 1),
        "statuses": load.statuses,
    }
    if load.timed and not load.timed[0].session.from_cache:
        over = {f"over_slowest_p{percent}_ms": round(load.over_slowest_ms(percent), 1) for percent in (50, 95)}
        figures |= over
    return figures | ({"raised": dict(load.raised)} if load.raised else {})


def _goals(loads: "dict[str, LookupLoad]") -> dict[str, bool]:
    """Which of the figures that were asked for are reached."""
    single, warm, steady = loads["one_at_a_time"], loads["warm"], loads["steady"]
    return {
        f"one lookup costs the slowest supplier + {OVER_SLOWEST_MS:g} ms (p95)": single.over_slowest_ms(95)
        <= OVER_SLOWEST_MS,
        f"{PER_MINUTE:,.0f} parts a minute sustained": steady.per_minute >= PER_MINUTE,
        f"p95 under {P95_MS:,.0f} ms at that rate": steady.elapsed_ms(95) < P95_MS,
        f"p95 under {WARM_P95_MS:g} ms from the cache": warm.elapsed_ms(95) < WARM_P95_MS,
    }


def _part_numbers(bench: LookupBench) -> tuple[list[str], list[str]]:
    """Numbers that nobody replaced, for single lookups; and as they come, chains among them, for the loads."""
    from attrgen_assets.adapters.suppliers.sandbox.catalogue import NAMED, Catalogue

    catalogue = Catalogue(seed=bench.seed, parts=bench.parts)
    numbers = catalogue.numbers[NAMED:]
    current = [number for number in numbers if (part := catalogue.find(number)) and part.successor is None]
    plain = current[: 2 * bench.single]
    mixed = [number for number in numbers if number not in set(plain)][: bench.steady + bench.unpaced]
    if len(mixed) < bench.steady + bench.unpaced:
        raise typer.BadParameter(
            f"{bench.parts:,} parts are fewer than the {2 * bench.single + bench.steady + bench.unpaced:,} lookups, of "
            "which each takes another",
            param_hint="--parts",
        )
    return plain, mixed


@asynccontextmanager
async def _opened(bench: LookupBench, folder: Path) -> "AsyncIterator[tuple[LookupPorts, MongoLookups]]":
    """Ports over a sandbox in a process of its own, a database of its own, and limits shared through Redis."""
    from attrgen_assets.adapters.services import embedded_redis
    from attrgen_assets.adapters.stores.mongo_lookups import MongoLookups
    from attrgen_assets.adapters.suppliers.access import sandbox_access
    from attrgen_assets.adapters.suppliers.gateway import open_suppliers
    from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox
    from attrgen_assets.settings import Settings
    from attrgen_assets.wiring import open_services
    from attrgen_assets.wiring_parts import part_lookup_ports, supplier_configs
    from attrgen_assets.workflows.judge import JudgePorts

    settings = Settings(home=folder, mongodb_database=_DATABASE)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(running_sandbox(seed=bench.seed, parts=bench.parts, latency_ms=bench.latency_ms))
        services = stack.enter_context(open_services(settings))
        stack.callback(services.store.database.client.drop_database, _DATABASE)
        redis_url = (
            settings.redis_url.get_secret_value()
            if settings.redis_url is not None
            else stack.enter_context(embedded_redis(folder))
        )
        suppliers = await stack.enter_async_context(
            open_suppliers(supplier_configs(settings), sandbox_access(url), redis_url=redis_url)
        )
        services.store.prepare()
        yield part_lookup_ports(services, suppliers, JudgePorts()), MongoLookups(services.store.database)
