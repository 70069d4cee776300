"""Connections: used again, as many as are needed, and not one more than is allowed."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from attrgen_assets.adapters.suppliers.pool import CONNECTIONS, ResponseRefused, SupplierTransport

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


class Server:
    """Answers requests when it is let, and counts connections and requests."""

    def __init__(self) -> None:
        self.connections = self.requests = 0
        self.arrived = asyncio.Condition()
        self.let = asyncio.Event()
        self.answer = ANSWER
        self.closed: list[asyncio.Future[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.connections += 1
        closed = asyncio.get_running_loop().create_future()
        self.closed.append(closed)
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                async with self.arrived:
                    self.requests += 1
                    self.arrived.notify_all()
                await self.let.wait()
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
        finally:
            closed.set_result(None)

    async def has(self, requests: int) -> None:
        """Until so many requests have arrived."""
        async with self.arrived:
            await self.arrived.wait_for(lambda: self.requests >= requests)


@asynccontextmanager
async def asked(max_bytes: int = 1_000) -> AsyncIterator[tuple[Server, httpx.AsyncClient]]:
    """A server, and a client of the transport at it."""
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    transport = SupplierTransport(max_bytes=max_bytes, ssl_context=ssl.create_default_context())
    async with httpx.AsyncClient(base_url=url, transport=transport, timeout=60, trust_env=False) as client:
        yield server, client
    server.let.set()
    await asyncio.gather(*server.closed)
    listening.close()
    await listening.wait_closed()


def test_one_request_at_a_time_has_one_connection_and_many_at_once_have_many() -> None:
    async def run() -> None:
        async with asked() as (server, client):
            server.let.set()
            for _ in range(5):
                await client.get("/")
            assert (server.connections, server.requests) == (1, 5)
            server.let.clear()
            many = [asyncio.create_task(client.get("/")) for _ in range(20)]
            await server.has(25)
            server.let.set()
            assert {one.text for one in await asyncio.gather(*many)} == {"{}"}
            assert server.connections == 20
            await asyncio.gather(*(client.get("/") for _ in range(20)))
            assert server.connections == 20

    asyncio.run(run())


def test_no_more_connections_than_are_allowed_and_whoever_is_cancelled_leaves_its_place() -> None:
    async def run() -> None:
        async with asked() as (server, client):
            first = [asyncio.create_task(client.get("/")) for _ in range(CONNECTIONS)]
            await server.has(CONNECTIONS)
            more = [asyncio.create_task(client.get("/")) for _ in range(10)]
            for task in first[:10]:
                task.cancel()
            await server.has(CONNECTIONS + 10)  # the ten that waited have their turn
            server.let.set()
            found = await asyncio.gather(*first[10:], *more)
            assert {one.status_code for one in found} == {200}
            assert server.requests == CONNECTIONS + 10

    asyncio.run(run())


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"content-length: 2000", "more than 1,000 bytes"), (b"content-encoding: gzip\r\ncontent-length: 2", "gzip")],
)
def test_what_is_too_long_or_packed_is_refused_and_the_next_request_is_answered(head: bytes, said: str) -> None:
    async def run() -> None:
        async with asked() as (server, client):
            server.let.set()
            server.answer = b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + b"x" * 2_000
            with pytest.raises(ResponseRefused, match=said):
                await client.get("/")
            server.answer = ANSWER
            assert (await client.get("/")).text == "{}"

    asyncio.run(run())
