"""A language model that judges records: answers remembered by what was asked, within the budget of one record."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from time import perf_counter
from typing import Any, Final
from weakref import WeakValueDictionary

from attrgen_assets.adapters.models.budget import Budget
from attrgen_assets.adapters.models.chat import ChatClient, ChatModel, Message, Meter
from attrgen_assets.adapters.suppliers.breaker import CircuitBreaker, CircuitOpen
from attrgen_assets.domain.parts.supplier_config import Breaker
from attrgen_assets.domain.ports import MatchCache
from attrgen_assets.domain.verdicts.model import CallStatus, ModelCall
from attrgen_assets.domain.verdicts.ports import Inquiry, Reply
from attrgen_assets.errors import BadAnswer, BudgetSpent, ModelRefused, ModelUnavailable

_NOTHING: Final = object()

DOWN: Final = Breaker(failures=1, cool_down_s=60.0)
"""One is enough: it was tried until it was clear that nobody is there."""


@dataclass
class ModelAccess:
    """A model that is open for all records of a process. name: what it is called on record.

    breaker: leaves a model alone for a while that could not be reached, so that it costs one record its time, not all.

    Two records that ask the same at once ask one after the other: the second finds the first one's answer.
    """

    name: str
    model: ChatModel
    client: ChatClient
    cache: MatchCache
    breaker: CircuitBreaker = field(default_factory=lambda: CircuitBreaker(DOWN))
    clock: Callable[[], float] = perf_counter
    asking: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def key(self, inquiry: Inquiry) -> str:
        """What an answer is remembered by: everything that it depends on."""
        model = self.model
        asked = [model.base_url, model.name, inquiry.prompt_version, inquiry.schema, inquiry.messages]
        content = json.dumps(asked, sort_keys=True)
        return f"verdict:1:{blake2b(content.encode(), digest_size=20).hexdigest()}"

    async def remembered(self, key: str) -> Any:
        """The answer to the same question; `_NOTHING` where there is none that can be read."""
        (found,) = await asyncio.to_thread(self.cache.get_many, [key])
        try:
            return json.loads(found) if found is not None else _NOTHING
        except ValueError:
            return _NOTHING


class BudgetedModel:
    """The JudgeModel of `domain.verdicts.ports`, for one record. budget: what this record may spend."""

    def __init__(self, access: ModelAccess, *, budget: Budget) -> None:
        self._access = access
        self._budget = budget

    @property
    def name(self) -> str:
        """What it is called on record."""
        return self._access.name

    async def ask(self, inquiry: Inquiry, *, within_s: float) -> Reply:
        """The answer, from the cache where the same was asked before. Nothing is raised for a failure."""
        access, started = self._access, self._access.clock()
        meter = Meter()
        key = access.key(inquiry)
        lock = access.asking.setdefault(key, asyncio.Lock())
        cached = False
        value: Any = None
        status: CallStatus = "answered"
        error = ""
        try:
            async with asyncio.timeout(within_s), lock:
                value = await access.remembered(key)
                cached = value is not _NOTHING
                if not cached:
                    value = await self._guarded(inquiry, meter, started + within_s)
                    await asyncio.to_thread(access.cache.set_many, {key: json.dumps(value).encode()})
        except BadAnswer as fault:
            status, error, value = "bad_answer", str(fault), fault.value
        except (BudgetSpent, ModelRefused, ModelUnavailable) as fault:
            status, error, value = _STATUS_OF[type(fault)], str(fault), None
        except CircuitOpen as fault:
            status, error, value = "unavailable", f"not asked: {fault}", None
        except TimeoutError:
            status, error, value = "unavailable", f"no answer within the {within_s:.1f} s that were left", None
        call = self._call(inquiry, meter, status=status, error=error, cached=cached, started=started)
        return Reply(call=call, value=value)

    async def _guarded(self, inquiry: Inquiry, meter: Meter, until: float) -> Any:
        """A fresh answer of a model that is not known to be down. Raises CircuitOpen for one that is."""
        breaker, started = self._access.breaker, self._access.clock()
        entry = await breaker.enter()
        heard, why = False, ""
        try:
            value = await self._fresh(inquiry, meter, until)
            heard = True
        except (BadAnswer, ModelRefused):
            heard = True
            raise
        except ModelUnavailable as fault:
            why = str(fault) if fault.down else ""
            raise
        finally:
            waited_s = self._access.clock() - started
            if not heard and not why and waited_s >= self._access.model.timeout_s / 2:
                why = f"it says nothing in {waited_s:.0f} s"
            await (breaker.succeeded(entry) if heard else breaker.failed(entry, why) if why else breaker.left(entry))
        return value

    async def _fresh(self, inquiry: Inquiry, meter: Meter, until: float) -> Any:
        messages: list[Message] = [{"role": role, "content": content} for role, content in inquiry.messages]
        left_s = until - self._access.clock()
        answer = await self._access.client.ask(
            inquiry.schema, messages, budget=self._budget, meter=meter, within_s=left_s
        )
        return answer.value

    def _call(
        self, inquiry: Inquiry, meter: Meter, *, status: CallStatus, error: str, cached: bool, started: float
    ) -> ModelCall:
        priced = self._access.model.price_in is not None and self._access.model.price_out is not None
        return ModelCall(
            name=self.name,
            model=self._access.model.name,
            purpose=inquiry.purpose,
            status=status,
            error=error,
            calls=meter.calls,
            latency_s=max(0.0, self._access.clock() - started),
            tokens=meter.tokens,
            cost=meter.cost if priced else None,
            prompt_version=inquiry.prompt_version,
            cached=cached,
        )


_STATUS_OF: Final[dict[type[Exception], CallStatus]] = {
    BudgetSpent: "budget",
    ModelRefused: "refused",
    ModelUnavailable: "unavailable",
}
