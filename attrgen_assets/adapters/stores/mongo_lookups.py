"""Sessions of lookups in MongoDB."""

from datetime import datetime
from typing import Any, Final

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import LOOKUP_SESSIONS
from attrgen_assets.domain.parts.sessions import ABANDONED, LookupSession, LookupStatus

_OPEN: Final = {"$in": [status.value for status in LookupStatus if not status.ended]}


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

    def close_abandoned(self, *, started_before: datetime, at: datetime) -> int:
        """Make FAILED what has not ended and began so long ago; how many."""
        ended = {"status": LookupStatus.FAILED.value, "finished_at": at, "reason": ABANDONED}
        with translated("closing abandoned lookups"):
            done = self._collection(LOOKUP_SESSIONS).update_many(
                {"status": _OPEN, "started_at": {"$lt": started_before}}, {"$set": ended}
            )
        return done.modified_count

    def count_by_status(self) -> dict[str, int]:
        """How many sessions have which status."""
        stages: list[dict[str, Any]] = [{"$group": {"_id": "$status", "count": {"$sum": 1}}}]
        with translated("counting lookups"):
            return {row["_id"]: row["count"] for row in self._collection(LOOKUP_SESSIONS).aggregate(stages)}
