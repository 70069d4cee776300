"""Fixtures for all tests: real servers, started once per session and shared by its processes."""

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from pymongo import MongoClient

from attrgen_assets.adapters.services import embedded_mongo, embedded_redis
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo import mongo_client as mongo_client_of
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.domain.ports import Document

# A busy machine fails no test: how long an example takes says nothing about whether it holds.
settings.register_profile("attrgen", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("attrgen")


@pytest.fixture(scope="session")
def servers_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of this session's servers; the processes of pytest-xdist have one together."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "servers"


@pytest.fixture(scope="session")
def mongo_uri(servers_home: Path) -> Iterator[str]:
    """The URI of a running MongoDB."""
    with embedded_mongo(servers_home) as uri:
        yield uri


@pytest.fixture(scope="session")
def mongo_client(mongo_uri: str) -> Iterator[MongoClient[Document]]:
    """A client of the running MongoDB, with the product's own options."""
    with mongo_client_of(mongo_uri, timeout_s=10) as client:
        yield client


@pytest.fixture
def mongo_database_name(mongo_client: MongoClient[Document]) -> Iterator[str]:
    """The name of a database that is this test's own, dropped after it."""
    name = f"test_{uuid4().hex}"
    yield name
    mongo_client.drop_database(name)


@pytest.fixture
def mongo_store(mongo_client: MongoClient[Document], mongo_database_name: str) -> MongoStore:
    """A store over an empty database."""
    return MongoStore(mongo_client[mongo_database_name])


@pytest.fixture(scope="session")
def redis_url(servers_home: Path) -> Iterator[str]:
    """The URL of a running Redis."""
    with embedded_redis(servers_home) as url:
        yield url


@pytest.fixture
def redis_cache(redis_url: str) -> Iterator[RedisMatchCache]:
    """An empty cache, by a prefix of its own; generous timeouts, so that a busy machine fails no test."""
    with RedisMatchCache(redis_url, timeout_s=10, prefix=f"test:{uuid4().hex}:") as cache:
        yield cache
