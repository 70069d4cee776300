"""Search over stored documents by MongoDB's text index.

A text that was asked for is given to `$text` as a value and never becomes part of an expression, and values of filters
are escaped. MongoDB's relevance depends on the document alone (not on how many others hold a word), so that a place in
its order stays where it is while other documents come and go.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pymongo import IndexModel
from pymongo.database import Database

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import DOCUMENTS
from attrgen_assets.domain.documents.search import Position, Search, SearchFilters, SearchHit, SearchPage, SortKey
from attrgen_assets.domain.ports import Document

_TITLES: Final = ("title", "part_title")
_DESCRIPTIONS: Final = ("description", "long_description")
_MANUFACTURERS: Final = ("manufacturer", "brand")
_DEPARTMENTS: Final = ("primary_department", "department")
_CATEGORIES: Final = ("primary_category", "category", "sub_categories")
_TITLE_WEIGHT: Final = 10  # a word in the title says what a product is, one in the description often what it fits
_SKU_WEIGHT: Final = 20
_TIME_LIMIT_MS: Final = 10_000

TEXT_INDEX: Final = IndexModel(
    [("sku", "text"), *((f"attributes.{name}.value", "text") for name in (*_TITLES, *_DESCRIPTIONS))],
    name="by_text",
    weights={"sku": _SKU_WEIGHT, **{f"attributes.{name}.value": _TITLE_WEIGHT for name in _TITLES}},
    default_language="english",
    # The default is "language", which may be an attribute's name: documents that have it would be refused.
    language_override="_text_language",
)

_SORT_FIELDS: Final[dict[SortKey, str]] = {"relevance": "relevance", "date": "updated_at", "confidence": "confidence"}


class MongoSearch(MongoPart):
    """The DocumentSearch of `domain.ports`."""

    def __init__(self, database: Database[Document]) -> None:
        super().__init__(database)
        self._searchable = False

    def search_documents(self, search: Search, *, after: Position | None, limit: int) -> SearchPage:
        """At most `limit` documents behind a place in the order.

        The first search of a catalogue makes the text index, so that one that is never searched does not pay for it.
        Raises StoreUnavailable, also where the answer takes over ten seconds.
        """
        collection = self._collection(DOCUMENTS)
        with translated("searching documents"):
            if search.text.strip() and not self._searchable:
                collection.create_indexes([TEXT_INDEX])
                self._searchable = True
            found = list(collection.aggregate(_stages(search, after, limit), maxTimeMS=_TIME_LIMIT_MS))
        hits = tuple(map(_hit, found[:limit]))
        more = len(found) > limit
        return SearchPage(hits=hits, cursor=hits[-1].position(search.sort).cursor(search) if more else None)


def _stages(search: Search, after: Position | None, limit: int) -> list[dict[str, Any]]:
    conditions = _conditions(search.filters)
    computed: dict[str, Any] = {"confidence": _MEAN_CONFIDENCE}
    if search.text.strip():
        conditions = {"$text": {"$search": search.text}, **conditions}
        computed["relevance"] = {"$meta": "textScore"}
    field = _SORT_FIELDS[search.sort]
    stages: list[dict[str, Any]] = [{"$match": conditions}, {"$set": computed}, {"$project": _SHOWN}]
    if search.filters.min_confidence is not None:
        stages.append({"$match": {"confidence": {"$gte": search.filters.min_confidence}}})
    if after is not None:
        key = _time(after.key) if search.sort == "date" else after.key
        behind = [{field: {"$lt": key}}, {field: key, "_id": {"$gt": after.document_id}}]
        stages.append({"$match": {"$or": behind}})
    # One more than asked for tells whether there is a next page.
    return [*stages, {"$sort": {field: -1, "_id": 1}}, {"$limit": limit + 1}]


def _conditions(filters: SearchFilters) -> dict[str, Any]:
    every: list[dict[str, Any]] = []
    for names, text in (
        (_MANUFACTURERS, filters.manufacturer),
        (_DEPARTMENTS, filters.department),
        (_CATEGORIES, filters.category),
    ):
        if text is not None:
            whole = re.compile(rf"^{re.escape(text)}\Z", re.IGNORECASE)
            every.append({"$or": [{f"attributes.{name}.value": whole} for name in names]})
    times = {"$gte": filters.since, "$lte": filters.until}
    if limits := {operator: when for operator, when in times.items() if when is not None}:
        every.append({"updated_at": limits})
    if filters.product_type is not None:
        every.append({"product_type": filters.product_type})
    return {"$and": every} if every else {}


def _first_of(names: tuple[str, ...]) -> dict[str, Any]:
    return {"$ifNull": [*(f"$attributes.{name}.value" for name in names), None]}


_ENTRIES: Final = {"$ifNull": [{"$objectToArray": "$attributes"}, []]}
_FOUND_ONLY: Final = {"$filter": {"input": _ENTRIES, "cond": {"$eq": ["$$this.v.status", "FOUND"]}}}
_MEAN_CONFIDENCE: Final = {
    "$ifNull": [{"$avg": {"$map": {"input": _FOUND_ONLY, "in": "$$this.v.confidence"}}}, 0.0],
}
_SHOWN: Final = {
    "product_type": 1,
    "sku": 1,
    "updated_at": 1,
    "confidence": 1,
    "relevance": 1,
    "title": _first_of(_TITLES),
    "manufacturer": _first_of(_MANUFACTURERS),
    "category": _first_of(_CATEGORIES[:2]),
}


def _time(milliseconds: float) -> datetime:
    # By addition, because a cursor that was made up may lie outside of what the system's calls take.
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC) if milliseconds > 0 else datetime.min.replace(tzinfo=UTC)


def _hit(found: Document) -> SearchHit:
    texts = {name: None if found[name] is None else str(found[name]) for name in ("title", "manufacturer", "category")}
    return SearchHit(
        document_id=found["_id"],
        product_type=found["product_type"],
        sku=found["sku"],
        updated_at=found["updated_at"],
        confidence=found["confidence"],
        relevance=found.get("relevance"),
        **texts,
    )
