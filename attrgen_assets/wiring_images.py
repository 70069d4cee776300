"""Fetching pictures, from settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_images import MongoImages
from attrgen_assets.domain.images.addresses import networks
from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.errors import ConfigError, Problem, needs_extra
from attrgen_assets.settings import Settings
from attrgen_assets.workflows.fetch_images import ImagePorts


@asynccontextmanager
async def open_images(settings: Settings, store: MongoStore) -> AsyncIterator[ImagePorts]:
    """What fetching pictures works with, for the length of the block.

    Raises MissingExtra without the extra `images`; ConfigError for networks that are none; TerminalError for a place
    of a kind that is not known.
    """
    with needs_extra("images", "fetching pictures"):
        from attrgen_assets.adapters.images.codec import PillowCodec  # noqa: PLC0415 - the extra is asked for by use
        from attrgen_assets.adapters.images.downloader import open_downloader  # noqa: PLC0415 - as above
        from attrgen_assets.adapters.images.store import open_file_store  # noqa: PLC0415 - as above
    try:
        allowed = networks(settings.images_allowed_networks)
    except ValueError as error:
        problem = Problem("environment", None, "ATTRGEN_IMAGES_ALLOWED_NETWORKS", str(error), help='["10.0.0.0/8"]')
        raise ConfigError([problem]) from error
    limits = ImageLimits(
        max_bytes=settings.images_max_bytes,
        max_pixels=settings.images_max_pixels,
        total_s=settings.images_total_s,
        parallel=settings.images_parallel,
    )
    async with open_downloader(limits, allowed=allowed) as downloader:
        yield ImagePorts(
            downloader=downloader,
            codec=PillowCodec(limits),
            store=open_file_store(settings.resolved_images_url),
            records=MongoImages(store.database),
            now=lambda: datetime.now(tz=UTC),
            limits=limits,
        )
