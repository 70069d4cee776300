"""Fetch pictures by their URLs: each content kept once, what is broken or not taken reported with the reason."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.model import FetchedImage, ImagesReport, ImageStatus, StoredImage, UrlRecord
from attrgen_assets.domain.images.naming import ORIGINAL, VARIANTS_VERSION, content_digest, file_names
from attrgen_assets.domain.images.ports import (
    Download,
    ImageCodec,
    ImageDownloader,
    ImageRecords,
    ImageStore,
    Undecodable,
)
from attrgen_assets.domain.images.sniffing import format_problem, sniff, type_note


@dataclass(frozen=True, slots=True, kw_only=True)
class ImagePorts:
    """What fetching works with. now: UTC."""

    downloader: ImageDownloader
    codec: ImageCodec
    store: ImageStore
    records: ImageRecords
    now: Callable[[], datetime]
    limits: ImageLimits = field(default_factory=ImageLimits)


@dataclass(frozen=True, slots=True)
class _Round:
    """One call's places in the queues, and who works on which content."""

    ports: ImagePorts
    downloads: asyncio.Semaphore
    decodes: asyncio.Semaphore
    locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    contents: dict[str, StoredImage | Undecodable] = field(default_factory=dict)


async def fetch_images(urls: Sequence[str], *, ports: ImagePorts) -> ImagesReport:
    """Download, check, decode and keep the pictures of these URLs; a URL that is named twice is fetched once.

    A URL that had a picture before is asked whether it has changed. One that is broken by now keeps, on record, the
    picture that it had. Files are written before the record: killed at any point, another call brings the same result.

    Raises StoreUnavailable, StorageFull, TerminalError: of our own stores. Nothing that a server does is an error.
    """
    asked = tuple(dict.fromkeys(urls))
    known = await asyncio.to_thread(ports.records.records_of, asked)
    limits = ports.limits
    here = _Round(ports, asyncio.Semaphore(limits.parallel), asyncio.Semaphore(limits.decoding))
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(_fetch(url, known.get(url), here)) for url in asked]
    except ExceptionGroup as errors:
        raise _first(errors) from errors
    return ImagesReport(images=tuple(task.result() for task in tasks))


async def _fetch(url: str, known: UrlRecord | None, here: _Round) -> FetchedImage:
    ports = here.ports
    async with here.downloads:
        usable = known if known is not None and await _still_there(known, ports) else None
        download = await ports.downloader.download(url, known=usable)
        record = await _record(url, download, known=known, usable=usable, here=here)
    await asyncio.to_thread(ports.records.write_record, record)
    return FetchedImage(**{name: getattr(record, name) for name in FetchedImage.model_fields})


async def _still_there(known: UrlRecord, ports: ImagePorts) -> bool:
    """Whether "not changed" would be a good answer: our own files are there, and made as they would be now."""
    if known.image is None or known.variants_version != VARIANTS_VERSION:
        return False
    return await asyncio.to_thread(ports.store.holds, list(known.image.files.values()))


async def _record(
    url: str, download: Download, *, known: UrlRecord | None, usable: UrlRecord | None, here: _Round
) -> UrlRecord:
    """What is to be on record. known: what is; usable: the same, where its files are as they would be made now."""
    now, before = here.ports.now(), known.image if known is not None else None
    if download.outcome == "not_modified":
        if usable is None:
            return _failed(url, ImageStatus.BROKEN, "HTTP 304, although nobody asked for changes", known, now)
        return usable.model_copy(update={"status": ImageStatus.UNCHANGED, "reason": "", "checked_at": now})
    if download.outcome != "ok":
        return _failed(url, ImageStatus(download.outcome), download.reason, known, now)
    if problem := format_problem(download.data, download.content_type):
        status = ImageStatus.REFUSED if download.data else ImageStatus.BROKEN
        return _failed(url, status, problem, known, now)
    image = await _kept(download.data, usable.image if usable is not None else None, here)
    if isinstance(image, Undecodable):
        return _failed(url, ImageStatus(image.outcome), image.reason, known, now)
    same = before is not None and before.sha256 == image.sha256
    return UrlRecord(
        url=url,
        status=ImageStatus.UNCHANGED if same else ImageStatus.STORED,
        note=type_note(image.format, download.content_type),
        image=image,
        etag=download.etag,
        last_modified=download.last_modified,
        final_url=download.final_url,
        variants_version=VARIANTS_VERSION,
        checked_at=now,
    )


def _failed(url: str, status: ImageStatus, reason: str, known: UrlRecord | None, now: datetime) -> UrlRecord:
    """A record of what went wrong; the picture of before, and how to ask for changes of it, stay on record."""
    if known is None or known.image is None:
        return UrlRecord(url=url, status=status, reason=reason, checked_at=now)
    reason = f"{reason}; the picture of an earlier fetch is kept"
    return known.model_copy(update={"status": status, "reason": reason, "checked_at": now})


async def _kept(data: bytes, before: StoredImage | None, here: _Round) -> StoredImage | Undecodable:
    """The picture in the store; of URLs with the same content the first one does the work."""
    digest = content_digest(data)
    if before is not None and before.sha256 == digest:
        return before
    async with here.locks.setdefault(digest, asyncio.Lock()):
        if digest not in here.contents:
            here.contents[digest] = await _keep(digest, data, here)
    return here.contents[digest]


async def _keep(digest: str, data: bytes, here: _Round) -> StoredImage | Undecodable:
    image_format, store = sniff(data), here.ports.store
    async with here.decodes:
        decoded = await asyncio.to_thread(here.ports.codec.decode, data, image_format)
    if isinstance(decoded, Undecodable):
        return decoded
    names = file_names(digest, image_format)
    if not await asyncio.to_thread(store.holds, list(names.values())):
        contents = {**decoded.variants, ORIGINAL: data}
        await asyncio.to_thread(store.write, {name: contents[variant] for variant, name in names.items()})
    return StoredImage(
        sha256=digest,
        format=image_format,
        width_px=decoded.width_px,
        height_px=decoded.height_px,
        bytes=len(data),
        files=names,
    )


def _first(errors: BaseExceptionGroup[Exception]) -> Exception:
    """One error for a group: whoever calls this knows single ones."""
    found: BaseException = errors
    while isinstance(found, BaseExceptionGroup):
        found = found.exceptions[0]
    return found if isinstance(found, Exception) else RuntimeError(str(found))
