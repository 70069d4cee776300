"""States of documents: told, compared, and gone back to."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.domain.documents.content import content_hash
from attrgen_assets.domain.ports import Document
from attrgen_assets.errors import NotFoundError
from attrgen_assets.workflows.history import diff_versions, history
from attrgen_assets.workflows.rollback import roll_back

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def make_document(color: str | None, *, at: datetime = NOW, **keys: Any) -> Document:
    found = color is not None
    told = {"generator": "g", "version": "1", "field": "title", "text": color, "method": "exact"}
    entry = {
        "value": color, "status": "FOUND" if found else "NOT_FOUND", "confidence": 0.9 if found else None,
        "provenance": told if found else None,
    }  # fmt: skip
    document = {
        "_id": "saree:A1", "sku": "A1", "product_type": "saree", "attributes": {"color": entry}, "missing": [],
        "refusals": [], "config_version": "c1", "run_id": "0123456789", "updated_at": at,
    }  # fmt: skip
    return {**document, **keys, "content_hash": content_hash(document)}


def stored(store: MongoStore, *colors: str | None) -> MongoStore:
    for at, color in enumerate(colors):
        store.write_documents([make_document(color, at=NOW + timedelta(minutes=at))])
    return store


def back(store: MongoStore, version: int, *, keep: bool = False) -> Any:
    return roll_back("saree", "A1", version, store=store, by="ann", why="wrong feed", now=NOW, keep=keep)


def test_a_history_tells_who_why_and_what(mongo_store: MongoStore) -> None:
    stored(mongo_store, "Red", "Blue")
    report = back(mongo_store, 1)
    assert report.version == 3
    last, middle, first = history("saree", "A1", store=mongo_store)
    assert (last.version, last.previous, last.by, last.why, last.changed) == (3, 2, "ann", "wrong feed", ("color",))
    assert (middle.by, middle.why, middle.changed) == ("run 01234567", "new feed or config", ("color",))
    assert (first.previous, first.why) == (None, "first state")
    assert [one.version for one in history("saree", "A1", store=mongo_store, limit=2)] == [3, 2]


def test_going_back_makes_a_new_version_and_loses_none(mongo_store: MongoStore) -> None:
    stored(mongo_store, "Red", "Blue")
    report = back(mongo_store, 1)
    assert [change.after.value for change in report.diff.attributes] == ["Red"]
    _, current, found = diff_versions("saree", "A1", 1, None, store=mongo_store)
    assert found.empty
    assert (current["version"], current["created_at"]) == (3, NOW)
    assert mongo_store.get_version("saree:A1", 2)["attributes"]["color"]["value"] == "Blue"
    assert mongo_store.overrides("saree") == []


def test_going_back_to_the_present_state_writes_nothing(mongo_store: MongoStore) -> None:
    stored(mongo_store, "Red")
    assert back(mongo_store, 1).version is None
    assert len(history("saree", "A1", store=mongo_store)) == 1


def test_values_can_be_held_on_to_but_not_what_was_not_found(mongo_store: MongoStore) -> None:
    stored(mongo_store, "Red", "Blue", None)
    assert back(mongo_store, 1, keep=True).kept == ("color",)
    (override,) = mongo_store.overrides("saree")
    assert (override.attribute, override.value, override.by) == ("color", "Red", "ann")
    assert back(mongo_store, 3, keep=True).kept == ()


def test_a_version_that_is_not_there_names_those_that_are(mongo_store: MongoStore) -> None:
    stored(mongo_store, "Red", "Blue")
    with pytest.raises(NotFoundError, match="has no version 9; it has 1 to 2"):
        back(mongo_store, 9)
    with pytest.raises(NotFoundError, match="there is no document 'saree:B2'"):
        history("saree", "B2", store=mongo_store)


class _Memory:
    """Documents in a list: what the property below needs of a store, and nothing else."""

    def __init__(self) -> None:
        self.states: list[Document] = []

    def list_versions(self, document_id: str) -> list[Document]:
        return self.states[::-1]

    def get_version(self, document_id: str, version: int) -> Document:
        return self.states[version - 1]


COLORS = st.lists(st.sampled_from(["Red", "Blue", "White", None]), min_size=1, max_size=6)


@given(COLORS, st.data())
def test_differences_add_up_along_a_history(colors: list[str | None], data: st.DataObject) -> None:
    memory = _Memory()
    for at, color in enumerate(colors):
        memory.states.append({**make_document(color), "version": at + 1})
    first = data.draw(st.integers(1, len(colors)))
    second = data.draw(st.integers(1, len(colors)))
    _, _, found = diff_versions("saree", "A1", first, second, store=memory)
    assert found.empty == (colors[first - 1] == colors[second - 1])
