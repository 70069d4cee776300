"""The store: one MongoDB database with documents, their versions, quarantine, corrections and reports of runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient
from pymongo.errors import InvalidURI

from attrgen_assets.adapters.stores.mongo_documents import MongoDocuments
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_overrides import MongoOverrides
from attrgen_assets.adapters.stores.mongo_proposals import MongoProposals
from attrgen_assets.adapters.stores.mongo_quarantine import MongoQuarantine
from attrgen_assets.adapters.stores.mongo_reports import MongoReports
from attrgen_assets.domain.ports import Document


class MongoStore(MongoDocuments, MongoProposals, MongoQuarantine, MongoOverrides, MongoReports):
    """All of it over one database of one pooled client.

    Opens nothing when it is made: indexes are made sure of at the first use. Any method may raise StoreUnavailable
    (worth another try), StorageFull, or TerminalError.
    """


def client_options(*, timeout_s: float = 5.0) -> dict[str, Any]:
    """How attrgen talks to MongoDB.

    Args:
        timeout_s: how long it may take to find a server and to connect; an answer may take ten times as long.
    """
    milliseconds = int(timeout_s * 1000)
    return {
        "appname": "attrgen",
        "serverSelectionTimeoutMS": milliseconds,
        "connectTimeoutMS": milliseconds,
        "socketTimeoutMS": 10 * milliseconds,
        "waitQueueTimeoutMS": 10 * milliseconds,
        "tz_aware": True,
    }


def mongo_client(uri: str, *, timeout_s: float = 5.0) -> MongoClient[Document]:
    """A pooled client; it connects at its first use. Raises TerminalError for a URI that is none."""
    with translated("reading MONGODB_URI"):
        try:
            return MongoClient(uri, **client_options(timeout_s=timeout_s))
        except ValueError as error:  # pymongo's word for some faults in a URI; it does not repeat the password
            raise InvalidURI(str(error)) from error


def check_answers(client: MongoClient[Document]) -> None:
    """Ask the server for a sign of life. Raises StoreUnavailable where it gives none within the client's time."""
    with translated("connecting"):
        client.admin.command("ping")


@contextmanager
def open_mongo(uri: str, *, database: str, timeout_s: float = 5.0) -> Iterator[MongoStore]:
    """A store for the length of the block, over a client of its own.

    Raises TerminalError for a URI that is none; StoreUnavailable, before any work is done, for a server that is down.
    """
    with mongo_client(uri, timeout_s=timeout_s) as client:
        check_answers(client)
        yield MongoStore(client[database])
