"""What all parts of the store share: the database, and indexes made before the first use."""

from typing import Any

from pymongo import ReadPreference
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.write_concern import WriteConcern

from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import ensure_indexes
from attrgen_assets.domain.ports import Document


class MongoPart:
    """A part of the store; opens nothing by itself."""

    def __init__(self, database: Database[Document]) -> None:
        self._database = database
        self._ready = False

    @property
    def database(self) -> Database[Document]:
        """The database behind the store, for feeds that are read from a collection."""
        return self._database

    def prepare(self) -> None:
        """Make sure of the indexes, once. Raises StoreUnavailable, or TerminalError where an index is in the way."""
        if not self._ready:
            with translated("creating indexes"):
                ensure_indexes(self._database)
            self._ready = True

    def _collection(self, name: str) -> Collection[Document]:
        self.prepare()
        # From the primary, whatever the URI prefers: what was read decides what is written.
        return self._database.get_collection(name, read_preference=ReadPreference.PRIMARY)

    def _durable(self, name: str) -> Collection[Document]:
        """For what no re-run could bring back: acknowledged when it is in the journal of a majority.

        The journal is one sequence, so that everything written before is then safe as well.
        """
        concern: Any = WriteConcern(w="majority", j=True)
        return self._collection(name).with_options(write_concern=concern)
