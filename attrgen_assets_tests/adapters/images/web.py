"""A web server that does what strangers do, over a real socket, in the test's own event loop."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from attrgen_assets.adapters.images.addresses import Resolver
from attrgen_assets.domain.images.addresses import networks

LOOPBACK = networks(["127.0.0.0/8"])
HOST = "pictures.example.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a path answers. length: what it says of its length, where that is not true. hang: it never ends."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    chunked: bool = False
    hang: bool = False
    etag: str = ""

    @property
    def raw(self) -> bytes:
        """All of it, as bytes on the wire."""
        headers = {"Connection": "close", **self.headers}
        body = self.body
        if self.chunked:
            headers["Transfer-Encoding"] = "chunked"
            body = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
        else:
            headers["Content-Length"] = str(len(body) if self.length is None else self.length)
        if self.etag:
            headers["ETag"] = self.etag
        lines = [f"HTTP/1.1 {self.status} Said", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        return "\r\n".join(lines).encode() + body


@dataclass(slots=True)
class Web:
    """What the server answers by path, and the requests that it saw."""

    routes: dict[str, Answer]
    port: int = 0
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def url(self, path: str, *, host: str = HOST, scheme: str = "http") -> str:
        """An address of this server by a name that only the test's resolver knows."""
        return f"{scheme}://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            path = head[0].split(" ")[1]
            self.seen.append((path, headers))
            answer = self.routes.get(path, Answer(status=404))
            if answer.etag and headers.get("if-none-match") == answer.etag:
                answer = Answer(status=304)
            writer.write(answer.raw)
            await writer.drain()
            if answer.hang:
                await reader.read()  # until the other side has gone
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # a client that hangs up is one of the cases
        finally:
            writer.close()


@asynccontextmanager
async def running_web(routes: Mapping[str, Answer], *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Web]:
    """The server, for the length of the block."""
    web = Web(dict(routes))
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()


def names(**hosts: Sequence[str]) -> Resolver:
    """A resolver that knows these hosts (`_` for a dot), and the server's own."""
    known = {name.replace("_", "."): tuple(addresses) for name, addresses in hosts.items()}

    async def resolver(host: str, _: int) -> Sequence[str]:
        found = known.get(host, ("127.0.0.1",) if host == HOST else ())
        if not found:
            raise OSError("unknown")
        return found

    return resolver


def picture(
    image_format: str = "PNG", *, size: tuple[int, int] = (300, 200), color: str = "red", **options: object
) -> bytes:
    """A picture of one colour."""
    file = BytesIO()
    Image.new("RGB", size, color).save(file, format=image_format, **options)
    return file.getvalue()
