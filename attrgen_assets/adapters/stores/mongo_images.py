"""What is known of the URLs of pictures, in MongoDB."""

from collections.abc import Sequence
from typing import Any

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import IMAGES
from attrgen_assets.domain.images.model import ImageStatus, UrlRecord
from attrgen_assets.domain.images.naming import content_digest


class MongoImages(MongoPart):
    """The ImageRecords of `domain.images.ports`. Any method may raise StoreUnavailable or StorageFull."""

    def records_of(self, urls: Sequence[str]) -> dict[str, UrlRecord]:
        """What is on record, by URL."""
        with translated("reading records of pictures"):
            found = list(self._collection(IMAGES).find({"_id": {"$in": [_key(url) for url in urls]}}, {"_id": 0}))
        return {one["url"]: UrlRecord.model_validate(one) for one in found}

    def write_record(self, record: UrlRecord) -> None:
        """Keep a record in place of the former one of its URL."""
        document = record.model_dump(mode="python") | {"status": record.status.value}
        with translated("recording a picture"):
            self._collection(IMAGES).replace_one({"_id": _key(record.url)}, document, upsert=True)

    def list_records(self, statuses: Sequence[ImageStatus] = (), *, limit: int = 0) -> list[UrlRecord]:
        """Records, the last checked first. statuses: of these only. limit: at most so many, 0 for all."""
        query: dict[str, Any] = {"status": {"$in": [status.value for status in statuses]}} if statuses else {}
        with translated("listing pictures"):
            found = self._collection(IMAGES).find(query, {"_id": 0}).sort([("checked_at", -1), ("url", 1)]).limit(limit)
            return [UrlRecord.model_validate(one) for one in found]


def _key(url: str) -> str:
    """A URL may be longer than a key should be."""
    return content_digest(url.encode("utf-8", "surrogatepass"))
