"""Quarantine in MongoDB: refused rows that wait for a person; an entry changes its status, and is never deleted.

    open      refused in the last run
    released  a person has dealt with it (corrected, or sent back); the next run decides: open again, or resolved
    resolved  no longer refused

`history` holds every change of status: {status, at, by, reason}; `by` is null where a run made it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Final

from pymongo import UpdateOne

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import QUARANTINE
from attrgen_assets.domain.ports import Document, QuarantineReport
from attrgen_assets.errors import NotFoundError

OPEN: Final = "open"
RELEASED: Final = "released"
RESOLVED: Final = "resolved"

_BATCH: Final = 1_000


class MongoQuarantine(MongoPart):
    """The QuarantineStore of `domain.ports`, and what people work with."""

    def replace_open(self, product_type: str, entries: Iterable[Document], *, seen_at: datetime) -> QuarantineReport:
        """Make `entries` the open ones of the type; the open and released ones not among them become resolved.

        Each entry brings `entry_id` and its content (sku, source, reasons, refusals, fields). May be killed at any
        point and run again.
        """
        collection = self._durable(QUARANTINE)
        seen: set[str] = set()
        new = 0
        remaining = iter(entries)
        while batch := list(islice(remaining, _BATCH)):
            updates = [_opening(product_type, entry, seen_at) for entry in batch]
            with translated("writing quarantined rows"):
                new += collection.bulk_write(updates, ordered=False).upserted_count
            seen.update(_key(product_type, entry["entry_id"]) for entry in batch)
        with translated("reading quarantined rows"):
            waiting = {"product_type": product_type, "status": {"$in": [OPEN, RELEASED]}}
            gone = [found["_id"] for found in collection.find(waiting, {"_id": 1}) if found["_id"] not in seen]
        resolved = 0
        change = _status_change(RESOLVED, at=seen_at, by=None, reason="no longer refused")
        for start in range(0, len(gone), _BATCH):
            ours = {"_id": {"$in": gone[start : start + _BATCH]}, "status": {"$in": [OPEN, RELEASED]}}
            with translated("resolving quarantined rows"):
                resolved += collection.update_many(ours, change).modified_count
        return QuarantineReport(open=len(seen), new=new, resolved=resolved)

    def list_quarantine(
        self,
        product_type: str | None = None,
        *,
        statuses: Sequence[str] = (OPEN,),
        reason: str | None = None,
        sku: str | None = None,
        limit: int = 0,
        skip: int = 0,
    ) -> Iterator[Document]:
        """Entries in the order of their ids; `limit` 0 is all of them."""
        wanted: dict[str, Any] = {"status": {"$in": list(statuses)}}
        for key, value in (("product_type", product_type), ("reasons", reason), ("sku", sku)):
            if value is not None:
                wanted[key] = value
        with translated("reading quarantined rows"):
            yield from self._collection(QUARANTINE).find(wanted).sort("_id", 1).skip(skip).limit(limit)

    def count_quarantine(
        self, product_type: str | None = None, *, statuses: Sequence[str] = (OPEN,)
    ) -> Mapping[str, Mapping[str, int]]:
        """{product type: {reason: entries}}, most frequent reason first; an entry with two reasons counts twice."""
        wanted: dict[str, Any] = {"status": {"$in": list(statuses)}}
        if product_type is not None:
            wanted["product_type"] = product_type
        stages: list[dict[str, Any]] = [
            {"$match": wanted},
            {"$unwind": "$reasons"},
            {"$group": {"_id": {"type": "$product_type", "reason": "$reasons"}, "entries": {"$sum": 1}}},
            {"$sort": {"_id.type": 1, "entries": -1, "_id.reason": 1}},
        ]
        counts: dict[str, dict[str, int]] = {}
        with translated("counting quarantined rows"):
            for found in self._collection(QUARANTINE).aggregate(stages):
                counts.setdefault(found["_id"]["type"], {})[found["_id"]["reason"]] = found["entries"]
        return counts

    def get_quarantine(self, entry_id: str, *, product_type: str | None = None) -> Document:
        """An entry by its id. Raises NotFoundError."""
        wanted = {"entry_id": entry_id} | ({"product_type": product_type} if product_type else {})
        with translated("reading a quarantined row"):
            found = self._collection(QUARANTINE).find_one(wanted)
        if found is None:
            raise NotFoundError(f"there is no quarantined row {entry_id!r}; `attrgen quarantine list` shows them")
        return found

    def find_quarantine(self, prefix: str, *, limit: int) -> list[Document]:
        """Entries of any status whose id begins with `prefix`, in the order of their ids, at most `limit`."""
        wanted = {"entry_id": {"$regex": f"^{re.escape(prefix)}"}}
        with translated("finding quarantined rows"):
            return list(self._collection(QUARANTINE).find(wanted).sort([("entry_id", 1), ("_id", 1)]).limit(limit))

    def release_quarantine(self, entry_id: str, *, by: str, at: datetime, reason: str = "") -> Document:
        """Say that a person has dealt with an entry; the next run decides. The entry as it is then.

        Raises NotFoundError; an entry that is not open stays as it is.
        """
        entry = self.get_quarantine(entry_id)
        change = _status_change(RELEASED, at=at, by=by, reason=reason)
        with translated("releasing a quarantined row"):
            self._durable(QUARANTINE).update_one({"_id": entry["_id"], "status": OPEN}, change)
        return self.get_quarantine(entry_id, product_type=entry["product_type"])


def _key(product_type: str, entry_id: str) -> str:
    return f"{product_type}:{entry_id}"


def _opening(product_type: str, entry: Document, seen_at: datetime) -> UpdateOne:
    """One atomic step that opens an entry, new or known; the history grows only where the status changes."""
    # Literal: a cell that begins with a dollar sign is not an expression.
    content = {key: {"$literal": value} for key, value in entry.items()}
    change = {"status": OPEN, "at": seen_at, "by": None, "reason": "refused"}
    fields = {
        **content,
        "product_type": product_type,
        "status": OPEN,
        "first_seen": {"$ifNull": ["$first_seen", seen_at]},
        "last_seen": seen_at,
        "history": {
            "$cond": [
                {"$eq": ["$status", OPEN]},
                "$history",
                {"$concatArrays": [{"$ifNull": ["$history", []]}, [{"$literal": change}]]},
            ]
        },
    }
    return UpdateOne({"_id": _key(product_type, entry["entry_id"])}, [{"$set": fields}], upsert=True)


def _status_change(status: str, *, at: datetime, by: str | None, reason: str) -> dict[str, Any]:
    change = {"status": status, "at": at, "by": by, "reason": reason}
    return {"$set": {"status": status}, "$push": {"history": change}}
