"""All suppliers, asked in parallel: the SupplierGateway of `domain.ports`."""

import asyncio
import ssl
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import httpx
import structlog

from attrgen_assets.adapters.suppliers.breaker import CircuitBreaker
from attrgen_assets.adapters.suppliers.client import SupplierClient
from attrgen_assets.adapters.suppliers.limiter import RateLimiter
from attrgen_assets.adapters.suppliers.pool import SupplierTransport
from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.adapters.suppliers.signing import sign_with, spellings_of
from attrgen_assets.adapters.suppliers.transport import Transport
from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.readings import load_units
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import SECRETS, Limit, SupplierConfig

_PUBLIC: Final = ("partner_tag",)  # an identifier that stands in the request's body


def _utc_now() -> datetime:
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How to reach a supplier: its secrets by name (see `supplier_config.SECRETS`), and what replaces its config.

    place: who that is, where the address does not say it, as that of a sandbox that is started anew each time.
    """

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    base_url: str | None = None
    limit: Limit | None = None
    place: str = ""


class Suppliers:
    """The gateway; made by `open_suppliers`."""

    def __init__(self, clients: Sequence[SupplierClient]) -> None:
        self._clients = tuple(clients)

    @property
    def places(self) -> Mapping[str, str]:
        """Per supplier who is asked in its name, by address; empty where nobody can be asked."""
        return {client.config.supplier: client.place for client in self._clients}

    async def ask_all(self, part_number: str, *, deadline_s: float, patience_s: float = 0.0) -> list[SupplierAnswer]:
        """One answer per supplier, in the order of their names; see `domain.ports.SupplierGateway`."""
        number = canonical_part_number(part_number)
        asked = (self._ask(client, number, deadline_s, patience_s) for client in self._clients)
        return list(await asyncio.gather(*asked))

    @staticmethod
    async def _ask(client: SupplierClient, part_number: str, deadline_s: float, patience_s: float) -> SupplierAnswer:
        try:
            return await client.ask(part_number, deadline_s=deadline_s, patience_s=patience_s)
        except Exception as error:  # noqa: BLE001 - a defect met at one supplier must not cost the answers of the others
            name = client.config.supplier
            # As text: a traceback that shows local variables would show credentials.
            trace = "".join(traceback.format_exception(error))
            structlog.get_logger(__name__).error("supplier answer not understood", supplier=name, trace=trace)
            reason = f"a defect of attrgen: {type(error).__name__}: {error}"[:500]
            return SupplierAnswer(
                supplier=name, part_number=part_number, outcome="failed", reason=reason, place=client.place
            )


@asynccontextmanager
async def open_suppliers(
    configs: Iterable[SupplierConfig],
    access: Mapping[str, Access],
    *,
    redis_url: str | None,
    redis_timeout_s: float = 2.0,
    prefix: str = "attrgen:",
    now: Callable[[], datetime] = _utc_now,
    clock: Callable[[], float] = time.monotonic,
) -> AsyncIterator[Suppliers]:
    """The suppliers for the length of the block: one pooled client each, limits and breakers shared through Redis.

    Args:
        configs: which suppliers.
        access: per supplier; one without all of its secrets is skipped with a reason.
        redis_url: where limits and breakers are shared; None: they are those of this process.
        redis_timeout_s: how long Redis may take.
        prefix: of all keys in Redis.
        now: UTC.
        clock: seconds that only grow.
    """
    async with AsyncExitStack() as stack:
        load_units()
        redis = await _redis(stack, redis_url, redis_timeout_s)
        shared = SharedState(redis, prefix=prefix, clock=clock)
        ssl_context = httpx.create_ssl_context(trust_env=False)
        clients = []
        for config in sorted(configs, key=lambda config: config.supplier):
            reach = access.get(config.supplier, Access())
            clients.append(
                await _client(
                    stack, _adjusted(config, reach), reach, shared, ssl_context=ssl_context, now=now, clock=clock
                )
            )
        yield Suppliers(clients)


async def _redis(stack: AsyncExitStack, url: str | None, timeout_s: float) -> Any:
    if url is None:
        return None
    from redis import asyncio as redis_asyncio  # noqa: PLC0415 - heavy, and not needed without a URL
    from redis.backoff import NoBackoff  # noqa: PLC0415 - as above
    from redis.retry import Retry  # noqa: PLC0415 - as above

    client: Any = redis_asyncio.Redis.from_url(
        url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, protocol=2, retry=Retry(NoBackoff(), 0)
    )
    stack.push_async_callback(client.aclose)
    return client


def _adjusted(config: SupplierConfig, reach: Access) -> SupplierConfig:
    changes = {"base_url": reach.base_url, "limit": reach.limit}
    return config.model_copy(update={name: value for name, value in changes.items() if value is not None})


async def _client(
    stack: AsyncExitStack,
    config: SupplierConfig,
    reach: Access,
    shared: SharedState,
    *,
    ssl_context: ssl.SSLContext,
    now: Callable[[], datetime],
    clock: Callable[[], float],
) -> SupplierClient:
    missing = [name for name in SECRETS[config.auth.scheme] if not reach.secrets.get(name)]
    transport = None
    if not missing:
        http = httpx.AsyncClient(
            base_url=config.base_url,
            timeout=config.timeout_s,
            transport=SupplierTransport(max_bytes=config.max_bytes, ssl_context=ssl_context),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "attrgen"},
            trust_env=False,  # a proxy or .netrc of somebody's shell is no setting of attrgen
        )
        await stack.enter_async_context(http)
        transport = Transport(
            config=config,
            client=http,
            auth=sign_with(config, reach.secrets, base_url=config.base_url),
            limiter=RateLimiter(shared, clock=clock),
            secrets=spellings_of({name: value for name, value in reach.secrets.items() if name not in _PUBLIC}),
            place=reach.place or config.base_url,
            now=now,
            clock=clock,
        )
    return SupplierClient(
        config,
        transport=transport,
        breaker=CircuitBreaker(config.breaker, name=config.supplier, shared=shared, clock=clock),
        values={name: reach.secrets[name] for name in _PUBLIC if name in reach.secrets},
        missing=[f"{config.supplier}_{name}".upper() for name in missing],
        now=now,
        clock=clock,
    )
