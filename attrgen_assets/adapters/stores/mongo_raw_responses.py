"""What suppliers answered, as it came, in MongoDB."""

from collections.abc import Iterable
from dataclasses import asdict, fields
from typing import Any

from pymongo import ReplaceOne

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import RAW_RESPONSES
from attrgen_assets.domain.parts.responses import RawResponse

_FIELDS = frozenset(field.name for field in fields(RawResponse))


class MongoRawResponses(MongoPart):
    """The RawResponseStore of `domain.ports`. Any method may raise StoreUnavailable, StorageFull or TerminalError."""

    def write_responses(self, responses: Iterable[RawResponse]) -> int:
        """Keep responses; how many. Writing one again replaces it by itself."""
        documents = [_document(response) for response in responses]
        if documents:
            with translated("keeping responses of suppliers"):
                self._collection(RAW_RESPONSES).bulk_write(
                    [ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents],
                    ordered=False,
                )
        return len(documents)

    def responses_of(self, part_number: str, *, supplier: str | None = None) -> list[RawResponse]:
        """Those of the latest time that each supplier was asked for the part, in the order in which they came."""
        wanted = {"part_number": part_number} | ({"supplier": supplier} if supplier is not None else {})
        with translated("reading responses of suppliers"):
            collection = self._collection(RAW_RESPONSES)
            latest = collection.aggregate(
                [{"$match": wanted}, {"$group": {"_id": "$supplier", "asked_at": {"$max": "$asked_at"}}}]
            )
            found: list[dict[str, Any]] = []
            for group in latest:
                asked = {"part_number": part_number, "supplier": group["_id"], "asked_at": group["asked_at"]}
                found.extend(collection.find(asked))
        found.sort(key=lambda document: (document["supplier"], document["received_at"], document["_id"]))
        return [RawResponse(**{name: value for name, value in row.items() if name in _FIELDS}) for row in found]


def _document(response: RawResponse) -> dict[str, Any]:
    when = response.asked_at.isoformat(timespec="milliseconds")  # MongoDB keeps no more
    place = f"{response.endpoint}:{response.page}:{response.attempt}"
    return {"_id": f"{response.supplier}:{response.part_number}:{when}:{place}", **asdict(response)}
