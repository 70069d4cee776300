"""The graph of parts on real servers and a sandbox of suppliers, from a request file to documents."""

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.definitions import PARTS_JOB
from attrgen_assets.defs.sensors import new_requests_sensor
from attrgen_assets.domain.ports import Override
from attrgen_assets_tests.cli.calling import PROJECT
from attrgen_assets_tests.defs.installation import QUIET, Installation, checks_of, failure_of, metadata_of

RULES = """\
requests: {path: parts.csv, columns: {part_number: [part]}}
confidence_floor: 0.3
"""
REQUESTS = "part,note\nWR55X10025,\nwr55x11152,replaced\n???,no part number\nNOSUCH1,\n"
ASSETS = {
    "part_requests", "supplier_responses", "supplier_offers", "fused_products", "ai_verdicts", "catalog_records",
    "spec_tables", "parts/stored_documents", "parts/document_versions",
}  # fmt: skip


@pytest.fixture
def warehouse(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """An installation with suppliers, rules of parts, and a request file; nobody's credentials are set."""
    for name in ("ENCOMPASS_API_KEY", "ATTRGEN_LLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    shutil.copytree(PROJECT / "config" / "suppliers", shop.config_dir / "suppliers")
    shutil.copy(PROJECT / "config" / "parts" / "attribute_registry.yaml", _folder(shop.config_dir / "parts"))
    write_rules(shop, RULES)
    (shop.feeds_dir / "parts.csv").write_text(REQUESTS, encoding="utf-8")
    return shop


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


def write_rules(shop: Installation, text: str) -> None:
    (_folder(shop.config_dir / "parts") / "appliance_part.yaml").write_text(text, encoding="utf-8")


def run(shop: Installation) -> dg.ExecuteInProcessResult:
    job = shop.defs.resolve_job_def(PARTS_JOB)
    return job.execute_in_process(
        instance=shop.instance, partition_key="appliance_part", raise_on_error=False, run_config=QUIET
    )


def test_requests_become_documents_with_everything_that_a_person_asks(
    warehouse: Installation, mongo_store: MongoStore
) -> None:
    result = run(warehouse)
    assert result.success
    found = metadata_of(result)
    assert set(found) == ASSETS
    assert (found["part_requests"]["parts"], found["part_requests"]["rows_refused"]) == (3, 1)
    assert found["supplier_responses"]["parts_nobody_knows"] == 1
    assert found["supplier_responses"]["asked"].startswith("a sandbox with an invented catalogue: no supplier's")
    assert {row["supplier"] for row in found["supplier_responses"]["suppliers"]} == {
        "amazon", "encompass", "marcone", "reliable_parts",
    }  # fmt: skip
    assert any("suspect" in row["flags"] for row in found["supplier_offers"]["flagged_claims"])
    assert found["fused_products"]["parts_replaced"] == 1
    assert found["ai_verdicts"]["records_by_status"] == [{"status": "skipped", "rows": 2}]
    records = found["catalog_records"]
    assert (records["dagster/row_count"], records["requests_for_the_same_part"]) == (1, 1)
    assert records["charts"].startswith("![The catalogue in charts](data:image/png;base64,")
    assert {row["field"] for row in records["fields_table"]} >= {"mpn", "voltage"}
    assert found["spec_tables"]["dagster/row_count"] > 5
    assert found["parts/stored_documents"]["documents_new"] == 1
    assert found["parts/stored_documents"]["sample_document"]["_id"] == "appliance_part:WR55X10025"
    assert mongo_store.get_document("appliance_part:WR55X10025")["part"]["chain"] == ["WR55X11152", "WR55X10025"]


def test_every_check_speaks_of_the_records(warehouse: Installation) -> None:
    checks = checks_of(run(warehouse))
    assert set(checks) == {
        "suppliers_answer", "parts_are_conserved", "fields_are_legal", "urls_are_absolute", "prices_are_positive",
        "required_fields_are_found", "required_fields_are_sure", "records_are_stored",
    }  # fmt: skip
    assert all(check.passed for check in checks.values())
    assert checks["parts_are_conserved"].description == "4 rows = 3 parts + 1 refused."


def test_a_floor_that_is_not_reached_warns_and_holds_the_record(warehouse: Installation) -> None:
    write_rules(warehouse, RULES.replace("0.3", "0.99"))
    result = run(warehouse)
    assert result.success
    check = checks_of(result)["required_fields_are_sure"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert metadata_of(result)["catalog_records"]["records_held_for_review"] == 1


def test_a_price_that_cannot_be_is_withheld_and_holds_up_nothing_else(
    warehouse: Installation, mongo_store: MongoStore
) -> None:
    said = {"product_type": "appliance_part", "sku": "WR55X10025", "attribute": "high_avg_price"}
    mongo_store.add_override(Override(**said, value=1.0, by="ann", at=datetime(2026, 1, 1, tzinfo=UTC)))
    result = run(warehouse)
    assert result.success
    check = checks_of(result)["prices_are_positive"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert check.description == "1 values are withheld, in 1 of 1 records."
    document = mongo_store.get_document("appliance_part:WR55X10025")
    prices = {name: document["attributes"][name]["value"] for name in ("low_avg_price", "high_avg_price")}
    assert prices == {"low_avg_price": None, "high_avg_price": 1.0}
    (told,) = document["part"]["needs_review"]
    assert "above high_avg_price, 1" in told


def test_running_again_asks_nobody_and_writes_nothing(warehouse: Installation) -> None:
    run(warehouse)
    found = metadata_of(run(warehouse))
    assert (found["supplier_responses"]["parts_asked_for"], found["supplier_responses"]["parts_remembered"]) == (0, 3)
    assert found["parts/stored_documents"]["documents_unchanged"] == 1


def test_a_config_without_requests_says_what_to_write(warehouse: Installation) -> None:
    write_rules(warehouse, "confidence_floor: 0.5\n")
    message, metadata = failure_of(run(warehouse), "part_requests")
    assert "no parts are requested: parts/appliance_part.yaml has no `requests`" in message
    assert metadata["trying_again_may_help"] is False


def test_a_changed_request_file_asks_for_a_run(warehouse: Installation) -> None:
    def tick(cursor: str | None) -> dg.SensorResult:
        context = dg.build_sensor_context(instance=warehouse.instance, cursor=cursor)
        found = new_requests_sensor(context, settings=warehouse.settings)
        assert isinstance(found, dg.SensorResult)
        return found

    path = warehouse.feeds_dir / "parts.csv"
    _age(path, seconds=60)
    first = tick(None)
    assert not first.run_requests
    path.write_text(REQUESTS + "CHAIN1003,\n", encoding="utf-8")
    _age(path, seconds=30)
    second = tick(first.cursor)
    assert [request.partition_key for request in second.run_requests or ()] == ["appliance_part"]
    assert not tick(second.cursor).run_requests


def _age(path: Path, *, seconds: float) -> None:
    changed = time.time() - seconds
    os.utime(path, (changed, changed))
