"""What suppliers answered, as it came, in MongoDB."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any, Final

from pymongo import ReplaceOne

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import RAW_RESPONSES
from attrgen_assets.domain.parts.last_answers import present_answers
from attrgen_assets.domain.parts.responses import RawResponse

_MOST_HEADS: Final = 5_000  # of a part that is asked for again and again: what is older counts no more
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

    def responses_of(
        self, part_number: str, *, places: Mapping[str, str] | None = None, since: datetime | None = None
    ) -> list[RawResponse]:
        """What the present answers of the suppliers about the part are made of; see `domain.ports`."""
        wanted: dict[str, Any] = {"part_number": part_number}
        if places is not None:
            wanted["$or"] = [{"supplier": name, "place": place} for name, place in places.items()] or [{"_id": None}]
        if since is not None:
            wanted["asked_at"] = {"$gte": since}
        with translated("reading responses of suppliers"):
            collection = self._collection(RAW_RESPONSES)
            heads = collection.find(wanted, {"body": 0, "headers": 0}).sort("asked_at", -1).limit(_MOST_HEADS)
            ids = [_id(one) for one in present_answers(map(_response, heads))]
            rows = {row["_id"]: row for row in collection.find({"_id": {"$in": ids}})}
        return [_response(rows[one]) for one in ids if one in rows]


def _response(row: Mapping[str, Any]) -> RawResponse:
    return RawResponse(**{name: value for name, value in row.items() if name in _FIELDS})


def _document(response: RawResponse) -> dict[str, Any]:
    return {"_id": _id(response), **asdict(response)}


def _id(response: RawResponse) -> str:
    when = response.asked_at.isoformat(timespec="milliseconds")  # MongoDB keeps no more
    request = f"{response.endpoint}:{response.page}:{response.attempt}"
    return f"{response.supplier}:{response.part_number}:{when}:{request}"
