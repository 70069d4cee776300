"""What goes wrong with MongoDB, as our own errors."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient, errors
from pymongo.monitoring import CommandListener, CommandStartedEvent

from attrgen_assets.adapters.services import embedded_mongo
from attrgen_assets.adapters.stores.mongo import MongoStore, client_options, open_mongo
from attrgen_assets.adapters.stores.mongo_errors import translation
from attrgen_assets.adapters.stores.mongo_indexes import INDEXES
from attrgen_assets.domain.ports import Document, StoreReport
from attrgen_assets.errors import StorageFull, StoreUnavailable, TerminalError
from attrgen_assets_tests.factories import make_documents


@pytest.fixture
def silent_server() -> Iterator[str]:
    """The URI of a server that takes connections and never says a word."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"mongodb://127.0.0.1:{server.getsockname()[1]}"


def test_no_server_is_worth_another_try(tmp_path: Path) -> None:
    uri = f"mongodb://{str(tmp_path / 'nobody.sock').replace('/', '%2F')}"
    with pytest.raises(StoreUnavailable, match="connecting"), open_mongo(uri, database="test", timeout_s=0.2):
        pytest.fail("must not get here")
    with MongoClient[Document](uri, **client_options(timeout_s=0.2)) as client:
        store = MongoStore(client["test"])
        with pytest.raises(StoreUnavailable, match="creating indexes: ServerSelectionTimeoutError"):
            store.content_hashes("saree")
        with pytest.raises(StoreUnavailable):
            store.write_documents(make_documents([{"sku": "A"}]))
        with pytest.raises(StoreUnavailable):
            list(store.list_quarantine())


def test_a_server_that_hangs_is_worth_another_try(silent_server: str) -> None:
    with (
        pytest.raises(StoreUnavailable, match="is MONGODB_URI right"),
        open_mongo(silent_server, database="test", timeout_s=0.2),
    ):
        pytest.fail("must not get here")
    with MongoClient[Document](silent_server, **client_options(timeout_s=0.2)) as client:
        store = MongoStore(client["test"])
        with pytest.raises(StoreUnavailable, match="is MONGODB_URI right"):
            store.overrides("saree")


@pytest.mark.parametrize(
    "uri", ["http://user:secret@x", "mongodb://user:sec@ret@x", "mongodb://user:secret@x:port/", "", "mongodb://"]
)
def test_a_uri_that_is_none_is_terminal_and_its_password_a_secret(uri: str) -> None:
    with pytest.raises(TerminalError, match="MONGODB_URI") as error, open_mongo(uri, database="test"):
        pytest.fail("must not get here")
    assert "secret" not in str(error.value)
    assert "sec@ret" not in str(error.value)


def test_a_wrong_password_is_terminal(mongo_uri: str) -> None:
    uri = mongo_uri.replace("mongodb://", "mongodb://anna:secret@")
    with pytest.raises(TerminalError, match="check user, password") as error, open_mongo(uri, database="test"):
        pytest.fail("must not get here")
    assert "secret" not in str(error.value)


def test_an_index_that_is_in_the_way_is_terminal(mongo_store: MongoStore) -> None:
    mongo_store.database["documents"].create_index("title", name="by_type_sku_hash")
    with pytest.raises(TerminalError, match="by_type_sku_hash"):
        mongo_store.prepare()


def test_all_declared_indexes_are_made_and_once(mongo_store: MongoStore) -> None:
    for _ in range(2):
        MongoStore(mongo_store.database).prepare()
        for name, indexes in INDEXES.items():
            made = set(mongo_store.database[name].index_information())
            assert made == {index.document["name"] for index in indexes} | {"_id_"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [(14031, StorageFull), (11600, StoreUnavailable), (189, StoreUnavailable), (13, TerminalError), (2, TerminalError)],
)
def test_what_the_server_says_decides(code: int, expected: type[Exception]) -> None:
    single = errors.OperationFailure("no", code=code)
    batch = errors.BulkWriteError({"writeErrors": [{"code": code, "errmsg": "no"}], "writeConcernErrors": []})
    for error in (single, batch):
        assert type(translation(error, "trying")) is expected


class ServerKiller(CommandListener):
    """Kills the server when a command is about to be sent for the n-th time."""

    def __init__(self, pid: int, command: str, times: int) -> None:
        self._pid = pid
        self._command = command
        self._times = times

    def started(self, event: CommandStartedEvent) -> None:
        self._times -= event.command_name == self._command
        if self._times == 0 and event.command_name == self._command:
            os.kill(self._pid, signal.SIGKILL)

    def succeeded(self, event: object) -> None:
        """Nothing is to be done afterwards."""

    def failed(self, event: object) -> None:
        """Nothing is to be done afterwards."""


@pytest.mark.parametrize("command", ["insert", "update", "aggregate", "find"])
def test_a_server_that_dies_in_the_middle_is_worth_another_try(tmp_path: Path, command: str) -> None:
    old = make_documents([{"sku": f"S{i}", "title": "old"} for i in range(1500)])
    new = make_documents([{"sku": f"S{i}", "title": "new"} for i in range(3000)])
    with embedded_mongo(tmp_path) as uri:
        with open_mongo(uri, database="test") as store:
            store.write_documents(old)
            store.write_run_report({"run_id": "r", "product_type": "saree", "step": "store", "at": None})
        pid = int((tmp_path / "services/mongo/server.lock").read_text())
        listener = ServerKiller(pid, command, times=2)
        options = client_options(timeout_s=0.5)
        with MongoClient[Document](uri, event_listeners=[listener], **options) as client:
            store = MongoStore(client["test"])
            with pytest.raises(StoreUnavailable):
                store.write_documents(new)
    with embedded_mongo(tmp_path) as uri, open_mongo(uri, database="test") as store:
        report = store.write_documents(new)
        assert report.new + report.changed + report.unchanged == 3000
        assert store.write_documents(new) == StoreReport(unchanged=3000)
        assert store.database["documents"].count_documents({}) == 3000
        former = list(store.database["document_versions"].find())
        assert sorted(v["document_id"] for v in former) == sorted(document["_id"] for document in old)
        assert {v["attributes"]["title"]["value"] for v in former} == {"old"}


def test_a_server_that_is_down_is_told_at_once_and_in_few_words() -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"connecting.*Connection refused; is it running") as raised,
        open_mongo("mongodb://127.0.0.1:1", database="attrgen", timeout_s=0.2),
    ):
        pytest.fail("must not get here")
    assert "Topology" not in str(raised.value)
    assert len(str(raised.value)) < 200
