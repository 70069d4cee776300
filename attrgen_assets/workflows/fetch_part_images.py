"""Fetch the pictures that a stored part names, and store the part with what became of them."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from attrgen_assets.domain.catalogue.record import remade_document
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.images.model import ImagesReport
from attrgen_assets.domain.images.part_images import image_urls
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.parts.record_document import record_of_document
from attrgen_assets.domain.ports import StoreReport
from attrgen_assets.workflows.correct_part import stored_part
from attrgen_assets.workflows.fetch_images import ImagePorts, fetch_images
from attrgen_assets.workflows.store_record import RecordStore, store_record


@dataclass(frozen=True, slots=True, kw_only=True)
class PartImages:
    """What became of the pictures, and what storing the part did; None where it names no picture."""

    images: ImagesReport
    stored: StoreReport | None


async def fetch_part_images(
    part_number: str, *, ports: ImagePorts, store: RecordStore, rules: PartRules, registry: AttributeRegistry
) -> PartImages:
    """Fetch the pictures of a part, and store its document with the block `images`: a new version, where it differs.

    Raises NotFoundError where the part is not stored; StoreUnavailable, StorageFull, TerminalError.
    """
    document = await asyncio.to_thread(stored_part, part_number, store=store)
    report = await fetch_images(image_urls(document), ports=ports)
    if not report.images:
        return PartImages(images=report, stored=None)
    stored = await asyncio.to_thread(
        _store, part_number, report, store=store, rules=rules, registry=registry, now=ports.now()
    )
    return PartImages(images=report, stored=stored)


def _store(
    part_number: str,
    report: ImagesReport,
    *,
    store: RecordStore,
    rules: PartRules,
    registry: AttributeRegistry,
    now: datetime,
) -> StoreReport:
    document = stored_part(part_number, store=store)  # once more: downloads take a while, and lookups go on
    overwriting = rules.model_copy(update={"update_policies": {}})  # the record is the stored one: nothing to settle
    found = ", ".join(f"{count} {status}" for status, count in report.by_status.items() if count)
    return store_record(
        record_of_document(document),
        store=store,
        rules=overwriting,
        made=lambda record: remade_document(document, record, registry=registry, run_id=document["run_id"], at=now),
        by="images",
        why=f"pictures fetched: {found}",
        images=report.block(),
    ).report
