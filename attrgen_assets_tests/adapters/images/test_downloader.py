"""Downloading from strangers: what they may do wrong, and where we do not go."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attrgen_assets.adapters.images.addresses import Resolver
from attrgen_assets.adapters.images.downloader import open_downloader
from attrgen_assets.domain.images.addresses import Network
from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.model import ImageStatus, UrlRecord
from attrgen_assets.domain.images.ports import Download
from attrgen_assets_tests.adapters.images.certificates import server_certificate
from attrgen_assets_tests.adapters.images.web import HOST, LOOPBACK, Answer, Web, names, picture, running_web

LIMITS = ImageLimits(max_bytes=10_000, total_s=5, max_redirects=3)


def download(
    routes: Mapping[str, Answer],
    url: str | Callable[[Web], str] = "/",
    *,
    limits: ImageLimits = LIMITS,
    resolver: Resolver | None = None,
    allowed: Sequence[Network] = LOOPBACK,
    then: Callable[[Web, Download], Awaitable[None]] | None = None,
) -> Download:
    """What a URL of a server (or of one given by it) answers."""

    async def work() -> Download:
        async with (
            running_web(routes) as web,
            open_downloader(limits, resolver=resolver or names(), allowed=allowed) as downloader,
        ):
            found = await downloader.download(url(web) if callable(url) else web.url(url))
            if then is not None:
                await then(web, found)
            return found

    return asyncio.run(work())


def test_a_file_comes_with_what_asks_for_changes_of_it() -> None:
    headers = {"Content-Type": "image/png", "Last-Modified": "Sat, 03 Jan 2026 10:00:00 GMT"}
    found = download({"/": Answer(body=picture(), headers=headers, etag='"1"')})
    assert (found.outcome, found.data, found.content_type, found.etag) == ("ok", picture(), "image/png", '"1"')
    assert found.last_modified == "Sat, 03 Jan 2026 10:00:00 GMT"


def test_the_connection_goes_to_the_checked_address_and_the_name_into_the_request() -> None:
    asked: list[str] = []

    async def rebinding(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return ("127.0.0.1",) if len(asked) == 1 else ("10.0.0.1",)

    async def then(web: Web, _: Download) -> None:
        assert [headers["host"] for _, headers in web.seen] == [f"{HOST}:{web.port}"]

    assert download({"/": Answer(body=b"x")}, resolver=rebinding, then=then).outcome == "ok"
    assert asked == [HOST]


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        (Answer(status=404), "broken", "HTTP 404"),
        (Answer(status=500), "broken", "HTTP 500"),
        (Answer(status=206, body=b"x"), "broken", "HTTP 206"),
        (Answer(body=b"x" * 10_001), "refused", "10,001 bytes; at most 10,000 are taken"),
        (Answer(length=10**15), "refused", "at most 10,000 are taken"),
        (Answer(body=b"x" * 10_001, chunked=True), "refused", "more than 10,000 bytes, which is all that is taken"),
        (Answer(body=b"x" * 99, length=100), "broken", "RemoteProtocolError: peer closed connection"),
        (Answer(body=b"x", headers={"Content-Encoding": "gzip"}), "refused", "compressed (gzip) although"),
        (Answer(status=302), "broken", "a redirect to nowhere"),
        (Answer(status=302, headers={"Location": "/"}), "broken", "redirects go round in a circle"),
        (Answer(status=302, headers={"Location": "ftp://example.com/"}), "refused", "redirected: scheme 'ftp'"),
        (Answer(status=302, headers={"Location": "file:///etc/passwd"}), "refused", "redirected: scheme 'file'"),
        (Answer(status=302, headers={"Location": "http://a:b@example.com/"}), "refused", "password"),
        (Answer(status=302, headers={"Location": "http://10.0.0.1/"}), "refused", "the private or reserved address"),
        (Answer(status=307, headers={"Location": "http://169.254.169.254/latest"}), "refused", "link-local address"),
        (Answer(status=301, headers={"Location": "http://[::ffff:169.254.169.254]/"}), "refused", "169.254.169.254"),
        (Answer(status=302, headers={"Location": "http://inner.example.com/"}), "refused", "address 192.168.0.7"),
    ],
)  # fmt: skip
def test_what_a_server_does_wrong_is_told(answer: Answer, outcome: str, reason: str) -> None:
    resolver = _literal(names(inner_example_com=["8.8.8.8", "192.168.0.7"]))
    found = download({"/": answer}, resolver=resolver)
    assert found.outcome == outcome
    assert reason in found.reason


def _literal(resolver: Resolver) -> Resolver:
    """As the system does: an address is its own answer."""

    async def both(host: str, port: int) -> Sequence[str]:
        return (host,) if host[0].isdecimal() or ":" in host else await resolver(host, port)

    return both


def test_redirects_are_followed_as_far_as_allowed() -> None:
    def chain(length: int) -> dict[str, Answer]:
        steps = {f"/{step}": Answer(status=302, headers={"Location": f"{step + 1}"}) for step in range(length)}
        return steps | {f"/{length}": Answer(body=b"there")}

    async def then(web: Web, found: Download) -> None:
        assert found.final_url == web.url("/3")

    assert download(chain(3), "/0", then=then).data == b"there"
    assert download(chain(4), "/0").reason == "more than 3 redirects"


@pytest.mark.parametrize("hanging", [Answer(body=b"abc", length=100, hang=True), Answer(length=100, hang=True)])
def test_a_server_that_hangs_is_left(hanging: Answer) -> None:
    whole = ImageLimits(total_s=0.2)
    silent = ImageLimits(timeout_s=0.2)
    assert download({"/": hanging}, limits=whole).reason == "not there after 0.2 s"
    assert download({"/": hanging}, limits=silent).reason == "no answer in time (ReadTimeout)"


def test_a_server_that_speaks_something_else_is_broken() -> None:
    async def work() -> Download:
        async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"220 mail.example.com ESMTP\r\n")
            writer.close()

        server = await asyncio.start_server(speak, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, open_downloader(LIMITS, resolver=names(), allowed=LOOPBACK) as downloader:
            return await downloader.download(f"http://{HOST}:{port}/")

    found = asyncio.run(work())
    assert found.outcome == "broken"
    assert "RemoteProtocolError" in found.reason


@pytest.mark.parametrize(
    ("url", "outcome", "reason"),
    [
        ("ftp://example.com/1.jpg", "refused", "scheme 'ftp' is not taken; taken are http and https"),
        ("/1.jpg", "refused", "scheme ''"),
        ("http:///1.jpg", "refused", "a URL without a host"),
        ("http://[::1", "refused", "no URL"),
        ("http://ann:secret@example.com/", "refused", "a URL with a user's name or password in it"),
        ("http://example.com/" + "a" * 9_000, "refused", "a URL of 9,019 characters"),
        ("http://nowhere.example.com/", "broken", "host nowhere.example.com is not found"),
        ("http://127.0.0.1/", "refused", "loopback address 127.0.0.1"),
        ("http://[::1]/", "refused", "loopback address ::1"),
    ],
)
def test_what_is_no_address_of_the_public_web_is_not_asked(url: str, outcome: str, reason: str) -> None:
    found = download({}, lambda _: url, allowed=(), resolver=_literal(names()))
    assert (found.outcome, reason in found.reason, "secret" in found.reason) == (outcome, True, False)


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f000001", "0"])
def test_other_spellings_of_loopback_are_seen_through_by_the_systems_own_resolver(host: str) -> None:
    async def work() -> Download:
        async with open_downloader(LIMITS) as downloader:
            return await downloader.download(f"http://{host}:1/")

    found = asyncio.run(work())
    assert found.outcome == "refused"
    assert "address" in found.reason


def test_the_next_address_is_tried_where_one_takes_no_connection() -> None:
    found = download({"/": Answer(body=b"x")}, resolver=names(pictures_example_com=["127.0.0.2", "127.0.0.1"]))
    assert found.outcome == "ok"
    found = download({}, resolver=names(pictures_example_com=["127.0.0.2"]))
    assert found.reason.startswith(f"cannot connect to {HOST}: ConnectError")


def test_only_the_address_that_gave_the_tag_is_asked_for_changes() -> None:
    async def work() -> list[Download]:
        routes = {"/": Answer(body=b"x", etag='"1"'), "/moved": Answer(status=302, headers={"Location": "/"})}
        async with (
            running_web(routes) as web,
            open_downloader(LIMITS, resolver=names(), allowed=LOOPBACK) as downloader,
        ):

            def known(final: str) -> UrlRecord:
                return UrlRecord(url="", status=ImageStatus.STORED, etag='"1"', final_url=final, last_modified="then",
                                 checked_at=datetime(2026, 1, 1, tzinfo=UTC))  # fmt: skip

            found = [
                await downloader.download(web.url("/moved"), known=known(web.url("/"))),
                await downloader.download(web.url("/"), known=known("http://example.com/")),
            ]
            assert ["if-none-match" in headers for _, headers in web.seen] == [False, True, False]
            assert web.seen[1][1]["if-modified-since"] == "then"
            return found

    assert [one.outcome for one in asyncio.run(work())] == ["not_modified", "ok"]


def test_the_certificate_is_that_of_the_name_and_not_of_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = server_certificate(tmp_path, HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))  # what the system believes
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(path)

    async def work() -> list[Download]:
        resolver = names(other_example_com=["127.0.0.1"])
        async with (
            running_web({"/": Answer(body=b"x")}, tls=tls) as web,
            open_downloader(LIMITS, resolver=resolver, allowed=LOOPBACK) as downloader,
        ):
            hosts = (HOST, "other.example.com")
            return [await downloader.download(web.url("/", host=host, scheme="https")) for host in hosts]

    named, other = asyncio.run(work())
    assert named.outcome == "ok"
    assert (other.outcome, "certificate" in other.reason) == ("broken", True)


def test_cookies_and_tags_that_cannot_be_sent_are_not_kept() -> None:
    headers = {"Set-Cookie": "a=b", "Last-Modified": "x" * 1_001}

    async def then(web: Web, found: Download) -> None:
        async with open_downloader(LIMITS, resolver=names(), allowed=LOOPBACK) as downloader:
            for _ in range(2):
                await downloader.download(web.url("/"))
        assert ["cookie" in headers for _, headers in web.seen] == [False] * 3

    found = download({"/": Answer(body=b"x", headers=headers, etag='"\xc3\xa9"')}, then=then)
    assert (found.outcome, found.etag, found.last_modified) == ("ok", "", "")


def test_no_text_in_place_of_a_url_is_an_error() -> None:
    """Of a part as of a redirect: all that suppliers and servers write is an answer."""

    @settings(max_examples=150)
    @given(
        st.sampled_from(["", "http://", "https://", "http://[", "https://.", "http://a\0", "HTTP:", "//", "http://x:"]),
        st.text(max_size=80),
    )
    def holds(start: str, rest: str) -> None:
        found = runner.run(downloader.download(start + rest))
        assert found.outcome in ("broken", "refused")
        assert found.reason

    with asyncio.Runner() as runner:
        opening = open_downloader(LIMITS, resolver=names())
        downloader = runner.run(opening.__aenter__())
        holds()
        runner.run(opening.__aexit__(None, None, None))


@pytest.mark.parametrize("host", [".example.com", "a" * 64 + ".example.com", "a..example.com", "a" * 70])
def test_names_that_no_certificate_can_have_are_refused_before_connecting(host: str) -> None:
    asked: list[str] = []

    async def anything(name: str, _: int) -> Sequence[str]:
        asked.append(name)
        return ("127.0.0.1",)

    found = download({}, lambda web: web.url("/", host=host, scheme="https"), resolver=anything)
    assert (found.outcome, asked) == ("refused", [])


@pytest.mark.parametrize(
    "host", ["-.example.com", "a_b.example.com", "example.com.", "xn--.example.com", "bücher.example"]
)
def test_odd_names_are_no_error(host: str) -> None:
    async def anything(_: str, __: int) -> Sequence[str]:
        return ("127.0.0.1",)

    silent = ImageLimits(timeout_s=0.1)  # the server waits for a request, and the client for TLS
    found = download({}, lambda web: web.url("/", host=host, scheme="https"), resolver=anything, limits=silent)
    assert found.outcome in ("broken", "refused")
