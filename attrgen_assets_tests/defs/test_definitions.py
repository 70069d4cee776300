"""What Dagster loads: without an environment, without touching anything, and as the golden file has it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from attrgen_assets.definitions import (
    STEPS,
    TRAINING_JOB,
    build_defs,
    open_instance,
    prepare_instance_home,
)
from attrgen_assets_tests.cli.calling import PROJECT

GOLDEN = PROJECT / "attrgen_assets_tests" / "golden" / "asset_graph.json"


def partitions_of(definition: dg.PartitionsDefinition[Any] | None) -> str | list[str] | None:
    """The name of partitions that come and go, the keys of those that are fixed."""
    if isinstance(definition, dg.StaticPartitionsDefinition):
        return list(definition.get_partition_keys())
    return getattr(definition, "name", None)


def asset_graph(defs: dg.Definitions) -> dict[str, Any]:
    """The graph as it appears in the UI."""
    assets = {
        spec.key.to_user_string(): {
            "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
            "group": spec.group_name,
            "owners": list(spec.owners),
            "kinds": sorted(spec.kinds),
            "code_version": spec.code_version,
            "partitions": partitions_of(spec.partitions_def),
            "description": spec.description,
        }
        for spec in defs.resolve_all_asset_specs()
    }
    checks = {
        f"{spec.asset_key.to_user_string()}:{spec.name}": {
            "blocking": spec.blocking,
            "partitions": partitions_of(spec.partitions_def),
            "description": spec.description,
        }
        for check in defs.asset_checks or ()
        for spec in check.check_specs
    }
    return {
        "assets": dict(sorted(assets.items())),
        "checks": dict(sorted(checks.items())),
        "jobs": {job.name: [node.name for node in job.nodes_in_topological_order] for job in resolved_jobs(defs)},
        "sensors": {
            sensor.name: {"status": sensor.default_status.value, "every_s": sensor.minimum_interval_seconds}
            for sensor in defs.sensors or ()
        },
    }


def resolved_jobs(defs: dg.Definitions) -> list[dg.JobDefinition]:
    """Jobs that we named."""
    return [defs.resolve_job_def("catalogue"), defs.resolve_job_def(TRAINING_JOB)]


def test_the_graph_is_as_the_golden_file_has_it() -> None:
    found = json.dumps(asset_graph(build_defs()), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(found, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == found, "run UPDATE_GOLDEN=1 pytest on this file; look at the change"


def test_every_asset_and_check_says_what_it_is() -> None:
    graph = asset_graph(build_defs())
    things = [*graph["assets"].values(), *graph["checks"].values()]
    assert len(things) == 29
    assert all(thing["description"] for thing in things)
    assert all(thing["partitions"] in ("product_types", ["appliance_part"]) for thing in things)
    assert all(asset["owners"] and asset["kinds"] and asset["code_version"] for asset in graph["assets"].values())


def test_a_run_has_as_many_steps_as_a_progress_bar_expects() -> None:
    for job, steps in STEPS.items():
        assert len(build_defs().resolve_job_def(job).graph.nodes) == steps


def test_loading_needs_no_environment_and_leaves_nothing_behind(tmp_path: Path) -> None:
    code = "from attrgen_assets.definitions import defs; print(len(defs.resolve_all_asset_keys()))"
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT), "MONGODB_URI": "nonsense://", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "15\n", "")
    assert list(tmp_path.iterdir()) == []


def test_workspace_and_project_lead_to_the_definitions() -> None:
    workspace = yaml.safe_load((PROJECT / "workspace.yaml").read_text())
    module = workspace["load_from"][0]["python_module"]
    assert module == {"module_name": "attrgen_assets.definitions", "location_name": "attrgen_assets"}
    dg.Definitions.validate_loadable(build_defs())


class TestInstance:
    def test_its_home_is_made_once_and_then_left_as_it_is(self, tmp_path: Path) -> None:
        folder = prepare_instance_home(tmp_path)
        settings = yaml.safe_load((folder / "dagster.yaml").read_text())
        assert settings["telemetry"] == {"enabled": False}
        assert settings["run_coordinator"]["class"] == "QueuedRunCoordinator"
        (folder / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
        assert prepare_instance_home(tmp_path) == folder
        assert (folder / "dagster.yaml").read_text() == "telemetry: {enabled: false}\n"

    def test_an_instance_survives_its_process(self, tmp_path: Path) -> None:
        with open_instance(tmp_path) as instance:
            instance.add_dynamic_partitions("product_types", ["saree"])
        with open_instance(tmp_path) as instance:
            assert instance.get_dynamic_partitions("product_types") == ["saree"]

    def test_the_daemon_finds_the_same_instance(self, tmp_path: Path) -> None:
        with open_instance(tmp_path) as instance:
            instance.add_dynamic_partitions("product_types", ["saree"])
        with dg.DagsterInstance.from_config(str(tmp_path / "dagster")) as other:
            assert other.get_dynamic_partitions("product_types") == ["saree"]
            assert not other.telemetry_enabled

    def test_a_home_that_is_a_file_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "home").write_text("")
        with pytest.raises(NotADirectoryError):
            prepare_instance_home(tmp_path / "home")
