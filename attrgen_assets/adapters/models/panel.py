"""The models that judge records: opened once a process, with caps for a day and for a record."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from attrgen_assets.adapters.models.budget import Caps, RecordBudget
from attrgen_assets.adapters.models.chat import ChatClient, ChatModel
from attrgen_assets.adapters.models.judge_model import DOWN, BudgetedModel, ModelAccess
from attrgen_assets.adapters.models.redis_budget import BUDGET_PREFIX, RedisBudget
from attrgen_assets.adapters.suppliers.breaker import CircuitBreaker
from attrgen_assets.adapters.suppliers.shared import SharedState
from attrgen_assets.domain.ports import MatchCache
from attrgen_assets.errors import ModelError


@dataclass(frozen=True, slots=True)
class Panel:
    """Open models. daily: what all records may spend together. record: the caps of each."""

    members: Sequence[ModelAccess]
    daily: RedisBudget
    record: Caps

    def for_record(self) -> tuple[BudgetedModel, ...]:
        """The models with a budget for one record, which they share."""
        budget = RecordBudget(caps=self.record, shared=self.daily)
        return tuple(BudgetedModel(member, budget=budget) for member in self.members)

    def note(self) -> str:
        """What limits the budget now; empty for nothing."""
        return self.daily.note


@asynccontextmanager
async def open_panel(
    models: Mapping[str, ChatModel],
    *,
    redis_url: str,
    redis_timeout_s: float,
    cache: MatchCache,
    daily: Caps,
    record: Caps,
    now: Callable[[], datetime],
    prefix: str = BUDGET_PREFIX,
) -> AsyncIterator[Panel]:
    """The models, by what they are called on record, for the length of the block. prefix: of the budget's keys.

    Raises ModelError for a cap on cost where a price is not known: it could not be kept.
    """
    unpriced = [name for name, model in models.items() if model.price_in is None or model.price_out is None]
    capped = [caps.variables for caps in (daily, record) if caps.max_cost is not None]
    if unpriced and capped:
        prices = " and ".join(f"ATTRGEN_{name.upper()}_PRICE_IN, _PRICE_OUT" for name in unpriced)
        raise ModelError(f"{capped[0]}_COST is set and prices are not known, so it could not be kept: set {prices}")
    redis: Redis = Redis.from_url(
        redis_url,
        socket_timeout=redis_timeout_s,
        socket_connect_timeout=redis_timeout_s,
        protocol=2,
        retry=Retry(NoBackoff(), 0),
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(redis.aclose)
        shared = RedisBudget(redis, caps=daily, now=now, prefix=prefix)
        known = SharedState(redis)
        members = []
        for name, model in models.items():
            client = await stack.enter_async_context(ChatClient(model, budget=shared))
            breaker = CircuitBreaker(DOWN, name=f"model:{model.base_url}:{model.name}", shared=known)
            members.append(ModelAccess(name, model, client, cache, breaker))
        yield Panel(members, shared, record)
