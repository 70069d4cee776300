"""Counts stored documents that a change of config may touch; reads only, and makes no index."""

import re
from collections.abc import Sequence
from typing import Any

from pymongo.database import Database

from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import DOCUMENTS
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.product_types.touches import Touch
from attrgen_assets.domain.tables import Status


class MongoTouches:
    """The DocumentCounter over the documents of a database."""

    def __init__(self, database: Database[Document]) -> None:
        self._documents = database[DOCUMENTS]

    def count_touched(self, product_type: str, touches: Sequence[Touch]) -> tuple[list[int], int]:
        """One query for each condition, and one for all together.

        Raises StoreUnavailable, or TerminalError.
        """
        queries = [touch_query(touch) for touch in touches]
        with translated("counting documents"):
            counts = [self._documents.count_documents({"product_type": product_type, **query}) for query in queries]
            every = {"product_type": product_type, "$or": queries}
            return counts, self._documents.count_documents(every) if queries else 0


def touch_query(touch: Touch) -> dict[str, Any]:
    """The condition as a query on stored documents.

    >>> touch_query(Touch(attribute="color", value="Red"))
    {'attributes.color.status': 'FOUND', 'attributes.color.value': 'Red'}
    """
    if touch.attribute is None:
        return {}
    entry = f"attributes.{touch.attribute}"
    query: dict[str, Any] = {}
    if touch.status is not None:
        query[f"{entry}.status"] = touch.status.value
    if touch.value is not None:
        query |= {f"{entry}.status": Status.FOUND.value, f"{entry}.value": touch.value}
    if touch.outside is not None:
        least, most = touch.outside
        query |= {
            f"{entry}.status": Status.FOUND.value,
            "$or": [{f"{entry}.value": {"$lt": least}}, {f"{entry}.value": {"$gt": most}}],
        }
    if touch.source is not None:
        generator, field = touch.source
        one_of_several = {"$regex": rf"(^|, ){re.escape(field)}(,|$)"}
        query |= {f"{entry}.provenance.generator": generator, f"{entry}.provenance.field": one_of_several}
    return query or {entry: {"$exists": True}}
