"""One request to one supplier: its turn, its attempts, its size, its JSON, and every attempt on record."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential, wait_random

from attrgen_assets.adapters.redaction import MASK, redact_text
from attrgen_assets.adapters.suppliers.deadline import Deadline
from attrgen_assets.adapters.suppliers.limiter import NoTurn, RateLimiter
from attrgen_assets.adapters.suppliers.pool import ResponseRefused
from attrgen_assets.adapters.suppliers.signing import ClientCredentials, SigningError
from attrgen_assets.domain.parts.json_text import HostileJsonError, parse_json_object
from attrgen_assets.domain.parts.responses import RawResponse
from attrgen_assets.domain.parts.supplier_config import SupplierConfig

_KEPT_HEADERS: Final = frozenset(
    "age cache-control content-encoding content-length content-type date etag expires last-modified retry-after "
    "x-amzn-requestid x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset x-request-id".split()
)
"""Headers that are kept on record; every other may hold a secret."""

LONGEST_HOLD_S: Final = 900.0
"""A Retry-After beyond this is not believed: one wrong answer would keep every process from asking for years."""

_TRANSIENT_STATUS: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class RequestFailed(Exception):
    """A request failed for good. `blames_supplier`: it is the supplier's doing, not our own limit's."""

    def __init__(self, reason: str, *, transient: bool = False, retry_after_s: float = 0.0, ours: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.transient = transient
        self.retry_after_s = retry_after_s
        self.blames_supplier = not ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request that is ready to be sent, at every attempt anew."""

    endpoint: str
    part_number: str
    asked_at: datetime
    build: Callable[[], httpx.Request]
    page: int = 1


@dataclass(slots=True, kw_only=True)
class Transport:
    """Sends the requests of one supplier.

    secrets: texts that nothing on record may contain. place: who is asked, as responses on record say it.
    now: UTC. clock: seconds that only grow.
    """

    config: SupplierConfig
    client: httpx.AsyncClient
    auth: httpx.Auth = field(repr=False)
    limiter: RateLimiter
    secrets: Sequence[str] = field(repr=False)  # not even in a traceback
    place: str
    now: Callable[[], datetime]
    clock: Callable[[], float] = time.monotonic

    async def send(self, prepared: Prepared, *, deadline: Deadline, record: list[RawResponse]) -> dict[str, Any] | None:
        """The object that the supplier answers; None where it has nothing (404).

        Args:
            deadline: when, by the clock, the answer is of no use any more.
            record: gets every attempt.

        Raises RequestFailed.
        """
        retries = self.config.retries
        backoff = wait_exponential(multiplier=retries.first_wait_s, max=retries.longest_wait_s) + wait_random(
            0, retries.first_wait_s
        )

        def wait(state: RetryCallState) -> float:
            fault = state.outcome.exception() if state.outcome else None
            return max(backoff(state), fault.retry_after_s if isinstance(fault, RequestFailed) else 0.0)

        retrying = AsyncRetrying(
            stop=stop_after_attempt(retries.attempts),
            wait=wait,
            retry=retry_if_exception(lambda error: isinstance(error, RequestFailed) and error.transient),
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await self._attempt(prepared, attempt.retry_state.attempt_number, deadline, record)
        raise RequestFailed("no attempt was made", ours=True)

    async def _attempt(
        self, prepared: Prepared, number: int, deadline: Deadline, record: list[RawResponse]
    ) -> dict[str, Any] | None:
        try:
            longest_s = deadline.left_s(self.clock()) + deadline.patience_s
            await self.limiter.take(
                self.config.supplier, self.config.limit, longest_wait_s=longest_s, waiting=deadline.put_off
            )
        except NoTurn as error:
            raise RequestFailed(f"{prepared.endpoint}: {error}", ours=True) from error
        started = self.clock()
        response: httpx.Response | None = None
        fault: RequestFailed | None = None
        cut = True  # until the answer is here: a deadline cancels us anywhere
        try:
            request = prepared.build()
            response = await self.client.send(request, auth=self.auth, stream=True)
            await response.aread()
            cut = False
            body = self._understood(response)
        except (httpx.HTTPError, httpx.StreamError, SigningError, ResponseRefused, HostileJsonError) as error:
            fault, cut = _fault(error), False
        except RequestFailed as error:
            fault, cut = error, False
        finally:
            if response is not None:
                await response.aclose()
            error_text = str(fault) if fault is not None else "cut off by the deadline" if cut else None
            record.append(self._raw(prepared, number, response, self.clock() - started, error_text))
        if fault is None:
            return body
        raise await self._patient(fault, prepared, deadline)

    def _understood(self, response: httpx.Response) -> dict[str, Any] | None:
        """The object of a response. Raises RequestFailed by its status, HostileJsonError by its body."""
        status = response.status_code
        if status == 404:
            return None
        if status != 200:
            after_s = _retry_after_s(response.headers.get("retry-after", ""), self.now())
            said = "refused our credentials: " if status in (401, 403) else ""
            raise RequestFailed(f"{said}HTTP {status}", transient=status in _TRANSIENT_STATUS, retry_after_s=after_s)
        try:
            return parse_json_object(response.content.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise HostileJsonError("not UTF-8") from error

    async def _patient(self, fault: RequestFailed, prepared: Prepared, deadline: Deadline) -> RequestFailed:
        """The fault to raise: one whose wait would be longer than we can wait is not worth another try."""
        text, after_s = f"{prepared.endpoint}: {self._scrubbed(str(fault))}", fault.retry_after_s
        if after_s:
            await self.limiter.hold(self.config.supplier, self.config.limit, seconds=min(after_s, LONGEST_HOLD_S))
        left_s = deadline.left_s(self.clock())
        if fault.transient and after_s > left_s:
            text += f"; it asks to wait {after_s:.0f} s, and {left_s:.1f} s are left"
            return RequestFailed(text)
        return RequestFailed(text, transient=fault.transient, retry_after_s=after_s, ours=not fault.blames_supplier)

    def _raw(
        self, prepared: Prepared, attempt: int, response: httpx.Response | None, latency_s: float, error: str | None
    ) -> RawResponse:
        read = response is not None and response.is_closed and hasattr(response, "_content")
        headers = response.headers if response is not None else {}
        return RawResponse(
            supplier=self.config.supplier,
            endpoint=prepared.endpoint,
            part_number=prepared.part_number,
            page=prepared.page,
            attempt=attempt,
            received_at=self.now(),
            asked_at=prepared.asked_at,
            latency_s=latency_s,
            status=response.status_code if response is not None else None,
            headers={name: self._scrubbed(value) for name, value in headers.items() if name.lower() in _KEPT_HEADERS},
            body=self._masked(response.content.decode("utf-8", "replace")) if response is not None and read else "",
            error=None if error is None else self._scrubbed(error),
            place=self.place,
        )

    def _masked(self, text: str) -> str:
        """The text without our secrets: an error page may well repeat what we sent."""
        current = self.auth.secrets if isinstance(self.auth, ClientCredentials) else ()
        for secret in (*self.secrets, *current):
            text = text.replace(secret, MASK)
        return text

    def _scrubbed(self, text: str) -> str:
        return redact_text(self._masked(text))[:500]


def _fault(error: Exception) -> RequestFailed:
    if isinstance(error, SigningError):
        return RequestFailed(str(error), transient=error.transient)
    if isinstance(error, ResponseRefused):
        return RequestFailed(f"response refused: {error}")
    if isinstance(error, HostileJsonError):
        return RequestFailed(f"answer refused: {error}")
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return RequestFailed(said, transient=isinstance(error, httpx.TransportError))


def _retry_after_s(text: str, now: datetime) -> float:
    """Seconds of a Retry-After (RFC 9110, 10.2.3), which is a number of seconds or a date; 0 for neither."""
    if text.strip().isdecimal() and text.isascii():
        return float(text.strip()[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - now).total_seconds())
    except (ValueError, TypeError):  # TypeError: a date without a zone
        return 0.0
