"""What steps and sensors are given: settings, MongoDB, Redis, and the services made of them."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Self

import dagster as dg
from pydantic import Field, PrivateAttr
from pymongo import MongoClient

from attrgen_assets import wiring
from attrgen_assets.adapters.stores.mongo import MongoStore, mongo_client
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.defs.dagster_mongo import MongoResource
from attrgen_assets.settings import Settings


class SettingsResource(dg.ConfigurableResource[Any]):
    """What overrides the environment. Empty fields, the default, leave everything to `settings.Settings`.

    The environment is read when a step or a sensor runs, and not when the definitions are loaded.
    """

    home: str | None = Field(default=None, description="data of this installation; ATTRGEN_HOME")
    config_dir: str | None = Field(default=None, description="the config folder; ATTRGEN_CONFIG_DIR")
    feeds_dir: str | None = Field(default=None, description="root of feed paths; ATTRGEN_FEEDS_DIR")
    mongodb_uri: str | None = Field(default=None, description="instead of an embedded MongoDB; MONGODB_URI")
    mongodb_database: str | None = Field(default=None, description="database name; ATTRGEN_MONGODB_DATABASE")
    redis_url: str | None = Field(default=None, description="instead of an embedded Redis; REDIS_URL")
    store_timeout_s: float | None = Field(default=None, description="how long MongoDB may take to be found, seconds")
    batch_rows: int | None = Field(default=None, description="rows worked on at a time")

    def load(self) -> Settings:
        """The settings in force."""
        stated: dict[str, Any] = self.model_dump(include=set(SettingsResource.model_fields), exclude_none=True)
        return Settings(**stated)

    @classmethod
    def of(cls, settings: Settings) -> "SettingsResource":
        """A resource that gives these settings, whatever the environment of the process that uses it says."""
        uri, url = settings.mongodb_uri, settings.redis_url
        return cls(
            home=str(settings.home.absolute()),
            config_dir=str(settings.resolved_config_dir.absolute()),
            feeds_dir=str(settings.resolved_feeds_dir.absolute()),
            mongodb_uri=uri.get_secret_value() if uri else None,
            mongodb_database=settings.mongodb_database,
            redis_url=url.get_secret_value() if url else None,
            store_timeout_s=settings.store_timeout_s,
            batch_rows=settings.batch_rows,
        )


class AttrgenMongoResource(MongoResource):
    """The MongoDB that the settings name, else the embedded one, kept up for the length of the run."""

    uri: str = Field(default="", description="not used: MONGODB_URI, else the embedded server")
    database_name: str = Field(default="attrgen", description="not used: ATTRGEN_MONGODB_DATABASE")
    app_name: str = Field(default="attrgen", description="how the server's logs call this client")
    settings: dg.ResourceDependency[SettingsResource]

    def address(self) -> AbstractContextManager[str]:
        """The URI of the settings, or that of the embedded server."""
        return wiring.mongo_address(self.settings.load())

    def connect(self, uri: str) -> MongoClient[dict[str, Any]]:
        """A client with the options that the store was made for."""
        return mongo_client(uri, timeout_s=self.settings.load().store_timeout_s)


class RedisResource(dg.ConfigurableResource[Any]):
    """The match cache in the Redis that the settings name, else in the embedded one."""

    settings: dg.ResourceDependency[SettingsResource]

    _cache: RedisMatchCache | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Open the cache for the length of a run."""
        with wiring.open_cache(self.settings.load()) as cache:
            self._cache = cache
            try:
                yield self
            finally:
                self._cache = None

    @property
    def cache(self) -> RedisMatchCache:
        """The open cache.

        Raises:
            RuntimeError: outside of a run, where there is none.
        """
        if self._cache is None:
            raise RuntimeError("this RedisResource is not open: ask for it as a resource of an asset, op or sensor")
        return self._cache


class ServicesResource(dg.ConfigurableResource[Any]):
    """Everything that a workflow may ask for, composed from the others."""

    settings: dg.ResourceDependency[SettingsResource]
    mongo: dg.ResourceDependency[MongoResource]
    redis: dg.ResourceDependency[RedisResource]
    retry_delay_s: float = Field(default=2.0, description="wait before the first retry; the next ones wait longer")

    _services: wiring.Services | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Compose the services for the length of a run."""
        settings = self.settings.load()
        store = MongoStore(self.mongo.client[settings.mongodb_database])
        with wiring.open_logs(settings):
            self._services = wiring.compose(settings, store=store, cache=self.redis.cache)
            try:
                yield self
            finally:
                self._services = None

    @property
    def services(self) -> wiring.Services:
        """The services.

        Raises:
            RuntimeError: outside of a run, where there are none.
        """
        if self._services is None:
            raise RuntimeError("this ServicesResource is not open: ask for it as a resource of an asset or a check")
        return self._services


def make_resources(settings: SettingsResource) -> dict[str, Any]:
    """The resources of the graph, over those settings."""
    mongo = AttrgenMongoResource(settings=settings)
    redis = RedisResource(settings=settings)
    services = ServicesResource(settings=settings, mongo=mongo, redis=redis)
    return {"settings": settings, "mongo": mongo, "redis": redis, "services": services}
