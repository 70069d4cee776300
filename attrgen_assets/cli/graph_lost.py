"""Runs whose process is gone without having said so (kill -9, a power cut): they are marked as failed.

Left as they are they would look as if they ran for ever, and the queue would start no other run of their product type.
"""

import json
import os
import socket
from pathlib import Path
from typing import Final

import dagster as dg

PROCESS_TAG: Final = ".dagster/attrgen_process"  # the UI hides tags of this prefix
_GRPC_TAG: Final = ".dagster/grpc_info"  # put on a run by the launcher: where the process that started it listens
_LOST: Final = "The process that executed this run is gone. Run it again; nothing is lost or doubled."


def this_process() -> str:
    """This process, in a way that no later one with the same id is called."""
    return _process(os.getpid())


def settle_lost_runs(instance: dg.DagsterInstance) -> list[str]:
    """Mark runs as failed whose process is known and gone; returns their ids."""
    unfinished = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
    )
    lost = [run for run in instance.get_runs(unfinished) if _is_lost(run)]
    for run in lost:
        instance.report_run_failed(run, _LOST)
    return [run.run_id for run in lost]


def _is_lost(run: dg.DagsterRun) -> bool:
    process = run.tags.get(PROCESS_TAG)
    if process is not None:
        return _process(int(process.split(":")[0])) != process
    address = json.loads(run.tags.get(_GRPC_TAG, "{}")).get("socket")
    return address is not None and not _listens(address)


def _process(process_id: int) -> str:
    """`id:start time`, the time in clock ticks since the machine started; 0 where there is no such process."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return f"{process_id}:0"
    return f"{process_id}:{status.rpartition(')')[2].split()[19]}"  # proc(5): field 22; the name may hold spaces


def _listens(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
