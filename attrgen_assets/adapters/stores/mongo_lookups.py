"""Sessions of lookups in MongoDB."""

from typing import Final

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.domain.parts.sessions import LookupSession

LOOKUP_SESSIONS: Final = "lookup_sessions"


class MongoLookups(MongoPart):
    """The LookupSessions of `domain.parts.sessions`. Any method may raise StoreUnavailable or StorageFull."""

    def write_session(self, session: LookupSession) -> None:
        """Keep the session's present state in place of its former one."""
        document = session.model_dump(mode="python")
        document["status"] = session.status.value
        document["suppliers"] = [one.model_dump() for one in session.suppliers]
        with translated("recording a lookup"):
            self._collection(LOOKUP_SESSIONS).replace_one({"_id": session.session_id}, document, upsert=True)

    def sessions_of(self, part_number: str) -> list[LookupSession]:
        """All sessions of a part number, oldest first."""
        with translated("reading lookups"):
            found = list(self._collection(LOOKUP_SESSIONS).find({"part_number": part_number}, {"_id": 0}))
        return sorted((LookupSession(**one) for one in found), key=lambda one: one.started_at)
