"""What fetching pictures needs from outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from attrgen_assets.domain.images.model import UrlRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """What a URL answered.

    ok: `data` is all of it. not_modified: what it had before is as good. broken, refused: `reason` says why.
    """

    outcome: Literal["ok", "not_modified", "broken", "refused"]
    data: bytes = b""
    content_type: str = ""
    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A picture that could be decoded. variants: WebP files by longest side."""

    width_px: int
    height_px: int
    variants: Mapping[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecodable:
    """Bytes that cannot be shown (broken), or shall not be (refused)."""

    outcome: Literal["broken", "refused"]
    reason: str


class ImageDownloader(Protocol):
    """Downloads files of strangers."""

    async def download(self, url: str, *, known: UrlRecord | None = None) -> Download:
        """The file; with `known`, only where it has changed since. A server's faults are answers, not errors."""
        ...


class ImageCodec(Protocol):
    """Decodes pictures and makes smaller ones."""

    def decode(self, data: bytes, image_format: str) -> Decoded | Undecodable:
        """The picture's size and variants."""
        ...


class ImageStore(Protocol):
    """Keeps files by name. Any method may raise StoreUnavailable, StorageFull or TerminalError."""

    def holds(self, names: Sequence[str]) -> bool:
        """Whether all files are there."""
        ...

    def write(self, files: Mapping[str, bytes]) -> None:
        """Keep files, in this order; each is there as a whole or not at all."""
        ...


class ImageRecords(Protocol):
    """What is known of URLs. Any method may raise StoreUnavailable or StorageFull."""

    def records_of(self, urls: Sequence[str]) -> Mapping[str, UrlRecord]:
        """What is on record, by URL."""
        ...

    def write_record(self, record: UrlRecord) -> None:
        """Keep a record in place of the former one of its URL."""
        ...
