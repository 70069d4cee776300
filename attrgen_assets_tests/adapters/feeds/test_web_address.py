"""Feeds behind an address: pages, tokens, and servers that misbehave, over real sockets."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import polars as pl
import pytest
from pydantic import SecretStr, ValidationError

from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.errors import FeedError

Seen = list[tuple[str, str | None]]
Answer = tuple[int, dict[str, str], bytes]
Route = Callable[[Seen], Answer]

NAMED = {"token": "PARTS_API_TOKEN"}


@contextmanager
def server(routes: dict[str, Route]) -> Iterator[tuple[str, Seen]]:
    """Its address, and the paths and tokens that it was asked with."""
    seen: Seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append((self.path, self.headers.get("Authorization")))
            status, headers, body = routes[self.path](seen) if self.path in routes else (404, {}, b"")
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{running.server_port}", seen
        finally:
            running.shutdown()
            thread.join()


def always(body: bytes, *, status: int = 200, **headers: Any) -> Route:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: (status, named, body)


def opened(url: str, *, bearer: str | None = None, **feed: Any) -> FeedReader:
    said = Feed(url=url, columns={"part_number": ("part",)}, **feed)
    return open_feed(said, feeds_dir=Path(), mongo=None, token=SecretStr(bearer) if bearer else None)


def parts_of(reader: FeedReader) -> list[tuple[str, int, str]]:
    frames = list(reader.read_batches(batch_rows=2))
    return pl.concat(frames, how="diagonal").select("source_file", "row_number", "in.part").rows()


def test_an_export_is_read_by_what_the_server_calls_it() -> None:
    body = b"part;remark\nA1;x\nB2;y\nC3;z\n"
    changed = "Tue, 06 Jan 2026 10:00:00 GMT"
    with server({"/wanted?k=1": always(body, Content_Type="text/csv; charset=utf-8", Last_Modified=changed)}) as (
        at,
        _,
    ):
        reader = opened(f"{at}/wanted?k=1")
        assert parts_of(reader) == [(f"{at}/wanted", row, part) for row, part in enumerate(("A1", "B2", "C3"), 1)]
        assert reader.info().files == (f"{at}/wanted",)
        assert reader.info().newest_mtime == 1767693600.0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/parts.jsonl", b'{"part": "A1"}\n{"part": "B2"}\n'),
        ("/parts.csv", b"part\nA1\nB2\n"),
        ("/api/parts", b'[{"part": "A1"}, {"part": "B2"}]'),
    ],
)
def test_without_a_content_type_address_and_first_bytes_tell_the_format(path: str, body: bytes) -> None:
    with server({path: always(body)}) as (at, _):
        assert [part for *_, part in parts_of(opened(at + path))] == ["A1", "B2"]


def test_pages_follow_one_another_with_the_token_and_rows_say_their_page() -> None:
    def page(*parts: str, following: str | None) -> Route:
        body = json.dumps({"count": 3, "items": [{"part": part} for part in parts]}).encode()
        link: dict[str, Any] = {"Link": f'<{following}>; rel="next"'} if following else {}
        return always(body, Content_Type="application/json", **link)

    routes = {"/wanted": page("A1", "B2", following="/wanted?page=2"), "/wanted?page=2": page("C3", following=None)}
    with server(routes) as (at, seen):
        reader = opened(f"{at}/wanted", bearer="s3cret", **NAMED)
        assert parts_of(reader) == [
            (f"{at}/wanted", 1, "A1"), (f"{at}/wanted", 2, "B2"), (f"{at}/wanted page 2", 1, "C3"),
        ]  # fmt: skip
        assert seen == [("/wanted", "Bearer s3cret"), ("/wanted?page=2", "Bearer s3cret")]
        assert parts_of(reader) == parts_of(reader)


def test_a_server_that_stumbles_is_asked_again() -> None:
    def stumbling(seen: Seen) -> Answer:
        return (503, {}, b"busy") if len(seen) < 3 else (200, {"Content-Type": "text/csv"}, b"part\nA1\n")

    with server({"/wanted": stumbling}) as (at, seen):
        assert [part for *_, part in parts_of(opened(f"{at}/wanted"))] == ["A1"]
        assert len(seen) == 3


def cut_off(_: Seen) -> Answer:
    return 200, {"Content-Length": "1000", "Content-Type": "text/csv"}, b"part\nA1\n"


@pytest.mark.parametrize(
    ("route", "message"),
    [
        (always(b"", status=404), r"/wanted answers 404 Not Found; check `feed\.url`"),
        (always(b"", status=401), r"/wanted answers 401 Unauthorized; no token was sent: set `feed\.token`"),
        (always(b"", status=500), r"answers 500 Internal Server Error, after 4 attempts; try again later"),
        (cut_off, r"cannot be read \(RemoteProtocolError.*after 4 attempts"),
        (
            always(b"part\nA1\n", Content_Type="text/csv", Link='<https://example.com/2>; rel="next"'),
            r"names a next page on another server, example\.com; it is not followed",
        ),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(route: Route, message: str) -> None:
    with server({"/wanted?key=hidden": route}) as (at, _):
        with pytest.raises(FeedError, match=message) as caught:
            list(opened(f"{at}/wanted?key=hidden").read_batches(batch_rows=10))
        assert "hidden" not in str(caught.value)


def test_a_token_goes_to_no_other_server() -> None:
    with (
        server({"/parts": always(b"part\nA1\n", Content_Type="text/csv")}) as (other, others),
        server({"/wanted": always(b"", status=302, Location=f"{other}/parts")}) as (at, seen),
    ):
        assert [part for *_, part in parts_of(opened(f"{at}/wanted", bearer="s3cret", **NAMED))] == ["A1"]
        assert (seen, others) == ([("/wanted", "Bearer s3cret")], [("/parts", None)])


def test_a_token_that_is_not_there_is_asked_for() -> None:
    with pytest.raises(
        FeedError, match=r"https://example\.com/x needs a token: set PARTS_API_TOKEN in the environment"
    ):
        opened("https://example.com/x?key=1", **NAMED)


@pytest.mark.parametrize("feed", [{"url": "ftp://example.com/x"}, {"url": "https://me:pw@example.com/x"},
                                  {"url": "https://example.com", "token": "sk-12345"}])  # fmt: skip
def test_what_is_no_address_and_what_is_no_variable_is_refused(feed: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Feed(columns={}, **feed)
