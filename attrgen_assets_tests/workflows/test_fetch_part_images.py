"""A stored part gets what became of its pictures, and keeps it through lookups, runs and corrections."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.catalogue.record import CatalogRecord, remade_document
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import part_hash
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.tables import Status
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.correct_part import correct_part
from attrgen_assets.workflows.fetch_part_images import PartImages, fetch_part_images
from attrgen_assets.workflows.history import history
from attrgen_assets.workflows.store_record import store_record
from attrgen_assets_tests.adapters.images.web import Answer, picture
from attrgen_assets_tests.workflows.test_fetch_images import Shop, opened

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RULES, REGISTRY = PartRules(), AttributeRegistry()
ID = "appliance_part:A1"
ROUTES = {"/1": Answer(body=picture()), "/2": Answer(status=404), "/3": Answer(body=picture(color="blue"))}


def looked_up(store: MongoStore, primary: str | None, *gallery: str, title: str = "Pump") -> Document:
    """Store the part as a lookup does that found these pictures."""
    said = {"part_title": title, "primary_image_url": primary, "gallery_images": list(gallery) or None}
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS} | {
        name: FieldValue(status=Status.FOUND, value=value, source="encompass", confidence=0.9, method="fused")
        for name, value in said.items()
        if value is not None
    }
    record = PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields=fields)

    def made(settled: PartRecord) -> Document:
        return CatalogRecord.of(settled, (), REGISTRY).document(run_id="run-1", at=NOW, config_version="c1")

    store_record(record, store=store, rules=RULES, made=made, by="lookup", why="looked up")
    return store.get_document(ID)


def fetch(shop: Shop, store: MongoStore, part: str = "A1") -> Any:
    return fetch_part_images(part, ports=shop.ports, store=store, rules=RULES, registry=REGISTRY)


def statuses(document: Document) -> list[tuple[str, str]]:
    return [(one["url"].rpartition("/")[2], one["status"]) for one in document["images"]["images"]]


def test_a_part_gets_a_version_with_its_pictures_once(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, ROUTES) as shop:
            looked_up(mongo_store, shop.web.url("/1"), shop.web.url("/2"), shop.web.url("/1"))
            first: PartImages = await fetch(shop, mongo_store)
            assert first.stored is not None
            assert first.stored.changed == 1
            again: PartImages = await fetch(shop, mongo_store)
            assert again.stored is not None
            assert again.stored.unchanged == 1
            assert again.images.by_status == {"stored": 0, "unchanged": 1, "broken": 1, "refused": 0}

    asyncio.run(work())
    document = mongo_store.get_document(ID)
    assert statuses(document) == [("1", "stored"), ("2", "broken")]
    assert document["images"]["images"][0]["image"]["width_px"] == 300
    assert document["content_hash"] == part_hash(document)
    last = history("appliance_part", "A1", store=mongo_store)[0]
    assert (last.version, last.by, last.changed) == (2, "images", ("images",))
    assert last.why == "pictures fetched: 1 stored, 1 broken"


def test_what_is_known_of_pictures_stays_as_long_as_they_are_named(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, ROUTES) as shop:
            one, two, three = (shop.web.url(path) for path in ROUTES)
            looked_up(mongo_store, one, two)
            await fetch(shop, mongo_store)
            with_block = mongo_store.get_document(ID)
            same = looked_up(mongo_store, one, two)
            assert (same["version"], same["images"]) == (with_block["version"], with_block["images"])
            renamed = looked_up(mongo_store, one, two, title="Drain pump")
            assert (renamed["version"], renamed["images"]) == (with_block["version"] + 1, with_block["images"])
            corrected = correct(mongo_store, "color", "Green")
            assert corrected["images"] == with_block["images"]
            assert statuses(looked_up(mongo_store, three, one)) == [("1", "stored")]
            none = looked_up(mongo_store, three)
            assert "images" not in none
            assert none["content_hash"] == part_hash(none)

    asyncio.run(work())


def correct(store: MongoStore, field: str, text: str) -> Document:
    def remade(document: Document, record: PartRecord) -> Document:
        return remade_document(document, record, registry=REGISTRY, run_id="correction", at=NOW)

    correct_part("A1", field, text, store=store, rules=RULES, remade=remade, by="ann", reason="", now=NOW)
    return store.get_document(ID)


def test_a_part_without_pictures_and_one_that_is_not_stored(mongo_store: MongoStore, tmp_path: Path) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, {}) as shop:
            looked_up(mongo_store, None)
            found: PartImages = await fetch(shop, mongo_store)
            assert (found.images.images, found.stored) == ((), None)
            with pytest.raises(NotFoundError, match="`attrgen lookup B2` asks for it"):
                await fetch(shop, mongo_store, "B2")

    asyncio.run(work())
    assert mongo_store.get_document(ID)["version"] == 1


def test_the_picture_with_most_pixels_becomes_the_primary_one_and_stays_it(
    mongo_store: MongoStore, tmp_path: Path
) -> None:
    routes = {"/small": Answer(body=picture(size=(60, 40))), "/large": Answer(body=picture(size=(600, 400)))}

    async def work() -> None:
        async with opened(mongo_store, tmp_path, routes) as shop:
            small, large = (shop.web.url(path) for path in routes)
            looked_up(mongo_store, small, large)
            await fetch(shop, mongo_store)
            chosen = mongo_store.get_document(ID)
            primary = chosen["attributes"]["primary_image_url"]
            assert (primary["value"], primary["provenance"]["method"]) == (large, "quality")
            lost = chosen["part"]["losing"]["primary_image_url"]
            assert [(one["value"], one["why"]) for one in lost] == [
                (small, "has 60 x 40 pixels; the chosen one has 600 x 400 pixels")
            ]
            assert chosen["attributes"]["gallery_images"]["value"] == [small, large]
            assert chosen["content_hash"] == part_hash(chosen)
            again: PartImages = await fetch(shop, mongo_store)
            assert again.stored is not None
            assert again.stored.unchanged == 1
            renamed = looked_up(mongo_store, small, large, title="Drain pump")
            assert renamed["attributes"]["primary_image_url"] == primary
            by_person = correct(mongo_store, "primary_image_url", small)
            assert by_person["attributes"]["primary_image_url"]["value"] == small

    asyncio.run(work())


def test_a_primary_picture_that_cannot_be_had_gives_way_and_one_that_was_not_fetched_stays(
    mongo_store: MongoStore, tmp_path: Path
) -> None:
    async def work() -> None:
        async with opened(mongo_store, tmp_path, ROUTES) as shop:
            one, two, three = (shop.web.url(path) for path in ROUTES)
            looked_up(mongo_store, two, one)
            await fetch(shop, mongo_store)
            assert mongo_store.get_document(ID)["attributes"]["primary_image_url"]["value"] == one
            other = looked_up(mongo_store, three, one)
            assert other["attributes"]["primary_image_url"]["value"] == three

    asyncio.run(work())
