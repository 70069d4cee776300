"""A feed behind a web address: an export, or an API that lists what is wanted, page after page."""

import tempfile
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Final, cast

import httpx
import polars as pl
from pydantic import SecretStr
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from attrgen_assets.adapters.feeds.files import FeedFile, ReadFile
from attrgen_assets.adapters.feeds.formats import guess_format
from attrgen_assets.adapters.feeds.frames import Note, rebatch
from attrgen_assets.domain.ports import FeedInfo
from attrgen_assets.errors import FeedError

_TIMEOUT: Final = httpx.Timeout(30.0)
_ATTEMPTS: Final = 4
_FIRST_WAIT_S: Final = 0.2
_MOST_PAGES: Final = 10_000
_MOST_BYTES: Final = 4 << 30
_FORMATS: Final = {
    "text/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/json": "json",
    "application/vnd.apache.parquet": "parquet",
}


class _TryAgain(Exception):
    """The server or the way there is at fault, perhaps for a moment."""


class WebFeed:
    """A FeedReader over the pages of an address: each page is a file, and `Link: <...>; rel="next"` leads to the next.

    (RFC 8288.) The token goes to the address's own origin only; a next page elsewhere is refused.
    """

    def __init__(self, url: str, *, token: SecretStr | None, format: str, reading: Callable[[str], ReadFile]) -> None:
        """format: auto for what the server says. reading: how a format is read."""
        self._url = httpx.URL(url)
        self._token = token
        self._format = format
        self._reading = reading
        self._files: list[str] = []
        self._notes: list[str] = []
        self._mtimes: list[float] = []

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """Frames of RAW without `sku`, at most `batch_rows` rows each, page after page.

        Raises: FeedError where a page cannot be had or read.
        """
        self._files, self._notes, self._mtimes = [], [], []
        headers = {"User-Agent": "attrgen"}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.get_secret_value()}"
        with httpx.Client(headers=headers, timeout=_TIMEOUT, follow_redirects=True) as client:
            following: httpx.URL | None = self._url
            while following is not None:
                with tempfile.TemporaryFile() as kept:
                    name, format, following = self._page(client, following, kept)
                    stream, file = cast(BinaryIO, kept), FeedFile(Path(name), name)
                    frames = self._reading(format)(file, stream, self._noter(name))
                    yield from rebatch(frames, batch_rows=batch_rows)

    def info(self) -> FeedInfo:
        """The pages so far, as files; the newest `Last-Modified` among them, where the server says it."""
        return FeedInfo(
            files=tuple(self._files), newest_mtime=max(self._mtimes, default=None), notes=tuple(self._notes)
        )

    def _page(self, client: httpx.Client, url: httpx.URL, kept: IO[bytes]) -> tuple[str, str, httpx.URL | None]:
        """What the page is called, its format, and where the next one is; its content lies in `kept`."""
        if len(self._files) == _MOST_PAGES:
            raise FeedError(f"{self._place} goes on after {_MOST_PAGES} pages: does its last page name a next one?")
        try:
            for attempt in _retrying():
                with attempt:
                    headers, following = self._download(client, url, kept)
        except _TryAgain as error:
            raise FeedError(f"{self._place} {error}, after {_ATTEMPTS} attempts; try again later") from error
        if "last-modified" in headers:
            self._mtimes.append(_timestamp(headers["last-modified"]))
        name = self._place if not self._files else f"{self._place} page {len(self._files) + 1}"
        self._files.append(name)
        kept.seek(0)
        format = self._format if self._format != "auto" else _format(url, headers, kept.read(64))
        kept.seek(0)
        return name, format, following

    def _download(
        self, client: httpx.Client, url: httpx.URL, kept: IO[bytes]
    ) -> tuple[httpx.Headers, httpx.URL | None]:
        kept.seek(0)
        kept.truncate()
        try:
            with client.stream("GET", url) as answer:
                self._check(answer)
                for chunk in answer.iter_bytes():
                    kept.write(chunk)
                    if kept.tell() > _MOST_BYTES:
                        raise FeedError(f"{self._place} is larger than {_MOST_BYTES >> 30} GiB; save it as files")
                return answer.headers, self._next(answer)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise _TryAgain(f"cannot be read ({type(error).__name__}: {error})") from error
        except (httpx.TooManyRedirects, httpx.InvalidURL) as error:
            raise FeedError(f"{self._place} cannot be read: {error}") from error

    def _check(self, answer: httpx.Response) -> None:
        code = answer.status_code
        if code == httpx.codes.TOO_MANY_REQUESTS or code >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise _TryAgain(f"answers {code} {answer.reason_phrase}")
        if code in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
            sent = "the token was sent: is it still valid?" if self._token else "no token was sent: set `feed.token`"
            raise FeedError(f"{self._place} answers {code} {answer.reason_phrase}; {sent}")
        if code != httpx.codes.OK:
            raise FeedError(f"{self._place} answers {code} {answer.reason_phrase}; check `feed.url`")

    def _next(self, answer: httpx.Response) -> httpx.URL | None:
        link = answer.links.get("next", {}).get("url")
        if not link:
            return None
        following = answer.url.join(link)
        if (following.scheme, following.netloc) != (self._url.scheme, self._url.netloc):
            raise FeedError(f"{self._place} names a next page on another server, {following.host}; it is not followed")
        return following

    @property
    def _place(self) -> str:
        """The address without its query, which may have a key in it."""
        return str(self._url.copy_with(query=None, fragment=None))

    def _noter(self, name: str) -> Note:
        return lambda text: self._notes.append(f"{name}: {text}")


def _retrying() -> Retrying:
    return Retrying(
        retry=retry_if_exception_type(_TryAgain),
        stop=stop_after_attempt(_ATTEMPTS),
        wait=wait_random_exponential(multiplier=_FIRST_WAIT_S, max=10),
        reraise=True,
    )


def _format(url: httpx.URL, headers: httpx.Headers, head: bytes) -> str:
    """By what the server calls the content, else by the address, else by the first bytes."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    return _FORMATS.get(kind) or guess_format(PurePosixPath(url.path).name, head)


def _timestamp(text: str) -> float:
    try:
        return parsedate_to_datetime(text).timestamp()
    except ValueError:
        return 0.0
