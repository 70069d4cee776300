"""Fetching pictures from a real server into a folder and a real MongoDB, again and again."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from attrgen_assets.adapters.images.codec import PillowCodec
from attrgen_assets.adapters.images.downloader import open_downloader
from attrgen_assets.adapters.images.store import open_file_store
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_images import MongoImages
from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.model import FetchedImage, ImagesReport
from attrgen_assets.errors import StorageFull
from attrgen_assets.workflows.fetch_images import ImagePorts, fetch_images
from attrgen_assets_tests.adapters.images.web import LOOPBACK, Answer, Web, names, picture, running_web

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LIMITS = ImageLimits(max_bytes=1_000_000, max_pixels=1_000_000, total_s=5, parallel=3)
PNG = Answer(body=picture(), etag='"1"', headers={"Content-Type": "image/png"})


class FullStore:
    """A store whose disk is full."""

    def holds(self, names: object) -> bool:
        """Nothing."""
        return False

    def write(self, files: Mapping[str, bytes]) -> None:
        """Says so."""
        raise StorageFull(f"no room for {len(files)} files")


@dataclass(slots=True)
class Shop:
    """One server, and a folder and records that its pictures go to."""

    web: Web
    folder: Path
    ports: ImagePorts

    async def fetch(self, *paths: str) -> ImagesReport:
        """One round over these paths, all that there are by default."""
        self.web.seen.clear()
        return await fetch_images([self.web.url(path) for path in paths or self.web.routes], ports=self.ports)

    async def one(self, path: str) -> FetchedImage:
        """A round over one path."""
        return (await self.fetch(path)).images[0]

    @property
    def conditional(self) -> list[bool]:
        """Of the requests of the last round, whether each asked for changes only."""
        return ["if-none-match" in headers for _, headers in self.web.seen]

    @property
    def originals(self) -> list[Path]:
        """Kept pictures."""
        return sorted(self.folder.rglob("original.*"))


@asynccontextmanager
async def opened(store: MongoStore, folder: Path, routes: Mapping[str, Answer]) -> AsyncIterator[Shop]:
    """A shop for the length of the block."""
    async with running_web(routes) as web, open_downloader(LIMITS, resolver=names(), allowed=LOOPBACK) as downloader:
        ports = ImagePorts(
            downloader=downloader,
            codec=PillowCodec(LIMITS),
            store=open_file_store(str(folder)),
            records=MongoImages(store.database),
            now=lambda: NOW,
            limits=LIMITS,
        )
        yield Shop(web, folder, ports)


def test_every_url_has_an_answer_and_every_content_is_kept_once(mongo_store: MongoStore, tmp_path: Path) -> None:
    jpeg = picture("JPEG", size=(900, 300))
    routes = {
        "/1.png": PNG,
        "/same.png": replace(PNG, etag=""),
        "/2.jpg": Answer(body=jpeg, headers={"Content-Type": "image/png"}),
        "/gone": Answer(status=404),
        "/page": Answer(body=b"<!doctype html><p>Sorry", headers={"Content-Type": "image/jpeg"}),
        "/drawing": Answer(body=b"<svg xmlns='http://www.w3.org/2000/svg'/>", headers={"Content-Type": "image/png"}),
        "/empty": Answer(),
        "/half": Answer(body=jpeg[:200]),
        "/bomb": Answer(body=picture(size=(1001, 1000))),
    }

    async def work() -> ImagesReport:
        async with opened(mongo_store, tmp_path, routes) as shop:
            report = await shop.fetch(*routes, "/1.png")
            assert [one.url for one in report.images] == [shop.web.url(path) for path in routes]
            assert len(shop.web.seen) == len(routes)
            assert len(shop.originals) == 2
            return report

    report = asyncio.run(work())
    first, same, second, gone, page, drawing, empty, half, bomb = report.images
    assert report.by_status == {"stored": 3, "unchanged": 0, "broken": 3, "refused": 3}
    assert first.image is not None
    assert second.image is not None
    assert first.image == same.image
    assert (first.image.format, first.image.width_px, first.image.height_px, first.note) == ("png", 300, 200, "")
    assert (second.image.format, second.note) == ("jpeg", "the server called it image/png")
    assert second.image.bytes == len(jpeg)
    assert (tmp_path / second.image.files["original"]).read_bytes() == jpeg
    small = Image.open(BytesIO((tmp_path / second.image.files["200"]).read_bytes()))
    assert (small.format, small.size) == ("WEBP", (200, 67))
    reasons = {one.url.rpartition("/")[2]: one.reason for one in (gone, page, drawing, empty, half, bomb)}
    assert reasons["gone"] == "HTTP 404"
    assert reasons["page"].startswith("html is not taken, as it can hold scripts")
    assert reasons["drawing"].startswith("svg is not taken, as it can hold scripts")
    assert reasons["empty"] == "the answer is empty"
    assert reasons["half"].startswith("cannot be decoded as jpeg: OSError")
    assert reasons["bomb"] == "more than 1,000,000 pixels"


def test_a_second_round_asks_for_changes_and_the_block_stays_the_same(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(
            mongo_store, tmp_path, {"/1": PNG, "/2": replace(PNG, etag=""), "/3": Answer(status=500)}
        ) as shop:
            first = await shop.fetch()
            before = [path.stat().st_mtime_ns for path in shop.originals]
            second = await shop.fetch()
            assert sorted(shop.conditional) == [False, False, True]
            assert second.by_status == {"stored": 0, "unchanged": 2, "broken": 1, "refused": 0}
            assert second.block() == first.block()
            assert [path.stat().st_mtime_ns for path in shop.originals] == before

    asyncio.run(work())


def test_another_picture_at_the_same_url_is_another_content(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {"/1": PNG}) as shop:
            first = await shop.one("/1")
            shop.web.routes["/1"] = Answer(body=picture(color="blue"), etag='"2"')
            second = await shop.one("/1")
            assert (second.status.value, first.image != second.image) == ("stored", True)
            assert len(shop.originals) == 2

    asyncio.run(work())


def test_a_url_that_breaks_keeps_its_picture_and_comes_back(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {"/1": PNG}) as shop:
            first = await shop.one("/1")
            shop.web.routes["/1"] = Answer(status=503)
            broken = await shop.one("/1")
            assert (broken.status.value, broken.image) == ("broken", first.image)
            assert broken.reason == "HTTP 503; the picture of an earlier fetch is kept"
            shop.web.routes["/1"] = PNG
            back = await shop.one("/1")
            assert (back.status.value, back.reason, shop.conditional) == ("unchanged", "", [True])

    asyncio.run(work())


def test_files_that_were_lost_are_fetched_again(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {"/1": PNG}) as shop:
            first = await shop.one("/1")
            assert first.image is not None
            lost = tmp_path / first.image.files["200"]
            lost.unlink()
            again = await shop.one("/1")
            assert (shop.conditional, again.image, lost.exists()) == ([False], first.image, True)

    asyncio.run(work())


def test_a_server_that_says_unchanged_to_a_plain_request_is_broken(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {"/1": Answer(status=304)}) as shop:
            found = await shop.one("/1")
            assert (found.status.value, found.image) == ("broken", None)

    asyncio.run(work())


def test_our_own_full_disk_is_an_error_and_leaves_no_record(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {"/1": PNG}) as shop:
            shop.ports = replace(shop.ports, store=FullStore())
            with pytest.raises(StorageFull, match="4 files"):
                await shop.fetch()
            assert not shop.ports.records.records_of([shop.web.url("/1")])

    asyncio.run(work())


def test_no_urls_are_no_pictures(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> ImagesReport:
        async with opened(mongo_store, tmp_path, {}) as shop:
            return await shop.fetch()

    assert asyncio.run(work()) == ImagesReport()
