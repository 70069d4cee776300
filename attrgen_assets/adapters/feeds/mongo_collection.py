"""A MongoDB collection as a feed: a document a row, in the order of _id."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from pymongo.database import Database
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError

from attrgen_assets.adapters.feeds.frames import rebatch
from attrgen_assets.adapters.feeds.objects import Cells, cells_of, object_frames
from attrgen_assets.domain.ports import FeedInfo
from attrgen_assets.domain.product_types.fields import nearest_names
from attrgen_assets.errors import FeedError, StoreUnavailable


class MongoFeed:
    """A FeedReader over a collection. Top-level keys are columns; nested values are JSON text (see `values`)."""

    def __init__(self, database: Database[dict[str, Any]], collection: str) -> None:
        self._database = database
        self._collection = collection
        self._place = f"mongodb:{collection}"

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """Frames of RAW without `sku`, at most `batch_rows` rows each.

        Raises: FeedError where there is no such collection; StoreUnavailable where MongoDB does not answer.
        """
        yield from rebatch(object_frames(self._rows(), source_file=self._place), batch_rows=batch_rows)

    def info(self) -> FeedInfo:
        """The collection, as a file; it has no time of change."""
        return FeedInfo(files=(self._place,))

    def _rows(self) -> Iterator[Cells]:
        with _mongo_errors(self._place):
            names = self._database.list_collection_names()
            if self._collection not in names:
                near = nearest_names(self._collection, names)
                hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"it has {len(names)} collections;"
                raise FeedError(
                    f"the database {self._database.name!r} has no collection {self._collection!r}; {hint} "
                    "Correct `feed.collection`, or import the feed (mongoimport)."
                )
            # sorted by the one index that every collection has, so that row numbers mean the same each time
            with self._database[self._collection].find().sort("_id", 1) as cursor:
                for document in cursor:
                    yield cells_of(document)


@contextmanager
def _mongo_errors(place: str) -> Iterator[None]:
    try:
        yield
    except (ConnectionFailure, ExecutionTimeout) as error:  # the former includes "no server found in time"
        raise StoreUnavailable(f"MongoDB does not answer while {place} is read: {error}") from error
    except PyMongoError as error:
        raise FeedError(f"the feed {place} cannot be read: {error}. Check the name and the user's rights.") from error
