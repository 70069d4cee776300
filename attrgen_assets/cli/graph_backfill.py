"""A backfill by the daemon of `attrgen up`, watched from here."""

import time
from collections.abc import Callable, Sequence
from typing import Final

import dagster as dg

from attrgen_assets.cli.graph_client import GraphClient
from attrgen_assets.cli.graph_results import RunResult, run_result

_POLL_S: Final = 0.5
_SILENCE_S: Final = 180.0  # the daemon looks for backfills every 30 s, and a first run takes a while to start
_BACKFILL_TAG: Final = "dagster/backfill"
_PARTITION_TAG: Final = "dagster/partition"


def backfill_types(
    names: Sequence[str],
    *,
    client: GraphClient,
    job_name: str,
    instance: dg.DagsterInstance,
    on_result: Callable[[RunResult], None],
    still_up: Callable[[], bool],
) -> list[RunResult]:
    """Have the daemon run the job for each product type, and wait; one result per type, in the order given.

    Args:
        on_result: hears of each run as it ends.
        still_up: whether there is still somebody who executes the runs.
    """
    backfill_id = client.launch_backfill(job_name, names, tags={"attrgen/because": "attrgen backfill"})
    results: dict[str, RunResult] = {}
    heard = time.monotonic()
    while len(results) < len(names):
        runs = instance.get_runs(dg.RunsFilter(tags={_BACKFILL_TAG: backfill_id}))
        for run in reversed(runs):
            name = run.tags.get(_PARTITION_TAG, "")
            if run.is_finished and name in names and name not in results:
                results[name] = run_result(instance, run.run_id, product_type=name)
                on_result(results[name])
        if any(not run.is_finished for run in runs) or len(results) == len(names):
            heard = time.monotonic()
        why = _given_up(instance, backfill_id, silent_s=time.monotonic() - heard, still_up=still_up())
        if why is not None:
            break
        time.sleep(_POLL_S)
    return [results.get(name) or RunResult(product_type=name, error=why) for name in names]


def _given_up(instance: dg.DagsterInstance, backfill_id: str, *, silent_s: float, still_up: bool) -> str | None:
    """Why there is nothing more to wait for; None where there is."""
    backfill = instance.get_backfill(backfill_id)
    if backfill is not None and backfill.error is not None:
        return backfill.error.message
    if not still_up:
        return "`attrgen up` has ended; the runs it had queued start when it is up again"
    if silent_s > _SILENCE_S:
        return f"the daemon started no run for {_SILENCE_S:.0f} s; see dagster-daemon.log under the home's logs"
    return None
