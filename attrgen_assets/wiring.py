"""Adapters chosen from settings and handed to workflows. Composition only: all that is decided here is which."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from attrgen_assets.adapters.configs import Configs
from attrgen_assets.adapters.feed_state import FeedState, feed_state
from attrgen_assets.adapters.feeds import open_feed
from attrgen_assets.adapters.last_good import LastGoodConfigs
from attrgen_assets.adapters.logs import logs_in_file
from attrgen_assets.adapters.services import embedded_mongo, embedded_redis
from attrgen_assets.adapters.stores.mongo import MongoStore, open_mongo
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.settings import Settings


def utc_now() -> datetime:
    """The time by the system's clock."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that a workflow may ask for."""

    settings: Settings
    configs: Configs
    tables: ParquetTables
    store: MongoStore
    cache: RedisMatchCache
    clock: Callable[[], datetime] = utc_now

    def reader(self, product_type: ProductType) -> FeedReader:
        """The reader of the product type's feed.

        Raises: FeedError where there is no such feed.
        """
        return open_feed(product_type.feed, feeds_dir=self.settings.resolved_feeds_dir, mongo=self.store.database)

    def feed_state(self, product_type: ProductType) -> FeedState | None:
        """What is cheap to see of the product type's feed; None for a MongoDB collection.

        Raises: FeedError where there is no such feed.
        """
        return feed_state(product_type.feed, feeds_dir=self.settings.resolved_feeds_dir)


def open_configs(settings: Settings) -> Configs:
    """The configs in force; needs no server."""
    last_good = LastGoodConfigs(settings.home / "configs" / "last_good")
    return Configs(config_dir=settings.resolved_config_dir, last_good=last_good)


def open_logs(settings: Settings) -> AbstractContextManager[None]:
    """Logs into the file of this installation, unless the process has configured its logs already."""
    return logs_in_file(home=settings.home, level=settings.log_level)


@contextmanager
def mongo_address(settings: Settings) -> Iterator[str]:
    """The URI of the settings, else that of an embedded server, which is up for as long as the block.

    Raises: NoServerError where neither is to be had; see `adapters.services.embedded_mongo`.
    """
    if settings.mongodb_uri is not None:
        yield settings.mongodb_uri.get_secret_value()
        return
    with embedded_mongo(settings.home) as uri:
        yield uri


@contextmanager
def open_cache(settings: Settings) -> Iterator[RedisMatchCache]:
    """The match cache in the Redis of the settings, else in an embedded one, which is up for as long as the block.

    Raises: NoServerError where neither is to be had; see `adapters.services.embedded_redis`.
    """
    if settings.redis_url is not None:
        with _cache(settings.redis_url.get_secret_value(), settings) as cache:
            yield cache
        return
    with embedded_redis(settings.home) as url, _cache(url, settings) as cache:
        yield cache


def compose(settings: Settings, *, store: MongoStore, cache: RedisMatchCache) -> Services:
    """Services over an open store and an open cache."""
    tables = ParquetTables(settings.parquet_dir)
    return Services(settings=settings, configs=open_configs(settings), tables=tables, store=store, cache=cache)


@contextmanager
def open_store(settings: Settings) -> Iterator[MongoStore]:
    """The store alone, for work that needs no cache.

    Raises: NoServerError where no MongoDB is named or to be found.
    """
    with (
        mongo_address(settings) as uri,
        open_mongo(uri, database=settings.mongodb_database, timeout_s=settings.store_timeout_s) as store,
    ):
        yield store


@contextmanager
def open_services(settings: Settings) -> Iterator[Services]:
    """All services for the length of the block.

    Raises: NoServerError where a server is neither named nor to be found; StoreUnavailable for a MongoDB that is
        named and down. A Redis that is down shows at its first use, as one warning.
    """
    with open_store(settings) as store, open_cache(settings) as cache:
        yield compose(settings, store=store, cache=cache)


def _cache(url: str, settings: Settings) -> RedisMatchCache:
    return RedisMatchCache(url, ttl_s=settings.match_cache_ttl_s, timeout_s=settings.cache_timeout_s)
