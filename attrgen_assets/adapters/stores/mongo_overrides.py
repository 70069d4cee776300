"""Corrections by people in MongoDB: only ever added, so that the older ones are the history.

The latest correction of a (sku, attribute) is in force. One that is withdrawn is followed by a record that says so.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import bson
from pymongo.errors import DuplicateKeyError

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import OVERRIDES
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.errors import NotFoundError

_IN_ORDER = [("product_type", 1), ("sku", 1), ("attribute", 1), ("at", 1), ("_id", 1)]


class MongoOverrides(MongoPart):
    """The OverrideStore of `domain.ports`, and how corrections are made."""

    def overrides(self, product_type: str) -> Sequence[Override]:
        """All corrections in force, by SKU and attribute."""
        latest: dict[tuple[str, str], Document] = {}
        with translated("reading corrections"):
            for record in self._collection(OVERRIDES).find({"product_type": product_type}).sort(_IN_ORDER):
                latest[record["sku"], record["attribute"]] = record
        return [_override(record) for record in latest.values() if not record["withdrawn"]]

    def overrides_of(self, product_type: str, sku: str) -> Sequence[Override]:
        """The corrections in force for one SKU, by attribute."""
        with translated("reading corrections"):
            records = self._collection(OVERRIDES).find({"product_type": product_type, "sku": sku}).sort(_IN_ORDER)
            latest = {record["attribute"]: record for record in records}
        return [_override(record) for record in latest.values() if not record["withdrawn"]]

    def add_override(self, override: Override) -> None:
        """Record a correction; the same one twice is one."""
        self._add(override, withdrawn=False)

    def withdraw_override(
        self, product_type: str, sku: str, attribute: str, *, by: str, at: datetime, reason: str = ""
    ) -> None:
        """End the correction that is in force. Raises NotFoundError where none is."""
        in_force = {(one.sku, one.attribute): one for one in self.overrides(product_type)}
        if (sku, attribute) not in in_force:
            raise NotFoundError(f"no correction of {attribute!r} is in force for {product_type} {sku!r}")
        withdrawal = Override(
            product_type=product_type, sku=sku, attribute=attribute, value=None, by=by, at=at, reason=reason
        )
        self._add(withdrawal, withdrawn=True)

    def override_history(self, product_type: str, sku: str) -> list[Document]:
        """Everything recorded for a SKU, oldest first per attribute.

        Keys: product_type, sku, attribute, value, by, at, reason, entry_id, withdrawn.
        """
        with translated("reading corrections"):
            wanted = {"product_type": product_type, "sku": sku}
            return list(self._collection(OVERRIDES).find(wanted, {"_id": 0}).sort(_IN_ORDER))

    def _add(self, override: Override, *, withdrawn: bool) -> None:
        value: Any = list(override.value) if isinstance(override.value, tuple) else override.value
        record: Document = {
            "product_type": override.product_type,
            "sku": override.sku,
            "attribute": override.attribute,
            "value": value,
            "by": override.by,
            "at": override.at,
            "reason": override.reason,
            "entry_id": override.entry_id,
            "withdrawn": withdrawn,
        }
        with translated("recording a correction"):
            # The id follows from the record: a retry after a lost answer does not record it twice.
            key = blake2b(bson.encode(record), digest_size=16).hexdigest()
            try:
                self._durable(OVERRIDES).insert_one({"_id": key, **record})
            except DuplicateKeyError:
                return


def _override(record: Document) -> Override:
    keys = ("product_type", "sku", "attribute", "value", "by", "at", "reason", "entry_id")
    return Override(**{key: record[key] for key in keys})
