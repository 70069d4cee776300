"""Dagster's own home: where runs, events and cursors are kept, and how its daemon works."""

import os
import tempfile
from pathlib import Path
from typing import Final

import dagster as dg

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


def prepare_instance_home(home: Path) -> Path:
    """Make `<home>/dagster` with its dagster.yaml, and return it; one that is there is left as it is."""
    folder = (home / "dagster").absolute()
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / "dagster.yaml"
    if not target.exists():
        with tempfile.NamedTemporaryFile("w", dir=folder, encoding="utf-8", delete=False) as file:
            file.write(_DAGSTER_YAML)
        os.replace(file.name, target)  # noqa: PTH105 - several processes may do this at once, each whole
    return folder


def open_instance(home: Path) -> dg.DagsterInstance:
    """The instance under `home`; close it with `dispose()` or use it in a `with` block."""
    return dg.DagsterInstance.from_config(str(prepare_instance_home(home)))
