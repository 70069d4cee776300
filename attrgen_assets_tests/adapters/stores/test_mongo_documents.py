"""Documents and versions in a real MongoDB."""

import threading
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.stores.mongo_documents import LARGEST_DOCUMENT_BYTES
from attrgen_assets.domain.ports import Document, StoreReport
from attrgen_assets.domain.product_types.model import TextAttribute
from attrgen_assets.errors import NotFoundError, TerminalError
from attrgen_assets_tests.factories import NOW, make_documents, make_product_type

LATER = NOW + timedelta(days=1)

ODD_SKUS = [
    "$where",
    "a.b.c",
    "'\"`\\",
    "🥻 saree",
    "x" * 1000,
    "ك" * 1000,
    " ",
    "a@2",
    "@1",
    ":",
    "saree:a",
    "{$ne: null}",
    "\x1f\x7f",
    "null",
    "../..",
]


def all_versions(store: MongoStore) -> list[Document]:
    return list(store.database["document_versions"].find().sort("_id", 1))


def test_new_documents_are_stored_as_they_are(mongo_store: MongoStore) -> None:
    documents = make_documents([{"sku": "A", "fabric": "Silk", "price_inr": 99.5, "ornamentation": ["Zari"]}])
    assert mongo_store.write_documents(documents) == StoreReport(new=1)
    stored = mongo_store.get_document("saree:A")
    assert stored == documents[0] | {"version": 1, "created_at": NOW}
    assert stored["updated_at"].tzinfo is not None
    assert list(stored["attributes"]) == list(documents[0]["attributes"]), "the order of the config is kept"
    assert all_versions(mongo_store) == []


def test_an_unchanged_document_is_not_written(mongo_store: MongoStore) -> None:
    mongo_store.write_documents(make_documents([{"sku": "A", "fabric": "Silk"}]))
    before = mongo_store.get_document("saree:A")
    again = make_documents([{"sku": "A", "fabric": "Silk", "row_number": 9}], at=LATER, run_id="run-2")
    assert mongo_store.write_documents(again) == StoreReport(unchanged=1)
    assert mongo_store.get_document("saree:A") == before


def test_a_changed_document_keeps_its_former_states(mongo_store: MongoStore) -> None:
    states = []
    for number, fabric in enumerate(["Silk", "Cotton", "Silk", "Georgette"]):
        at = NOW + timedelta(hours=number)
        documents = make_documents([{"sku": "A", "fabric": fabric}], at=at, run_id=f"run-{number}")
        expected = StoreReport(new=1) if number == 0 else StoreReport(changed=1)
        assert mongo_store.write_documents(documents) == expected
        states.append(documents[0] | {"version": number + 1, "created_at": NOW})
    assert mongo_store.get_document("saree:A") == states[3]
    assert [mongo_store.get_version("saree:A", number) for number in (1, 2, 3, 4)] == states
    listed = mongo_store.list_versions("saree:A")
    assert [state["version"] for state in listed] == [4, 3, 2, 1]
    assert [state["run_id"] for state in listed] == ["run-3", "run-2", "run-1", "run-0"]
    assert "attributes" not in listed[0]


def test_what_is_not_there_is_told(mongo_store: MongoStore) -> None:
    mongo_store.write_documents(make_documents([{"sku": "A"}]))
    with pytest.raises(NotFoundError, match="no document 'saree:B'"):
        mongo_store.get_document("saree:B")
    with pytest.raises(NotFoundError, match="document 'saree:A' has no version 2"):
        mongo_store.get_version("saree:A", 2)
    assert mongo_store.list_versions("saree:B") == []


def test_a_batch_of_all_sorts_is_counted(mongo_store: MongoStore) -> None:
    first = [{"sku": f"S{i}", "price_inr": 10.0 + i} for i in range(2500)]
    assert mongo_store.write_documents(make_documents(first)) == StoreReport(new=2500)
    second = [{"sku": f"S{i}", "price_inr": 10.0 + i + (i % 5 == 0)} for i in range(3000)]
    report = mongo_store.write_documents(iter(make_documents(second, at=LATER)))
    assert report == StoreReport(new=500, changed=500, unchanged=2000)
    assert len(all_versions(mongo_store)) == 500
    assert mongo_store.write_documents(make_documents(second, at=LATER)) == StoreReport(unchanged=3000)


def test_the_same_document_twice_ends_as_the_last(mongo_store: MongoStore) -> None:
    rows = [{"sku": "A", "title": "one"}, {"sku": "A", "title": "two"}, {"sku": "A", "title": "two"}]
    documents = [make_documents([row])[0] for row in rows]
    assert mongo_store.write_documents(documents) == StoreReport(new=1, changed=1, unchanged=1)
    assert mongo_store.get_document("saree:A")["attributes"]["title"]["value"] == "two"


def test_odd_skus_are_skus(mongo_store: MongoStore) -> None:
    rows = [{"sku": sku, "title": "T"} for sku in ODD_SKUS]
    assert mongo_store.write_documents(make_documents(rows)) == StoreReport(new=len(rows))
    changed = [row | {"title": "$set"} for row in rows]
    assert mongo_store.write_documents(make_documents(changed, at=LATER)) == StoreReport(changed=len(rows))
    assert set(mongo_store.content_hashes("saree")) == set(ODD_SKUS)
    for sku in ODD_SKUS:
        assert mongo_store.get_document(f"saree:{sku}")["attributes"]["title"]["value"] == "$set"
        assert mongo_store.get_version(f"saree:{sku}", 1)["attributes"]["title"]["value"] == "T"


def test_content_hashes_are_of_one_type_and_from_the_index_alone(mongo_store: MongoStore) -> None:
    documents = make_documents([{"sku": f"S{i}"} for i in range(20)])
    others = make_documents([{"sku": "S1"}], make_product_type(name="kurta"))
    mongo_store.write_documents([*documents, *others])
    assert mongo_store.content_hashes("saree") == {d["sku"]: d["content_hash"] for d in documents}
    assert set(mongo_store.content_hashes("kurta")) == {"S1"}
    assert mongo_store.content_hashes("saree_blouse") == {}
    plan = mongo_store.database.command(
        "explain",
        {
            "find": "documents",
            "filter": {"product_type": "saree"},
            "projection": {"_id": 0, "sku": 1, "content_hash": 1},
            "hint": "by_type_sku_hash",
        },
        verbosity="executionStats",
    )
    assert plan["executionStats"]["totalDocsExamined"] == 0
    assert plan["executionStats"]["nReturned"] == 20


def test_a_document_beyond_the_limit_is_refused_by_name_and_size(mongo_store: MongoStore) -> None:
    huge = TextAttribute(name="story", max_length=10**6, origin="specific", defined_in="x", on_refusal="drop")
    config = make_product_type(attributes=(*make_product_type().attributes, huge))
    (document,) = make_documents([{"sku": "BIG", "story": "s", "provenance": {"text": "🥻" * (2**22)}}], config)
    with pytest.raises(TerminalError) as error:
        mongo_store.write_documents([*make_documents([{"sku": "A"}], config), document])
    for text in ("'saree:BIG'", f"{LARGEST_DOCUMENT_BYTES:,}", "the largest part is attribute"):
        assert text in str(error.value)
    with pytest.raises(NotFoundError):
        mongo_store.get_document("saree:BIG")


def test_a_large_document_below_the_limit_is_stored_and_versioned(mongo_store: MongoStore) -> None:
    for title in ("one", "two"):
        rows = [{"sku": f"B{i}", "title": title, "provenance": {"text": "x" * 7_900_000}} for i in range(3)]
        mongo_store.write_documents(make_documents(rows))
    assert mongo_store.get_version("saree:B2", 1)["attributes"]["title"]["value"] == "one"


def test_values_that_mongodb_does_not_know_are_told(mongo_store: MongoStore) -> None:
    (document,) = make_documents([{"sku": "A"}])
    with pytest.raises(TerminalError, match=r"saree:A.*InvalidDocument"):
        mongo_store.write_documents([document | {"odd": object()}])


def test_history_survives_a_document_that_was_deleted_by_hand(mongo_store: MongoStore) -> None:
    for title in ("one", "two"):
        mongo_store.write_documents(make_documents([{"sku": "A", "title": title}]))
    mongo_store.database["documents"].delete_one({"_id": "saree:A"})
    for title in ("three", "four"):
        mongo_store.write_documents(make_documents([{"sku": "A", "title": title}]))
    assert mongo_store.get_version("saree:A", 1)["attributes"]["title"]["value"] == "one"
    assert mongo_store.get_version("saree:A", 2)["attributes"]["title"]["value"] == "three"
    assert mongo_store.get_document("saree:A")["version"] == 3


class Meanwhile(CommandListener):
    """Does something once, when a command is about to be sent."""

    def __init__(self, command: str, action: Any) -> None:
        self._command = command
        self._action = action

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == self._command and self._action is not None:
            action, self._action = self._action, None
            action()

    def succeeded(self, event: Any) -> None:
        """Nothing is to be done afterwards."""

    def failed(self, event: Any) -> None:
        """Nothing is to be done afterwards."""


@pytest.mark.parametrize("moment", ["find", "aggregate", "update", "insert"])
@pytest.mark.parametrize("existing", [True, False])
def test_a_writer_who_was_quicker_loses_nothing(
    mongo_store: MongoStore, mongo_uri: str, moment: str, existing: bool
) -> None:
    if existing:
        mongo_store.write_documents(make_documents([{"sku": "A", "title": "first"}]))
    ran: list[str] = []

    def intrude() -> None:
        ran.append("intruder")
        mongo_store.write_documents(make_documents([{"sku": "A", "title": "intruder"}], run_id="intruder"))

    with MongoClient[Document](mongo_uri, event_listeners=[Meanwhile(moment, intrude)], tz_aware=True) as client:
        store = MongoStore(client[mongo_store.database.name])
        ours = make_documents([{"sku": "A", "title": "ours"}, {"sku": "B", "title": "ours"}])
        report = store.write_documents(ours)
    assert report.new + report.changed + report.unchanged == 2
    current = mongo_store.get_document("saree:A")
    titles = [
        mongo_store.get_version("saree:A", version)["attributes"]["title"]["value"]
        for version in range(1, current["version"] + 1)
    ]
    assert sorted(titles) == sorted(["first"] * existing + ran + ["ours"]), "every state once"
    assert len(all_versions(mongo_store)) == len(titles) - 1
    assert ran or moment == "update", "the moment came"


def test_what_another_has_replaced_by_now_is_not_written_again(mongo_store: MongoStore, mongo_uri: str) -> None:
    """Between our replacements and our look at which of them arrived, another writer replaces one of ours."""
    mongo_store.write_documents(make_documents([{"sku": "A", "title": "first"}, {"sku": "B", "title": "first"}]))

    def intrude(sku: str) -> None:
        mongo_store.write_documents(make_documents([{"sku": sku, "title": "intruder"}], run_id="intruder"))

    look = Meanwhile("find", lambda: intrude("A"))

    def before_the_replacements() -> None:
        intrude("B")
        listeners.append(look)

    listeners: list[Meanwhile] = [Meanwhile("update", before_the_replacements)]

    class Relay(Meanwhile):
        def started(self, event: CommandStartedEvent) -> None:
            for listener in list(listeners):
                listener.started(event)

    with MongoClient[Document](mongo_uri, event_listeners=[Relay("", None)], tz_aware=True) as client:
        store = MongoStore(client[mongo_store.database.name])
        report = store.write_documents(make_documents([{"sku": "A", "title": "ours"}, {"sku": "B", "title": "ours"}]))
    assert report.changed == 2
    titles = [mongo_store.get_version("saree:A", n)["attributes"]["title"]["value"] for n in (1, 2, 3)]
    assert titles == ["first", "ours", "intruder"]
    assert mongo_store.get_document("saree:A")["version"] == 3


def test_many_writers_at_once_keep_every_state(mongo_store: MongoStore) -> None:
    mongo_store.prepare()
    faults: list[BaseException] = []

    def write(writer: int) -> None:
        try:
            store = MongoStore(mongo_store.database)
            for turn in range(4):
                rows = [{"sku": f"S{i}", "title": f"writer {writer} turn {turn}"} for i in range(60)]
                store.write_documents(make_documents(rows, run_id=f"{writer}-{turn}"))
        except BaseException as error:  # noqa: BLE001  a thread has nobody else to tell
            faults.append(error)

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    former = {(v["document_id"], v["version"]): v["content_hash"] for v in all_versions(mongo_store)}
    documents = list(mongo_store.database["documents"].find())
    assert len(documents) == 60
    for document in documents:
        key = document["_id"]
        chain = [former.pop((key, n)) for n in range(1, document["version"])] + [document["content_hash"]]
        assert all(one != following for one, following in pairwise(chain)), "each step changed it"
        assert len(chain) <= 16
        assert document["attributes"]["title"]["value"].endswith("turn 3")
    assert former == {}, "no state beyond the current one"
