"""One supplier asked for one part: its requests in order, within its deadline, and what came of them."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from attrgen_assets.adapters.suppliers.breaker import CircuitBreaker, CircuitOpen, Entry
from attrgen_assets.adapters.suppliers.deadline import Deadline
from attrgen_assets.adapters.suppliers.templates import filled, filled_path
from attrgen_assets.adapters.suppliers.transport import Prepared, RequestFailed, Transport
from attrgen_assets.domain.parts.claims import unreadable
from attrgen_assets.domain.parts.normalise import claims_of, documents_of, succession_of
from attrgen_assets.domain.parts.paths import PathFault, finds, is_nothing, search
from attrgen_assets.domain.parts.responses import Outcome, RawResponse, SupplierAnswer
from attrgen_assets.domain.parts.supplier_config import Endpoint, SupplierConfig


@dataclass(slots=True)
class _Inquiry:
    """What is known so far of one part at one supplier."""

    part_number: str
    deadline: Deadline
    asked_at: datetime
    record: list[RawResponse] = field(default_factory=list)
    found: dict[str, Any] = field(default_factory=dict)
    absent: set[str] = field(default_factory=set)
    failed: dict[str, RequestFailed] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)


class SupplierClient:
    """Asks one supplier; every end of it is a SupplierAnswer.

    Args:
        config: the supplier.
        transport: sends its requests; None where credentials are missing (`missing` names them).
        breaker: leaves it alone while it fails.
        values: for placeholders of all requests, such as partner_tag.
        missing: variables of the environment that are not set.
        now: UTC.
        clock: seconds that only grow; that of the transport.
    """

    def __init__(
        self,
        config: SupplierConfig,
        *,
        transport: Transport | None,
        breaker: CircuitBreaker,
        values: Mapping[str, str],
        missing: Sequence[str] = (),
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self._transport = transport
        self._breaker = breaker
        self._values = values
        self._missing = missing
        self._now = now
        self._clock = clock

    @property
    def place(self) -> str:
        """Who is asked, by address; empty where nobody can be."""
        return self._transport.place if self._transport is not None else ""

    async def ask(self, part_number: str, *, deadline_s: float, patience_s: float = 0.0) -> SupplierAnswer:
        """All that the supplier says within the deadline, or within its own where that is shorter.

        Waiting for turns does not count, up to `patience_s`.
        """
        started, asked_at = self._clock(), self._now()
        if self._transport is None:
            reason = f"no credentials: set {' and '.join(self._missing)}"
            return self._answer("skipped", reason, _Inquiry(part_number, Deadline(started), asked_at), started)
        try:
            entry = await self._breaker.enter()
        except CircuitOpen as error:
            return self._answer("skipped", str(error), _Inquiry(part_number, Deadline(started), asked_at), started)
        limit_s = min(deadline_s, self.config.timeout_s)
        inquiry = _Inquiry(part_number, Deadline(started + limit_s, patience_s), asked_at)
        settled = False
        try:
            outcome, reason = await self._within(inquiry, self._transport, limit_s)
            await self._settle(entry, outcome, reason, inquiry)
            settled = True
        finally:
            if not settled:  # cancelled from outside, or a defect: nobody knows how the supplier is
                await self._breaker.left(entry)
        return self._answer(outcome, reason, inquiry, started)

    async def _within(self, inquiry: _Inquiry, transport: Transport, limit_s: float) -> tuple[Outcome, str]:
        try:
            async with asyncio.timeout(limit_s) as inquiry.deadline.timer:
                await self._round(inquiry, transport, first=True)
                await self._round(inquiry, transport, first=False)
        except TimeoutError:
            ours = limit_s < self.config.timeout_s  # a caller in a hurry says nothing of the supplier
            for name, endpoint in self.config.endpoints.items():
                asked = endpoint.after is None or endpoint.after in inquiry.found
                if asked and name not in inquiry.found and name not in inquiry.absent and name not in inquiry.failed:
                    inquiry.failed[name] = RequestFailed(f"{name}: no answer within {limit_s:g} s", ours=ours)
        return self._outcome(inquiry)

    async def _round(self, inquiry: _Inquiry, transport: Transport, *, first: bool) -> None:
        """The endpoints that are asked first, or those that need the answer of one of them; all at once."""
        async with asyncio.TaskGroup() as tasks:
            for name, endpoint in self.config.endpoints.items():
                if (endpoint.after is None) == first:
                    values = self._values_for(endpoint, inquiry)
                    if values is not None:
                        tasks.create_task(self._ask_endpoint(name, endpoint, values, inquiry, transport))

    def _values_for(self, endpoint: Endpoint, inquiry: _Inquiry) -> dict[str, Any] | None:
        """Values for the placeholders; None where the answer before has none, so that there is nothing to ask."""
        values: dict[str, Any] = {**self._values, "pn": inquiry.part_number, "page": 1}
        if endpoint.after is None:
            return values
        if endpoint.after not in inquiry.found:
            return None
        for name, path in endpoint.values.items():
            try:
                found = search(path, inquiry.found[endpoint.after], part_number=inquiry.part_number)
            except PathFault:
                found = None  # an answer of another shape: what depends on it cannot be asked
            if is_nothing(found):
                return None
            values[name] = found
        return values

    async def _ask_endpoint(
        self, name: str, endpoint: Endpoint, values: dict[str, Any], inquiry: _Inquiry, transport: Transport
    ) -> None:
        async def page(number: int) -> dict[str, Any] | None:
            prepared = Prepared(
                endpoint=name,
                part_number=inquiry.part_number,
                asked_at=inquiry.asked_at,
                page=number,
                build=lambda: _request(transport.client, endpoint, {**values, "page": number}),
            )
            return await transport.send(prepared, deadline=inquiry.deadline, record=inquiry.record)

        try:
            body = await page(1)
            more = [] if body is None else await self._further_pages(endpoint, body, page, inquiry)
        except RequestFailed as error:
            inquiry.failed[name] = error
            return
        if body is None:
            inquiry.absent.add(name)
            return
        found = [body, *more] if endpoint.pages is not None else body
        if endpoint.found is not None and not finds(endpoint.found, found, part_number=inquiry.part_number):
            inquiry.absent.add(name)
        else:
            inquiry.found[name] = found

    @staticmethod
    async def _further_pages(
        endpoint: Endpoint, body: dict[str, Any], page: Callable[[int], Any], inquiry: _Inquiry
    ) -> list[dict[str, Any]]:
        """All other pages at once, those that came; the first page says how many there are, and may say anything."""
        if endpoint.pages is None:
            return []
        try:
            total = search(endpoint.pages.total, body, part_number="")
        except PathFault:
            return []
        if not isinstance(total, int) or isinstance(total, bool):
            return []
        count = min(-(-total // endpoint.pages.size), endpoint.pages.most)
        pages = await asyncio.gather(*(page(number) for number in range(2, count + 1)), return_exceptions=True)
        for number, found in enumerate(pages, 2):
            if isinstance(found, RequestFailed):
                inquiry.gaps.append(f"page {number} of {found.reason}")
            elif isinstance(found, BaseException):
                raise found
        return [found for found in pages if isinstance(found, dict)]

    def _outcome(self, inquiry: _Inquiry) -> tuple[Outcome, str]:
        required = [name for name, endpoint in self.config.endpoints.items() if endpoint.required]
        broken = [inquiry.failed[name].reason for name in required if name in inquiry.failed]
        if broken:
            return "failed", "; ".join(broken)
        if any(name in inquiry.absent for name in required):
            return "not_found", ""
        left_out = [name for name in required if name not in inquiry.found]
        if left_out:
            return "failed", f"{', '.join(left_out)}: the answer before it did not say what to ask for"
        return "ok", "; ".join([*(error.reason for error in inquiry.failed.values()), *inquiry.gaps])

    async def _settle(self, entry: Entry, outcome: Outcome, reason: str, inquiry: _Inquiry) -> None:
        """Tell the breaker. A wait for our own rate limit, or a deadline shorter than the supplier's, blames nobody."""
        if outcome != "failed":
            await self._breaker.succeeded(entry)
        elif not inquiry.failed or any(error.blames_supplier for error in inquiry.failed.values()):
            await self._breaker.failed(entry, reason)
        else:
            await self._breaker.left(entry)

    def _answer(self, outcome: Outcome, reason: str, inquiry: _Inquiry, started: float) -> SupplierAnswer:
        responses = tuple(inquiry.record)
        documents = documents_of(responses, self.config)
        claims = claims_of(documents, self.config) if outcome in ("ok", "failed") else ()
        future = succession_of(documents, self.config)
        return SupplierAnswer(
            supplier=self.config.supplier,
            part_number=inquiry.part_number,
            outcome=outcome,
            reason=reason or unreadable(claims),
            responses=responses,
            claims=claims,
            superseded_by=future.superseded_by,
            discontinued=future.discontinued,
            elapsed_s=self._clock() - started,
            place=self.place,
        )


def _request(client: httpx.AsyncClient, endpoint: Endpoint, values: Mapping[str, Any]) -> httpx.Request:
    return client.build_request(
        endpoint.method,
        filled_path(endpoint.path, values),
        params=filled(endpoint.query, values) or None,
        json=filled(endpoint.body, values) if endpoint.body is not None else None,
        headers=endpoint.headers,
    )
