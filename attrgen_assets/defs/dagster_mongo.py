"""A MongoDB resource for Dagster: one pooled client per run.

Nothing here knows attrgen; the file could be a package of its own.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Self

import dagster as dg
from pydantic import Field, PrivateAttr
from pymongo import MongoClient
from pymongo.database import Database


class MongoResource(dg.ConfigurableResource[Any]):
    """A MongoDB server, reached through one client that is opened when a run starts and closed when it ends.

    The client connects at its first use, so a server that is down fails the step that needs it, where a retry
    policy applies, and not the start of the run. Subclasses may override `address` and `connect`.

    >>> @dg.asset
    ... def greetings(mongo: MongoResource) -> None:
    ...     mongo.database["greetings"].insert_one({"text": "hello"})
    >>> defs = dg.Definitions([greetings], resources={"mongo": MongoResource(uri="mongodb://mongo.example.com")})
    """

    uri: str = Field(default="mongodb://localhost:27017", description="connection string; use dg.EnvVar for a secret")
    database_name: str = Field(default="test", description="the database that `database` gives")
    app_name: str = Field(default="dagster", description="how the server's logs call this client")
    timeout_s: float = Field(default=5.0, description="how long a server may take to be found, seconds")
    max_pool_size: int = Field(default=20, description="connections kept per server")
    client_options: dict[str, Any] = Field(default_factory=dict, description="further options of pymongo.MongoClient")

    _client: MongoClient[dict[str, Any]] | None = PrivateAttr(default=None)

    def address(self) -> AbstractContextManager[str]:
        """The connection string, for as long as a client uses it; override to start a server or to ask a vault."""
        return nullcontext(self.uri)

    def connect(self, uri: str) -> MongoClient[dict[str, Any]]:
        """A client of that server; it must not wait for a connection."""
        milliseconds = int(self.timeout_s * 1000)
        options: dict[str, Any] = {
            "appname": self.app_name,
            "serverSelectionTimeoutMS": milliseconds,
            "connectTimeoutMS": milliseconds,
            "maxPoolSize": self.max_pool_size,
            "tz_aware": True,
        }
        return MongoClient(uri, **(options | self.client_options))

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Self]:
        """Open the client for the length of a run."""
        with self.address() as uri, self.connect(uri) as client:
            self._client = client
            try:
                yield self
            finally:
                self._client = None

    @property
    def client(self) -> MongoClient[dict[str, Any]]:
        """The pooled client.

        Raises:
            RuntimeError: outside of a run, where there is none.
        """
        if self._client is None:
            raise RuntimeError("this MongoResource is not open: ask for it as a resource of an asset, op or sensor")
        return self._client

    @property
    def database(self) -> Database[dict[str, Any]]:
        """The configured database."""
        return self.client[self.database_name]
