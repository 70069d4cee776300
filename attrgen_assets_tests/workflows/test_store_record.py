"""Storing one record while others are at it."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import record_document
from attrgen_assets.domain.ports import Document, Override, StoreReport
from attrgen_assets.workflows.store_record import StoredRecord, store_record
from attrgen_assets_tests.domain.parts.test_settle import make_record

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = "appliance_part:A1"
made: Callable[[PartRecord], Document] = partial(record_document, run_id="r", at=NOW, config_version="parts-1")


class Interrupted(MongoStore):
    """A store in which a person corrects a part at the worst moment: after corrections were read, before the write."""

    said: str | None = None

    def write_documents(self, documents: Iterable[Document]) -> StoreReport:
        if self.said is not None:
            value, self.said = self.said, None
            correction = Override(
                product_type="appliance_part", sku="A1", attribute="color", value=value, by="ann", at=NOW
            )
            self.add_override(correction)
        return super().write_documents(documents)


def stored(store: MongoStore, color: str) -> StoredRecord:
    return store_record(make_record(color=color), store=store, rules=PartRules(), made=made, by="lookup", why="test")


def test_who_stored_it_and_why_is_kept_with_the_version(mongo_store: MongoStore) -> None:
    assert stored(mongo_store, "Red").report.new == 1
    assert mongo_store.get_document(KEY)["change"] == {"by": "lookup", "why": "test"}
    assert stored(mongo_store, "Red").report.unchanged == 1
    assert stored(mongo_store, "Blue").report.changed == 1


def test_a_correction_at_the_worst_moment_wins(mongo_store: MongoStore) -> None:
    store = Interrupted(mongo_store.database)
    store.said = "Green"
    assert stored(store, "Red").record.fields["color"].value == "Green"
    document = mongo_store.get_document(KEY)
    assert document["attributes"]["color"]["value"] == "Green"
    assert document["part"]["losing"]["color"][0]["value"] == "Red"


def test_writers_at_once_leave_what_a_person_said(mongo_store: MongoStore) -> None:
    mongo_store.add_override(
        Override(product_type="appliance_part", sku="A1", attribute="color", value="Green", by="ann", at=NOW)
    )
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(partial(stored, mongo_store), ["Red", "Blue", "White", "Black"] * 3))
    assert mongo_store.get_document(KEY)["attributes"]["color"]["value"] == "Green"
    numbers = [state["version"] for state in mongo_store.list_versions(KEY)]
    assert numbers == list(range(len(numbers), 0, -1))
