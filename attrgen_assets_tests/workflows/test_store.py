"""Storing validated rows: what is written, what is not, and that a kill anywhere changes nothing in the end."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import NotFoundError, TerminalError
from attrgen_assets.workflows.store import StoreSummary, store_documents
from attrgen_assets_tests.factories import NOW, make_product_type, make_quarantined, make_validated

DAY = timedelta(days=1)


@pytest.fixture
def tables(tmp_path: Path) -> ParquetTables:
    return ParquetTables(tmp_path / "parquet")


def put(tables: ParquetTables, rows: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]] = ()) -> None:
    with tables.writer("validated_attributes", "quarantined_products", product_type="saree") as (valid, quarantined):
        valid.write(make_validated(rows))
        quarantined.write(make_quarantined(refused))


def store(
    tables: ParquetTables,
    mongo_store: MongoStore,
    *,
    run_id: str = "run-1",
    now: datetime = NOW,
    batch_rows: int = 1000,
    product_type: ProductType | None = None,
) -> StoreSummary:
    return store_documents(
        product_type or make_product_type(),
        tables=tables,
        documents=mongo_store,
        quarantine=mongo_store,
        run_id=run_id,
        now=now,
        batch_rows=batch_rows,
    )


def counts(summary: StoreSummary) -> tuple[int, int, int]:
    assert summary.documents == summary.new + summary.changed + summary.unchanged
    return summary.new, summary.changed, summary.unchanged


def test_documents_carry_the_keys_of_the_contract(tables: ParquetTables, mongo_store: MongoStore) -> None:
    put(tables, [{"sku": "A", "fabric": "Silk", "source_file": "x.csv", "row_number": 7}])
    assert counts(store(tables, mongo_store)) == (1, 0, 0)
    document = mongo_store.get_document("saree:A")
    assert {key: value for key, value in document.items() if key not in ("attributes", "content_hash")} == {
        "_id": "saree:A",
        "sku": "A",
        "product_type": "saree",
        "missing": ["title", "color"],
        "complete": False,
        "refusals": [],
        "config_version": "c0ffee00",
        "source": {"file": "x.csv", "row_number": 7},
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
        "run_id": "run-1",
    }


@pytest.mark.parametrize("batch_rows", [1, 7, 1000])
def test_only_new_and_changed_rows_are_written(tables: ParquetTables, mongo_store: MongoStore, batch_rows: int) -> None:
    put(tables, [{"sku": f"S{i}", "title": f"T{i}"} for i in range(30)])
    assert counts(store(tables, mongo_store, batch_rows=batch_rows)) == (30, 0, 0)
    assert counts(store(tables, mongo_store, batch_rows=batch_rows, run_id="run-2")) == (0, 0, 30)
    put(tables, [{"sku": f"S{i}", "title": f"T{i}" if i % 10 else "new"} for i in range(5, 40)])
    summary = store(tables, mongo_store, batch_rows=batch_rows, run_id="run-3", now=NOW + DAY)
    assert counts(summary) == (10, 2, 23)
    assert mongo_store.get_document("saree:S0")["run_id"] == "run-1", "nothing is deleted"
    assert mongo_store.get_document("saree:S9")["run_id"] == "run-1"
    assert mongo_store.get_document("saree:S10")["run_id"] == "run-3"
    assert mongo_store.get_version("saree:S10", 1)["run_id"] == "run-1"


def test_a_config_that_changes_no_answer_writes_nothing(tables: ParquetTables, mongo_store: MongoStore) -> None:
    put(tables, [{"sku": "A", "title": "T"}])
    store(tables, mongo_store)
    other = make_product_type(config_version="beef")
    assert counts(store(tables, mongo_store, product_type=other)) == (0, 0, 1)


def test_quarantined_rows_become_entries_and_resolve(tables: ParquetTables, mongo_store: MongoStore) -> None:
    refusal: dict[str, Any] = {"attribute": None, "reason": "missing_sku", "text": None, "nearest": [], "field": None}
    fields = [{"column": "a.$b", "text": "x"}, {"column": "c", "text": None}]
    put(tables, [], [{"entry_id": "e1", "refusals": [refusal], "fields": fields, "row_number": 4}, {"entry_id": "e2"}])
    first = store(tables, mongo_store)
    assert (first.quarantined_open, first.quarantined_new, first.quarantined_resolved) == (2, 2, 0)
    entry = mongo_store.get_quarantine("e1")
    assert entry["fields"] == fields
    assert entry["refusals"] == [refusal]
    assert entry["source"] == {"file": "saree.csv", "row_number": 4}
    assert entry["run_id"] == "run-1"
    put(tables, [{"sku": "A"}], [{"entry_id": "e2"}])
    second = store(tables, mongo_store, now=NOW + DAY)
    assert (second.quarantined_open, second.quarantined_new, second.quarantined_resolved) == (1, 0, 1)
    assert mongo_store.get_quarantine("e1")["status"] == "resolved"


def test_a_row_of_monstrous_cells_is_an_entry_all_the_same(tables: ParquetTables, mongo_store: MongoStore) -> None:
    fields = [{"column": f"c{i}", "text": "🥻" * 100_000} for i in range(60)]
    put(tables, [], [{"entry_id": "big", "fields": fields}, {"entry_id": "small"}])
    assert store(tables, mongo_store).quarantined_open == 2
    entry = mongo_store.get_quarantine("big")
    assert entry["cut"] == 100_000
    assert {cell["column"] for cell in entry["fields"]} == {f"c{i}" for i in range(60)}
    assert sum(len(cell["text"]) for cell in entry["fields"]) <= 2_000_000
    assert mongo_store.get_quarantine("small")["cut"] is None


def test_the_run_is_reported(tables: ParquetTables, mongo_store: MongoStore) -> None:
    put(tables, [{"sku": "A"}], [{"entry_id": "e"}])
    summary = store(tables, mongo_store)
    (report,) = mongo_store.run_reports("saree")
    assert report["new"] == summary.new == 1
    assert report["quarantined_open"] == 1
    assert report["step"] == "store"
    assert report["at"] == NOW
    assert report["run_id"] == "run-1"
    assert report["seconds"] >= 0


def test_empty_tables_are_fine_and_absent_ones_are_not(tables: ParquetTables, mongo_store: MongoStore) -> None:
    with pytest.raises(NotFoundError):
        store(tables, mongo_store)
    put(tables, [])
    assert counts(store(tables, mongo_store)) == (0, 0, 0)


def test_an_illegal_row_stops_the_run_and_names_itself(tables: ParquetTables, mongo_store: MongoStore) -> None:
    rows = [{"sku": f"S{i}", "fabric": "Silk"} for i in range(10)]
    frame = make_validated(rows).with_columns(
        pl.when(pl.col("sku") == "S7").then(pl.lit("Gold Brick")).otherwise(pl.col("fabric")).alias("fabric")
    )
    with tables.writer("validated_attributes", "quarantined_products", product_type="saree") as (valid, quarantined):
        valid.write(frame)
        quarantined.write(make_quarantined())
    with pytest.raises(TerminalError, match=r"document saree:S7: attribute fabric\.value: found 'Gold Brick'"):
        store(tables, mongo_store)
    assert mongo_store.content_hashes("saree") == {}


# Killed anywhere

KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from pymongo import MongoClient
from pymongo.monitoring import CommandListener
from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets_tests.workflows.test_store import store
from attrgen_assets_tests.factories import NOW

uri, database, folder, command, collection, times, after = sys.argv[1:]
left = int(times)

class Killer(CommandListener):
    def started(self, event):
        self.name = event.command.get(command)
        if not int(after):
            self.count(event)
    def succeeded(self, event):
        if int(after):
            self.count(event)
    def failed(self, event):
        pass
    def count(self, event):
        global left
        if event.command_name == command and self.name == collection:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

client = MongoClient(uri, event_listeners=[Killer()], tz_aware=True)
store(ParquetTables(Path(folder)), MongoStore(client[database]), run_id="killed", now=NOW, batch_rows=1500)
"""

OLD = [{"sku": f"S{i}", "title": "old"} for i in range(1500)]
NEW = [{"sku": f"S{i}", "title": "old" if i < 300 else "new"} for i in range(2200)]


def quarantined_ids(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"entry_id": f"e{i:04d}"} for i in range(first, count)]


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        "insert documents 1",
        "aggregate documents 1",  # former states are kept
        "aggregate documents 2",
        "update documents 1",  # documents are replaced
        "update documents 2",
        "update quarantine 1",
        "update quarantine 2",
        "update quarantine 3",
        "update run_reports 1",
    ],
)
@pytest.mark.parametrize("after", [0, 1], ids=["before", "after"])
def test_killed_anywhere_another_run_brings_the_same_end(
    tmp_path: Path, mongo_store: MongoStore, mongo_uri: str, point: str, after: int
) -> None:
    tables = ParquetTables(tmp_path / "parquet")
    put(tables, OLD, quarantined_ids(1200))
    store(tables, mongo_store, run_id="before", now=NOW - DAY)
    put(tables, NEW, quarantined_ids(1800, first=600))
    arguments = [mongo_uri, mongo_store.database.name, tmp_path / "parquet", *point.split(), after]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_RUN, *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    summary = store(tables, mongo_store, run_id="again", now=NOW)
    assert summary.documents == 2200
    check_end(mongo_store)
    assert counts(store(tables, mongo_store, run_id="once more")) == (0, 0, 2200)
    check_end(mongo_store)


def check_end(mongo_store: MongoStore) -> None:
    """All of the new table, each former state once, and every quarantined row where it belongs."""
    documents = {document["sku"]: document for document in mongo_store.database["documents"].find()}
    assert len(documents) == 2200
    wanted = {row["sku"]: row["title"] for row in NEW}
    assert {sku: title_of(document) for sku, document in documents.items()} == wanted
    changed = {f"S{i}" for i in range(300, 1500)}
    assert {sku: document["version"] for sku, document in documents.items()} == {
        sku: 2 if sku in changed else 1 for sku in wanted
    }
    former = list(mongo_store.database["document_versions"].find())
    assert sorted(document["_id"] for document in former) == sorted(f"saree:{sku}@1" for sku in changed)
    assert {(title_of(document), document["run_id"]) for document in former} == {("old", "before")}
    entries = list(mongo_store.list_quarantine("saree", statuses=("open", "resolved", "released")))
    assert {entry["entry_id"]: entry["status"] for entry in entries} == {
        f"e{i:04d}": "open" if i >= 600 else "resolved" for i in range(1800)
    }
    for entry in entries:
        assert [change["status"] for change in entry["history"]] == ["open", "resolved"][
            : 1 + (entry["status"] != "open")
        ]


def title_of(document: Document) -> str:
    return str(document["attributes"]["title"]["value"])
