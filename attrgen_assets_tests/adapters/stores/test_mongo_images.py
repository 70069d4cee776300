"""Records of pictures' URLs, in a real MongoDB."""

from datetime import UTC, datetime, timedelta

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_images import MongoImages
from attrgen_assets.domain.images.model import ImageStatus, StoredImage, UrlRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)
IMAGE = StoredImage(sha256="ab", format="png", width_px=2, height_px=1, bytes=9, files={"original": "a", "200": "b"})


def record(url: str, status: ImageStatus = ImageStatus.STORED, *, minutes: int = 0) -> UrlRecord:
    return UrlRecord(url=url, status=status, image=IMAGE, etag='"1"', checked_at=NOW + timedelta(minutes=minutes))


def test_the_last_record_of_a_url_is_the_one_on_record(mongo_store: MongoStore) -> None:
    images = MongoImages(mongo_store.database)
    long = "https://example.com/" + "é" * 4_000
    for one in (record("a"), record("b"), record("a", ImageStatus.BROKEN, minutes=1), record(long)):
        images.write_record(one)
    assert images.records_of(["a", "b", "c", long]) == {
        "a": record("a", ImageStatus.BROKEN, minutes=1),
        "b": record("b"),
        long: record(long),
    }


def test_broken_ones_are_listed_the_last_checked_first(mongo_store: MongoStore) -> None:
    images = MongoImages(mongo_store.database)
    for minutes, status in enumerate(ImageStatus):
        images.write_record(record(status.value, status, minutes=minutes))
    assert [one.url for one in images.list_records()] == ["refused", "broken", "unchanged", "stored"]
    assert [one.url for one in images.list_records((ImageStatus.BROKEN,))] == ["broken"]
    assert [one.url for one in images.list_records(limit=1)] == ["refused"]
