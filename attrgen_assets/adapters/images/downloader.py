"""Downloads files of strangers over HTTP: bounded in bytes, time, redirects, and in where it connects to.

Every host, that of each redirect as well, is looked up once; all its addresses are checked, and the connection goes to
an address that was checked, so that a name which answers otherwise a moment later (DNS rebinding) changes nothing. The
host's name goes into the Host header and, with TLS, is what the certificate is held against.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx

from attrgen_assets.adapters.images.addresses import AddressRefused, Resolver, checked_addresses, resolve
from attrgen_assets.domain.images.addresses import Network
from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.model import UrlRecord
from attrgen_assets.domain.images.ports import Download

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_URL: Final = 8_192
_LONGEST_LABEL: Final = 63  # RFC 1035, 2.3.4; no address is longer, be it IPv6
_LONGEST_TAG: Final = 1_000
_HEADERS: Final = {"Accept": "image/webp,image/png,image/jpeg,image/gif", "Accept-Encoding": "identity",
                   "User-Agent": "attrgen"}  # fmt: skip


class _Refused(Exception):
    """We do not take it."""


class _Broken(Exception):
    """The server is at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloader:
    """The ImageDownloader of `domain.images.ports`.

    resolver: of host names. allowed: networks that are not public and are taken all the same.
    """

    client: httpx.AsyncClient
    limits: ImageLimits = field(default_factory=ImageLimits)
    resolver: Resolver = resolve
    allowed: Sequence[Network] = ()

    async def download(self, url: str, *, known: UrlRecord | None = None) -> Download:
        """The file; with `known`, only where it has changed since.

        A server's faults are answers, not errors.
        """
        try:
            async with asyncio.timeout(self.limits.total_s):
                return await self._follow(url, known)
        except (_Refused, AddressRefused) as error:
            return Download(outcome="refused", reason=str(error))
        except _Broken as error:
            return Download(outcome="broken", reason=str(error))
        except TimeoutError:
            return Download(outcome="broken", reason=f"not there after {self.limits.total_s:g} s")

    async def _follow(self, url: str, known: UrlRecord | None) -> Download:
        """The file that the URL, or what it redirects to, answers with."""
        current, seen = _parsed(url), set[str]()
        for _ in range(self.limits.max_redirects + 1):
            if str(current) in seen:
                raise _Broken("redirects go round in a circle")
            seen.add(str(current))
            response = await self._answer(current, known)
            try:
                if response.status_code not in _REDIRECTS:
                    return await self._read(response, str(current))
                current = _next(current, response.headers.get("location", ""))
            finally:
                await response.aclose()
        raise _Broken(f"more than {self.limits.max_redirects} redirects")

    async def _answer(self, url: httpx.URL, known: UrlRecord | None) -> httpx.Response:
        """The response of the first address that takes a connection; its body is not read yet."""
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await checked_addresses(_host(url), port, resolver=self.resolver, allowed=self.allowed)
        except OSError as error:
            raise _Broken(f"host {_host(url)[:100]} is not found") from error
        failed = ""
        for address in addresses:
            try:
                return await self.client.send(self._request(url, address, known), stream=True)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failed = _said(error)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise _Broken(_said(error)) from error
        raise _Broken(f"cannot connect to {_host(url)[:100]}: {failed}")

    def _request(self, url: httpx.URL, address: str, known: UrlRecord | None) -> httpx.Request:
        headers = {**_HEADERS, "Host": url.netloc.decode("ascii")}
        if known is not None and known.final_url == str(url):  # elsewhere, the same tag may mean something else
            headers |= {"If-None-Match": known.etag} if known.etag else {}
            headers |= {"If-Modified-Since": known.last_modified} if known.last_modified else {}
        extensions = {"sni_hostname": _host(url).removesuffix(".")}  # certificates have no dot at the end
        return self.client.build_request("GET", url.copy_with(host=address), headers=headers, extensions=extensions)

    async def _read(self, response: httpx.Response, final_url: str) -> Download:
        """The body, as far as it is taken."""
        headers, status = response.headers, response.status_code
        if status == 304:
            return Download(outcome="not_modified", final_url=final_url)
        if status != 200:
            raise _Broken(f"HTTP {status}")
        if (packed := headers.get("content-encoding", "identity").strip().lower()) not in ("", "identity"):
            raise _Refused(f"compressed ({packed[:40]}) although identity was asked for")
        if (length := headers.get("content-length", "")).isdecimal() and int(length[:18]) > self.limits.max_bytes:
            raise _Refused(f"{int(length[:18]):,} bytes; at most {self.limits.max_bytes:,} are taken")
        data = bytearray()
        try:
            async for chunk in response.aiter_raw():
                data += chunk
                if len(data) > self.limits.max_bytes:
                    raise _Refused(f"more than {self.limits.max_bytes:,} bytes, which is all that is taken")
        except httpx.HTTPError as error:
            raise _Broken(_said(error)) from error
        return Download(
            outcome="ok",
            data=bytes(data),
            content_type=headers.get("content-type", ""),
            etag=_sendable(headers.get("etag", "")),
            last_modified=_sendable(headers.get("last-modified", "")),
            final_url=final_url,
        )


@asynccontextmanager
async def open_downloader(
    limits: ImageLimits, *, resolver: Resolver = resolve, allowed: Sequence[Network] = ()
) -> AsyncIterator[Downloader]:
    """A downloader for the length of the block.

    No proxy of the environment is used: it would look hosts up by itself, past all checks. No connection is kept:
    one to an address would be used again for another host of the same address, whose certificate it has not shown.
    """
    pool = httpx.Limits(max_connections=limits.parallel, max_keepalive_connections=0)
    verify = await asyncio.to_thread(ssl.create_default_context)  # reads the system's certificates
    async with httpx.AsyncClient(
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # by address, hosts would get each other's
        verify=verify,
        trust_env=False,
        follow_redirects=False,
        timeout=limits.timeout_s,
        limits=pool,
    ) as client:
        yield Downloader(client=client, limits=limits, resolver=resolver, allowed=tuple(allowed))


def _parsed(text: str) -> httpx.URL:
    """The URL without its fragment. Raises _Refused for what is not downloaded."""
    if len(text) > _LONGEST_URL:
        raise _Refused(f"a URL of {len(text):,} characters; at most {_LONGEST_URL:,} are taken")
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _Refused(f"no URL: {error}") from error
    if url.scheme not in ("http", "https"):
        raise _Refused(f"scheme {url.scheme[:20]!r} is not taken; taken are http and https")
    if not url.raw_host:
        raise _Refused("a URL without a host")
    # Before any connection: TLS finds such a name only after connecting, and leaves the connection open.
    if not all(0 < len(label) <= _LONGEST_LABEL for label in url.raw_host.removesuffix(b".").split(b".")):
        raise _Refused(f"{_host(url)[:100]!r} is no host name")
    if url.userinfo:
        raise _Refused("a URL with a user's name or password in it")
    return url.copy_with(fragment=None)


def _host(url: httpx.URL) -> str:
    """The name as it is asked for; `httpx.URL.host` would turn it into what people write, and fails for some."""
    return url.raw_host.decode("ascii")


def _next(current: httpx.URL, location: str) -> httpx.URL:
    if not location:
        raise _Broken("a redirect to nowhere")
    try:
        return _parsed(str(current.join(location)))
    except (httpx.InvalidURL, UnicodeError) as error:
        raise _Broken(f"a redirect to what is no URL: {error}") from error
    except _Refused as error:
        raise _Refused(f"redirected: {error}") from error


def _sendable(tag: str) -> str:
    """A tag that can be sent back as it is; else none."""
    return tag if tag.isascii() and tag.isprintable() and len(tag) <= _LONGEST_TAG else ""


def _said(error: Exception) -> str:
    """What went wrong, for people: the same words for the same fault."""
    if isinstance(error, httpx.TimeoutException):
        return f"no answer in time ({type(error).__name__})"
    text = str(error)[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
