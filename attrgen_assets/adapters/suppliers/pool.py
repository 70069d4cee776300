"""The connections of one supplier's client: each by itself, and reading no more than is allowed.

httpcore's pool looks at all its connections for each of them at every request: with 60 connections that takes 20 ms of
a request's 25 ms of processor time. Here every connection is a pool of one, and the one that was used last is used
next, so that one lookup at a time finds its warm connection.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Final

import httpx

CONNECTIONS: Final = 128  # of one supplier; 128 answers of 0.2 s at a time are 640 requests a second
_KEEP_ALIVE_S: Final = 30.0


class ResponseRefused(Exception):
    """A response has more bytes than are read, or is packed; the message says which."""


class SupplierTransport(httpx.AsyncBaseTransport):
    """A transport that reads at most `max_bytes` of any response, that of a token as well.

    Args:
        max_bytes: of one response's body.
        ssl_context: which certificates are believed; loading them takes 40 ms, so that all transports share one.
    """

    def __init__(self, *, max_bytes: int, ssl_context: ssl.SSLContext) -> None:
        self._ssl_context = ssl_context
        self._max_bytes = max_bytes
        self._idle: deque[tuple[float, httpx.AsyncHTTPTransport]] = deque()  # since when; the last used is the last
        self._turns = asyncio.Semaphore(CONNECTIONS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; the response, or its stream where it grows too long, ends with ResponseRefused."""
        await self._turns.acquire()
        connection = self._idle.pop()[1] if self._idle else self._new()

        def leave() -> None:
            self._idle.append((time.monotonic(), connection))
            self._turns.release()

        try:
            await self._close_unused()
            response = await connection.handle_async_request(request)
        except BaseException:
            leave()
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)  # noqa: S101 - what an async transport returns
        response.stream = _LimitedStream(response.stream, self._max_bytes, leave)
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):  # a small text can unpack to anything
            await response.aclose()
            raise ResponseRefused(f"compressed ({encoding[:40]}) although identity was asked for")
        return response

    async def aclose(self) -> None:
        """Close all connections."""
        while self._idle:
            await self._idle.pop()[1].aclose()

    def _new(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEEP_ALIVE_S)
        return httpx.AsyncHTTPTransport(limits=limits, verify=self._ssl_context)

    async def _close_unused(self) -> None:
        """Close the connection that waits longest, where that is too long; each request closes one at most."""
        if self._idle and time.monotonic() - self._idle[0][0] > _KEEP_ALIVE_S:
            await self._idle.popleft()[1].aclose()


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
