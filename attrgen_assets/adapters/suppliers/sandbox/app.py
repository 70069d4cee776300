"""The sandbox's HTTP interface, as an ASGI application."""

import asyncio
import json
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qs, unquote

from attrgen_assets.adapters.suppliers.sandbox import BASE_PATHS, payloads
from attrgen_assets.adapters.suppliers.sandbox.catalogue import Catalogue, Part
from attrgen_assets.adapters.suppliers.sandbox.checks import Denied, Tokens, check_bearer, check_hmac, check_sigv4
from attrgen_assets.adapters.suppliers.sandbox.faults import HANG_S, HOSTILE, RETRY_AFTER_S, WRONG_TYPES, FaultPlan
from attrgen_assets.adapters.suppliers.sandbox.offers import Offer, make_offer

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Reply = tuple[int, Any]

STATS_PATH: Final = "/_sandbox/stats"
REVOKE_PATH: Final = "/_sandbox/revoke-tokens"

_REMEMBERED: Final = 200_000  # arrivals, for the statistics
_NOT_FOUND: Final[Reply] = (404, {"error": "not found"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxOptions:
    """seed, parts: of the catalogue. latency_ms: of every answer. token_life_s: of Marcone's tokens."""

    seed: int = 17
    parts: int = 5_000
    latency_ms: float = 200.0
    faults: FaultPlan = field(default_factory=lambda: FaultPlan({}))
    token_life_s: float = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request, read. target: path and query as they came over the wire. rest: the path below the supplier's base."""

    supplier: str
    method: str
    target: str
    rest: str
    query: str
    headers: dict[str, str]
    body: bytes


class Sandbox:
    """The application; one for each server."""

    def __init__(self, options: SandboxOptions) -> None:
        self._options = options
        self._catalogue = Catalogue(seed=options.seed, parts=options.parts)
        self._older = _older(self._catalogue)
        self._tokens = Tokens(life_s=options.token_life_s, now=time.time)
        self._rng = random.Random(options.seed)  # noqa: S311 - which request is hit by a fault
        self._today = datetime.now(tz=UTC).date()
        self._offers: dict[tuple[str, int], Offer | None] = {}
        self._arrivals: dict[str, deque[float]] = {name: deque(maxlen=_REMEMBERED) for name in BASE_PATHS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        body = await _body(receive)
        target = scope["raw_path"].decode("latin-1")
        if target == STATS_PATH:
            await _send_json(send, 200, self.statistics())
            return
        if target == REVOKE_PATH:
            self._tokens.revoke_all()
            await _send_json(send, 200, {})
            return
        call = _call(scope, target, body)
        if call is None:
            await _send_json(send, *_NOT_FOUND)
            return
        self._arrivals[call.supplier].append(time.monotonic())
        fault = self._options.faults.pick(call.supplier, self._rng)
        await asyncio.sleep(self._options.latency_ms / 1000 * (5 if fault == "slow" else 1))
        await self._respond(call, fault, send)

    def statistics(self) -> dict[str, Any]:
        """Requests per supplier, the most in any second, and tokens given out."""
        return {
            "requests": {name: len(arrivals) for name, arrivals in self._arrivals.items()},
            "most_in_one_second": {name: _densest(arrivals) for name, arrivals in self._arrivals.items()},
            "tokens_issued": self._tokens.issued,
        }

    async def _respond(self, call: Call, fault: str | None, send: Send) -> None:
        if fault == "hang":
            await asyncio.sleep(HANG_S)
        if fault == "429":
            await _send_json(send, 429, {"error": "slow down"}, (b"retry-after", str(RETRY_AFTER_S).encode()))
            return
        if fault == "500":
            await _send(send, 500, b"<html>Internal Server Error</html>")
            return
        if fault == "echo":
            await _send_json(send, 400, {"error": "bad request", "headers": call.headers})
            return
        if fault in ("hostile", "types"):
            text = self._rng.choice(HOSTILE)() if fault == "hostile" else WRONG_TYPES
            await _send(send, 200, text.encode("utf-8", "surrogatepass"))
            return
        try:
            status, answer = self._answer(call)
        except Denied as error:
            status, answer = 401, {"error": str(error)}
        data = json.dumps(answer).encode()
        if fault == "truncated":
            data = data[: len(data) // 2]
        await _send(send, status, data, cut=fault == "cut")

    def _answer(self, call: Call) -> Reply:
        """Check the signature and answer. Raises Denied."""
        now = time.time()
        if call.supplier == "encompass":
            check_bearer(call.headers)
            return self._encompass(call)
        if call.supplier == "reliable_parts":
            check_hmac(call.method, call.target, call.headers, now=now)
            return self._reliable(call)
        if call.supplier == "amazon":
            path = call.target.partition("?")[0]
            check_sigv4(call.method, path, call.query, call.headers, call.body, now=now)
            return self._amazon(call)
        if call.rest == "/oauth/token" and call.method == "POST":
            token = self._tokens.issue(call.headers.get("authorization", ""), call.body)
            life_s = self._options.token_life_s
            return 200, {"access_token": token, "token_type": "Bearer", "expires_in": life_s}
        self._tokens.check(call.headers)
        return self._marcone(call)

    def _encompass(self, call: Call) -> Reply:
        words = _words(call)
        if words[:2] == ["parts", "cross-reference"] and len(words) == 3:
            offer = self._offer(words[2], call.supplier)
            return _NOT_FOUND if offer is None else (200, payloads.encompass_cross_reference(offer))
        offer = self._offer(words[1], call.supplier) if len(words) > 1 else None
        if offer is None or words[0] != "parts":
            return _NOT_FOUND
        if len(words) == 2:
            return 200, payloads.encompass_part(offer, self._older.get(offer.part.number, ()))
        return (200, payloads.encompass_models(offer)) if words[2:] == ["models"] else _NOT_FOUND

    def _marcone(self, call: Call) -> Reply:
        words = _words(call)
        if words == ["parts", "search"]:
            asked = parse_qs(call.query).get("q", [""])[0]
            return 200, payloads.marcone_search(self._offer(asked, call.supplier))
        part = self._catalogue.at(int(words[1])) if len(words) > 1 and words[1].isdecimal() else None
        offer = self._offer(part.number, call.supplier) if part is not None else None
        if offer is None:
            return _NOT_FOUND
        if len(words) == 2:
            return 200, payloads.marcone_part(offer)
        return (200, payloads.marcone_cross_references(offer)) if words[2:] == ["cross-references"] else _NOT_FOUND

    def _reliable(self, call: Call) -> Reply:
        words = _words(call)
        offer = self._offer(words[1], call.supplier) if len(words) > 1 else None
        if offer is None:
            return _NOT_FOUND
        make = {
            "": payloads.reliable_part,
            "images": payloads.reliable_images,
            "installation": payloads.reliable_installation,
        }
        found = make.get("/".join(words[2:]))
        return _NOT_FOUND if found is None else (200, found(offer))

    def _amazon(self, call: Call) -> Reply:
        asked = json.loads(call.body)
        if call.rest == "/searchitems":
            offer = self._offer(str(asked["Keywords"]), call.supplier)
            items = [] if offer is None else payloads.amazon_listings(offer, seed=self._options.seed)
            return (200 if items else 404), payloads.amazon_search(items, int(asked.get("ItemPage", 1)))
        items = []
        for asin in asked["ItemIds"][: payloads.PAGE_SIZE]:
            part = self._catalogue.at(int(asin[1:8]))
            offer = self._offer(part.number, call.supplier) if part is not None else None
            listed = payloads.amazon_listings(offer, seed=self._options.seed) if offer is not None else []
            items.extend(item for item in listed if item["ASIN"] == asin)
        return 200, {"ItemsResult": {"Items": items}}

    def _offer(self, number: str, supplier: str) -> Offer | None:
        part: Part | None = self._catalogue.find(number)
        if part is None:
            return None
        key = (supplier, part.index)
        if key not in self._offers:
            self._offers[key] = make_offer(part, supplier, seed=self._options.seed, today=self._today)
        return self._offers[key]


def _older(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Per part number those that it replaced."""
    found: dict[str, tuple[str, ...]] = {}
    for number in catalogue.numbers:
        part = catalogue.find(number)
        if part is not None and part.successor is not None:
            found[part.successor] = (*found.get(part.successor, ()), number)
    return found


def _call(scope: Scope, target: str, body: bytes) -> Call | None:
    for supplier, base in BASE_PATHS.items():
        if target.startswith(f"{base}/"):
            query = scope["query_string"].decode("latin-1")
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            full = f"{target}?{query}" if query else target
            return Call(
                supplier=supplier, method=scope["method"], target=full, rest=target.removeprefix(base),
                query=query, headers=headers, body=body,
            )  # fmt: skip
    return None


def _words(call: Call) -> list[str]:
    return [unquote(word) for word in call.rest.strip("/").split("/")]


def _densest(arrivals: deque[float]) -> int:
    """The most arrivals in any one second."""
    times, most, first = list(arrivals), 0, 0
    for last, moment in enumerate(times):
        while times[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


async def _body(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        chunks.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(chunks)


async def _send_json(send: Send, status: int, content: Any, *headers: tuple[bytes, bytes]) -> None:
    await _send(send, status, json.dumps(content).encode(), *headers)


async def _send(send: Send, status: int, data: bytes, *headers: tuple[bytes, bytes], cut: bool = False) -> None:
    length = len(data) + (1_000 if cut else 0)
    kind, size = (b"content-type", b"application/json"), (b"content-length", str(length).encode())
    await send({"type": "http.response.start", "status": status, "headers": [kind, size, *headers]})
    await send({"type": "http.response.body", "body": data})
