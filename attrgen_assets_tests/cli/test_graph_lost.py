"""Runs whose process is gone are marked, and no others."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from attrgen_assets.cli.graph_lost import PROCESS_TAG, settle_lost_runs, this_process


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def make_run(instance: dg.DagsterInstance, status: dg.DagsterRunStatus, **tags: str) -> str:
    """A run in that status."""
    job = dg.JobDefinition(graph_def=dg.GraphDefinition(name="catalogue"))
    return instance.create_run_for_job(job, status=status, tags=tags).run_id


def status_of(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def ended_process() -> str:
    """How a process that has ended called itself."""
    code = "from attrgen_assets.cli.graph_lost import this_process; print(this_process())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_run_of_a_process_that_is_gone_is_marked_as_failed(instance: dg.DagsterInstance) -> None:
    lost = make_run(instance, dg.DagsterRunStatus.STARTED, **{PROCESS_TAG: ended_process()})
    assert settle_lost_runs(instance) == [lost]
    assert status_of(instance, lost) is dg.DagsterRunStatus.FAILURE
    assert settle_lost_runs(instance) == []


def test_a_process_with_the_same_id_and_another_start_is_another(instance: dg.DagsterInstance) -> None:
    other = f"{this_process().split(':')[0]}:1"
    lost = make_run(instance, dg.DagsterRunStatus.STARTED, **{PROCESS_TAG: other})
    assert settle_lost_runs(instance) == [lost]


def test_a_run_of_the_daemon_is_lost_when_nobody_listens_where_it_was_started(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    address = str(tmp_path / "s")
    tags = {".dagster/grpc_info": json.dumps({"host": "localhost", "socket": address})}
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(address)
        server.listen()
        run_id = make_run(instance, dg.DagsterRunStatus.STARTED, **tags)
        assert settle_lost_runs(instance) == []
    assert settle_lost_runs(instance) == [run_id]


@pytest.mark.parametrize(
    "status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
)
def test_runs_that_are_not_running_are_left_alone(instance: dg.DagsterInstance, status: dg.DagsterRunStatus) -> None:
    run_id = make_run(instance, status, **{PROCESS_TAG: "1:1"})
    assert settle_lost_runs(instance) == []
    assert status_of(instance, run_id) is status


def test_runs_that_live_or_of_which_nothing_is_known_are_left_alone(instance: dg.DagsterInstance) -> None:
    make_run(instance, dg.DagsterRunStatus.STARTED, **{PROCESS_TAG: this_process()})
    make_run(instance, dg.DagsterRunStatus.STARTED)
    assert settle_lost_runs(instance) == []
