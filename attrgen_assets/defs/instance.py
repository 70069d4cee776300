"""Dagster's own home: where runs, events and cursors are kept, and how its daemon works."""

import tempfile
from pathlib import Path
from typing import Final

import dagster as dg
import yaml

_DAGSTER_YAML: Final = """\
# Written by attrgen; edit it and it stays as it is.
telemetry:
  enabled: false
nux:
  enabled: false  # else a dialog covers every page at the first visit
run_coordinator:
  module: dagster._core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 2  # a run uses all cores already
    dequeue_interval_seconds: 1
    dequeue_use_threads: true
    dequeue_num_workers: 2
    tag_concurrency_limits:
      # Two runs of one product type would write the same tables.
      - key: dagster/partition
        value:
          applyLimitPerUniqueValue: true
        limit: 1
run_monitoring:
  enabled: true  # a run whose process was killed is marked as failed
  start_timeout_seconds: 180
  poll_interval_seconds: 20
sensors:
  use_threads: true
  num_workers: 2
schedules:
  use_threads: true
  num_workers: 2
"""


_IN_PROCESS_YAML: Final = "in_process.yaml"
_NO_CAPTURE: Final = {
    "module": "dagster._core.storage.noop_compute_log_manager",
    "class": "NoOpComputeLogManager",
}


def prepare_instance_home(home: Path) -> Path:
    """Make `<home>/dagster` with its dagster.yaml, and return it; a dagster.yaml that is there is left as it is."""
    folder = (home / "dagster").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "dagster.yaml"
    if not target.exists():
        _replace(target, _DAGSTER_YAML)
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance under `home`, for runs in this process; use it in a `with` block.

    It is that of dagster.yaml, except that what steps print is not captured: capturing redirects the descriptors of
    the whole process, and a progress bar would vanish into a file.
    """
    folder = prepare_instance_home(home)
    config = yaml.safe_load((folder / "dagster.yaml").read_text(encoding="utf-8")) or {}
    _replace(folder / _IN_PROCESS_YAML, yaml.safe_dump({**config, "compute_logs": _NO_CAPTURE}))
    return dg.DagsterInstance.from_config(str(folder), config_filename=_IN_PROCESS_YAML)


def _replace(target: Path, text: str) -> None:
    """Write the file whole: several processes may do this at once."""
    with tempfile.NamedTemporaryFile("w", dir=target.parent, encoding="utf-8", delete=False) as file:
        file.write(text)
    Path(file.name).replace(target)
