"""Runs in this process: they wait for others of the same product type, and tell of what goes wrong before a step."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pytest

from attrgen_assets.cli.graph_lost import PROCESS_TAG, this_process
from attrgen_assets.cli.graph_progress import RunProgress
from attrgen_assets.cli.graph_results import RunResult
from attrgen_assets.cli.graph_run import LOGGER, events_logger, run_all, sync_partitions

PARTITIONS = dg.DynamicPartitionsDefinition(name="product_types")


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        sync_partitions(made, ["saree"], partitions="product_types")
        yield made


def make_job(asset: dg.AssetsDefinition, progress: RunProgress, **resources: object) -> dg.JobDefinition:
    defs = dg.Definitions(
        [asset],
        jobs=[dg.define_asset_job("catalogue", executor_def=dg.in_process_executor)],
        loggers={LOGGER: events_logger(progress, steps={"catalogue": 1})},
        resources=resources,
    )
    return defs.resolve_job_def("catalogue")


def run_one(job: dg.JobDefinition, instance: dg.DagsterInstance, progress: RunProgress) -> list[RunResult]:
    return run_all(["saree"], job_of=lambda _: job, instance=instance, progress=progress)


def test_a_run_waits_for_one_that_is_under_way(instance: dg.DagsterInstance) -> None:
    seen: list[str] = []

    @dg.asset(partitions_def=PARTITIONS)
    def ours() -> None:
        seen.append("ours")

    tags = {"dagster/partition": "saree", PROCESS_TAG: this_process()}
    graph = dg.JobDefinition(graph_def=dg.GraphDefinition(name="catalogue"))
    other = instance.create_run_for_job(graph, status=dg.DagsterRunStatus.STARTED, tags=tags)

    def finish() -> None:
        time.sleep(0.7)  # longer than the first look at it
        seen.append("other")
        instance.report_run_failed(other)

    thread = threading.Thread(target=finish)
    thread.start()
    with RunProgress(runs=1, quiet=True) as progress:
        results = run_one(make_job(ours, progress), instance, progress)
    thread.join()
    assert seen == ["other", "ours"]
    assert results[0].ok


def test_what_fails_before_the_first_step_is_told_in_its_own_words(instance: dg.DagsterInstance) -> None:
    class Broken(dg.ConfigurableResource[Any]):
        uri: str = ""

        def setup_for_execution(self, context: dg.InitResourceContext) -> None:
            raise ValueError("no MongoDB to be found")

    @dg.asset(partitions_def=PARTITIONS)
    def ours(broken: Broken) -> None: ...

    with RunProgress(runs=1, quiet=True) as progress:
        job = make_job(ours, progress, broken=Broken())
        result = run_one(job, instance, progress)[0]
    assert not result.ok
    assert "no MongoDB to be found" in str(result.error)


def test_a_defect_in_a_step_is_told_with_its_kind(instance: dg.DagsterInstance) -> None:
    @dg.asset(partitions_def=PARTITIONS)
    def ours() -> None:
        raise KeyError("colour")

    with RunProgress(runs=1, quiet=True) as progress:
        result = run_one(make_job(ours, progress), instance, progress)[0]
    assert result.error == "KeyError: 'colour'"


def test_partitions_are_added_and_none_is_taken_away(instance: dg.DagsterInstance) -> None:
    sync_partitions(instance, ["kurta", "saree"], partitions="product_types")
    sync_partitions(instance, [], partitions="product_types")
    assert set(instance.get_dynamic_partitions("product_types")) == {"kurta", "saree"}
