"""The connections of one supplier's client: pooled in small pools, and reading no more than is allowed.

httpcore's pool looks at all its connections for each of them at every request: with 60 connections that takes 20 ms of
a request's 25 ms of processor time. Several pools of a few connections each take none of it; the first that has room
is used, so that one lookup at a time still finds its warm connection.
"""

import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final

import httpx

CONNECTIONS: Final = 256  # of one supplier: a hundred lookups at once with up to three requests each
_IN_ONE_POOL: Final = 8
_KEEP_ALIVE_S: Final = 30.0


class ResponseRefused(Exception):
    """A response has more bytes than are read, or is packed; the message says which."""


@dataclass(slots=True)
class _Pool:
    transport: httpx.AsyncBaseTransport
    busy: int = 0


class SupplierTransport(httpx.AsyncBaseTransport):
    """A transport that reads at most `max_bytes` of any response, that of a token as well.

    Args:
        max_bytes: of one response's body.
        ssl_context: which certificates are believed; loading them takes 40 ms, so that all transports share one.
    """

    def __init__(self, *, max_bytes: int, ssl_context: ssl.SSLContext) -> None:
        self._ssl_context = ssl_context
        self._max_bytes = max_bytes
        self._pools: list[_Pool] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; the response, or its stream where it grows too long, ends with ResponseRefused."""
        pool = self._with_room()
        pool.busy += 1
        try:
            response = await pool.transport.handle_async_request(request)
        except BaseException:
            pool.busy -= 1
            raise

        def leave() -> None:
            pool.busy -= 1

        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - what an async transport returns
        response.stream = _LimitedStream(response.stream, self._max_bytes, leave)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):  # a small text can unpack to anything
            await response.aclose()
            raise ResponseRefused(f"compressed ({encoding[:40]}) although identity was asked for")
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        for pool in self._pools:
            await pool.transport.aclose()

    def _with_room(self) -> _Pool:
        for pool in self._pools:
            if pool.busy < _IN_ONE_POOL:
                return pool
        if len(self._pools) * _IN_ONE_POOL >= CONNECTIONS:
            return min(self._pools, key=lambda pool: pool.busy)  # its own queue is the shortest
        limits = httpx.Limits(
            max_connections=_IN_ONE_POOL, max_keepalive_connections=_IN_ONE_POOL, keepalive_expiry=_KEEP_ALIVE_S
        )
        pool = _Pool(httpx.AsyncHTTPTransport(limits=limits, verify=self._ssl_context))
        self._pools.append(pool)
        return pool


class _LimitedStream(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, max_bytes: int, leave: Callable[[], None]) -> None:
        self._inner = inner
        self._max_bytes = max_bytes
        self._leave: Callable[[], None] | None = leave

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self._inner:
            seen += len(chunk)
            if seen > self._max_bytes:
                raise ResponseRefused(f"more than {self._max_bytes:,} bytes")
            yield chunk

    async def aclose(self) -> None:
        leave, self._leave = self._leave, None
        try:
            await self._inner.aclose()
        finally:
            if leave is not None:  # closed once, however often it is asked for
                leave()
