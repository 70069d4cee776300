"""Servers that are down or die in the middle, damaged tables: what is retried, what is not, and what a re-run makes."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import dagster as dg
import pytest
from dagster import DagsterEventType as Kind

from attrgen_assets.adapters.services import embedded_mongo, embedded_redis
from attrgen_assets.adapters.stores.mongo import MongoStore, mongo_client
from attrgen_assets.definitions import CATALOGUE_JOB, PARTITIONS_NAME
from attrgen_assets_tests.defs.installation import Installation, failure_of, installation, metadata_of

On = Callable[[dg.DagsterEvent], None]


class _Hook(logging.Handler):
    def __init__(self, on_event: On) -> None:
        super().__init__(logging.DEBUG)
        self._on_event = on_event

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_meta", {}).get("dagster_event")
        if event is not None:
            self._on_event(event)


def run_with(shop: Installation, on_event: On) -> dg.ExecuteInProcessResult:
    """Run sarees; `on_event` hears of each event of the run as it happens, and the run waits for it."""

    def hook(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("hook")
        logger.addHandler(_Hook(on_event))
        return logger

    shop.instance.add_dynamic_partitions(PARTITIONS_NAME, ["saree"])
    defs = dg.Definitions.merge(shop.defs, dg.Definitions(loggers={"hook": dg.LoggerDefinition(hook)}))
    return defs.resolve_job_def(CATALOGUE_JOB).execute_in_process(
        instance=shop.instance, partition_key="saree", raise_on_error=False, run_config={"loggers": {"hook": {}}}
    )


def starts(event: dg.DagsterEvent, step: str) -> bool:
    return event.event_type is Kind.STEP_START and event.step_key == step


def retries_of(result: dg.ExecuteInProcessResult) -> int:
    return sum(event.is_step_up_for_retry for event in result.all_events)


class Servers:
    """Servers of this test's own, to be killed and started again."""

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self._home, self._stack = home, stack
        self.mongodb_uri = stack.enter_context(embedded_mongo(home))
        self.redis_url = stack.enter_context(embedded_redis(home))

    def kill(self, name: str) -> None:
        """kill -9, and wait until it is gone."""
        process = int((self._home / "services" / name / "server.lock").read_text())
        os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while Path(f"/proc/{process}").exists() and "Z" not in _state(process):
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def start_mongo(self) -> None:
        """Start the killed one again, where it was."""
        assert self._stack.enter_context(embedded_mongo(self._home)) == self.mongodb_uri


def _state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return "Z"


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield Servers(tmp_path_factory.mktemp("own"), stack)


@pytest.fixture
def own_shop(tmp_path: Path, servers: Servers) -> Iterator[Installation]:
    """An installation on servers that may be killed."""
    with installation(tmp_path, mongodb_uri=servers.mongodb_uri, redis_url=servers.redis_url) as made:
        made.store_timeout_s = 0.3
        yield made


def stored(servers: Servers) -> dict[str, str]:
    with mongo_client(servers.mongodb_uri) as client:
        return dict(MongoStore(client["attrgen"]).content_hashes("saree"))


def test_a_store_that_is_down_is_tried_again_and_then_told_in_words(own_shop: Installation, servers: Servers) -> None:
    servers.kill("mongo")
    result = own_shop.run("saree")
    message, metadata = failure_of(result, "validate_attributes")  # the first step that needs it: for corrections
    assert message.startswith("MongoDB: ")
    assert "is it running" in message
    assert metadata == {"error": "StoreUnavailable", "trying_again_may_help": True}
    assert retries_of(result) == 3
    assert set(metadata_of(result)) == {"raw_products", "generated_attributes"}


def test_a_store_that_dies_and_comes_back_costs_a_retry(own_shop: Installation, servers: Servers) -> None:
    def on_event(event: dg.DagsterEvent) -> None:
        if starts(event, "stored_documents"):
            servers.kill("mongo")
        elif event.event_type is Kind.STEP_UP_FOR_RETRY:
            servers.start_mongo()

    result = run_with(own_shop, on_event)
    assert result.success
    assert retries_of(result) == 1
    assert sorted(stored(servers)) == ["A1", "A2", "A3"]


def test_a_store_that_dies_while_it_is_written_to_converges_in_the_next_run(
    own_shop: Installation, servers: Servers
) -> None:
    count, own_shop.batch_rows = 20_000, 5_000
    rows = "".join(f"S{i},Red saree {i},Red,5 m\n" for i in range(count))
    own_shop.write_feed("saree", f"sku,title,color,length\n{rows}")

    def kill_in_the_middle() -> None:
        with mongo_client(servers.mongodb_uri) as client:
            documents = client["attrgen"]["documents"]
            deadline = time.monotonic() + 60
            while documents.estimated_document_count() < count // 4 and time.monotonic() < deadline:
                time.sleep(0.001)
        servers.kill("mongo")

    killer = Thread(target=kill_in_the_middle)
    result = run_with(own_shop, lambda event: killer.start() if starts(event, "stored_documents") else None)
    killer.join()
    assert not result.success
    assert failure_of(result, "stored_documents")[1]["error"] == "StoreUnavailable"
    servers.start_mongo()
    before = len(stored(servers))
    assert before < count  # the last tenth of a second was not in the journal yet
    again = own_shop.run("saree")
    assert again.success
    summary = metadata_of(again)["stored_documents"]
    assert (summary["documents_new"], summary["documents_changed"]) == (count - before, 0)
    assert len(stored(servers)) == count


def test_a_cache_that_dies_costs_one_warning_and_no_answer(
    own_shop: Installation, servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    result = run_with(own_shop, lambda event: servers.kill("redis") if starts(event, "validate_attributes") else None)
    assert result.success
    assert metadata_of(result)["validated_attributes"]["cache_hits"] == 0
    assert sorted(stored(servers)) == ["A1", "A2", "A3"]
    messages = [entry.user_message for entry in own_shop.instance.all_logs(result.run_id)]
    assert sum("match cache is not used" in message for message in messages) == 1


def test_a_defect_is_not_retried(own_shop: Installation) -> None:
    table = own_shop.root / "home" / "parquet" / "saree" / "raw_products.parquet"

    def damage(event: dg.DagsterEvent) -> None:
        if starts(event, "generated_attributes"):
            table.write_bytes(b"PAR1 nonsense")

    result = run_with(own_shop, damage)
    assert not result.success
    assert retries_of(result) == 0


def test_what_workflows_log_reaches_the_log_of_the_run(shop: Installation) -> None:
    result = shop.run("saree")
    messages = [entry.user_message for entry in shop.instance.all_logs(result.run_id)]
    finished = next(message for message in messages if message.startswith("raw_products finished"))
    assert "rows=4" in finished
    assert "product_type=saree" in finished
    assert f"run_id={result.run_id}" in finished


def test_logs_go_to_the_file_of_the_installation(shop: Installation) -> None:
    shop.run("saree")
    lines = (shop.root / "home" / "logs" / "attribute_generation.log").read_text().splitlines()
    assert sum('"event": "stored_documents finished"' in line for line in lines) == 1
    left = [handler for handler in logging.getLogger("attrgen_assets").handlers if hasattr(handler, "of_attrgen")]
    assert left == []  # what a run set up it took away
