"""Runs of the whole graph in this process, one product type after the other."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import uuid4

import dagster as dg
import structlog
from dagster import DagsterEventType as Kind

from attrgen_assets.cli.graph_lost import PROCESS_TAG, settle_lost_runs, this_process
from attrgen_assets.cli.graph_progress import RunProgress
from attrgen_assets.cli.graph_results import RunResult, run_result

LOGGER: Final = "attrgen"
"""The name under which `events_logger` is given to the definitions."""

_PARTITION_TAG: Final = "dagster/partition"
_POLL_S: Final = 0.5
_STEP_ENDS: Final = {Kind.STEP_SUCCESS, Kind.STEP_FAILURE, Kind.STEP_SKIPPED}
_TROUBLE: Final = {Kind.STEP_FAILURE, Kind.STEP_UP_FOR_RETRY, Kind.RUN_FAILURE}


def events_logger(progress: RunProgress, *, steps: Mapping[str, int]) -> dg.LoggerDefinition:
    """A logger for Dagster that prints nothing: it moves a progress bar, and writes trouble to the log file.

    steps: of one run of each job.
    """

    def events(_context: dg.InitLoggerContext) -> logging.Logger:
        logger = logging.Logger("attrgen.events")  # not registered: it has one handler and no parents
        logger.addHandler(_Events(progress, steps))
        return logger

    return dg.LoggerDefinition(events, description="Moves a progress bar; trouble goes to the log file.")


class _Events(logging.Handler):
    def __init__(self, progress: RunProgress, steps: Mapping[str, int]) -> None:
        super().__init__(logging.DEBUG)
        self._progress = progress
        self._steps = steps

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", {})
        event: dg.DagsterEvent | None = meta.get("dagster_event")
        if event is None:
            return  # what a workflow logs, which has its own way into the file
        if event.event_type is Kind.STEP_START:
            self._progress.doing(event.step_key or "")
        elif event.event_type in _STEP_ENDS:
            self._progress.step_ended(1 / self._steps[event.job_name])
        if event.event_type in _TROUBLE:
            log = structlog.get_logger("attrgen_assets.dagster")
            log.error("run in trouble", run_id=meta.get("run_id"), step=event.step_key, text=record.getMessage())


def sync_partitions(instance: dg.DagsterInstance, names: Iterable[str], *, partitions: str) -> None:
    """Add those product types to the graph's partitions that it does not know; none is taken away here."""
    known = set(instance.get_dynamic_partitions(partitions))
    if missing := sorted(set(names) - known):
        instance.add_dynamic_partitions(partitions, missing)


def run_all(
    names: Sequence[str],
    *,
    job_of: Callable[[str], dg.JobDefinition],
    instance: dg.DagsterInstance,
    progress: RunProgress,
) -> list[RunResult]:
    """Run its job for each product type in turn; a failing one does not stop the others.

    Raises: KeyboardInterrupt on Ctrl-C, once the run in progress has said that it ends.
    """
    results = []
    for name in names:
        progress.begin(name)
        _wait_for_others(name, instance, progress)
        results.append(_run(name, job=job_of(name), instance=instance))
        progress.ended(results[-1])
    return results


def _wait_for_others(name: str, instance: dg.DagsterInstance, progress: RunProgress) -> None:
    """Wait for runs of the product type that are under way elsewhere: two would write the same tables.

    The queue of `attrgen up` keeps runs apart by the same rule, and counts ours.
    """
    under_way = dg.RunsFilter(
        tags={_PARTITION_TAG: name},
        statuses=[dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING],
    )
    while others := instance.get_runs(under_way):
        progress.doing(f"waiting for run {others[0].run_id[:8]}, which is under way")
        time.sleep(_POLL_S)
        settle_lost_runs(instance)


def _run(name: str, *, job: dg.JobDefinition, instance: dg.DagsterInstance) -> RunResult:
    run_id = str(uuid4())
    try:
        done = job.execute_in_process(
            instance=instance,
            partition_key=name,
            raise_on_error=False,
            run_id=run_id,
            tags={PROCESS_TAG: this_process(), "attrgen/because": "attrgen run"},
            run_config={"loggers": {LOGGER: {}}},
        )
    except dg.DagsterError as error:  # before the first step: a resource could not be opened, say
        result = run_result(instance, run_id, product_type=name)
        return replace(result, error=str(error.__cause__ or error))
    if any(_is_interruption(event) for event in done.all_events):
        raise KeyboardInterrupt
    return run_result(instance, run_id, product_type=name)


def _is_interruption(event: dg.DagsterEvent) -> bool:
    """Whether a run says that it ends because of Ctrl-C: Dagster makes a failure of it, and would go on."""
    error = event.job_failure_data.error if event.event_type is Kind.RUN_FAILURE else None
    return error is not None and error.cls_name in {"DagsterExecutionInterruptedError", "KeyboardInterrupt"}
