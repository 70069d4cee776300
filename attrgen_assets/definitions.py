"""What Dagster loads: `defs`, and `build_defs` for the same with other settings or loggers.

Loading reads no environment and touches no disk, network or server; see the resources for when that happens.
"""

from collections.abc import Mapping

import dagster as dg

from attrgen_assets.defs.assets import ASSETS, MODELS
from attrgen_assets.defs.assets.parts import PARTS
from attrgen_assets.defs.checks import CHECKS
from attrgen_assets.defs.instance import open_instance, prepare_instance_home
from attrgen_assets.defs.jobs import CATALOGUE_JOB, PARTS_JOB, TRAINING_JOB, catalogue, parts, train_models
from attrgen_assets.defs.part_checks import PART_CHECKS
from attrgen_assets.defs.partitions import PARTITIONS_NAME, part_types
from attrgen_assets.defs.resources import SettingsResource, make_resources
from attrgen_assets.defs.sensors import new_config_sensor, new_feed_sensor, new_requests_sensor

__all__ = [
    "CATALOGUE_JOB",
    "PARTITIONS_NAME",
    "PARTS_JOB",
    "STEPS",
    "TRAINING_JOB",
    "SettingsResource",
    "build_defs",
    "defs",
    "job_of",
    "open_instance",
    "prepare_instance_home",
]

STEPS = {CATALOGUE_JOB: len(ASSETS) + len(CHECKS), PARTS_JOB: len(PARTS) + len(PART_CHECKS)}
"""Steps of one run of a whole graph, by job."""


def job_of(product_type: str) -> str:
    """The job that makes the documents of a product type.

    >>> job_of("saree"), job_of("appliance_part")
    ('catalogue', 'parts')
    """
    return PARTS_JOB if product_type in part_types.get_partition_keys() else CATALOGUE_JOB


def build_defs(
    *,
    settings: SettingsResource | None = None,
    resources: Mapping[str, object] | None = None,
    loggers: Mapping[str, dg.LoggerDefinition] | None = None,
) -> dg.Definitions:
    """The graph.

    Args:
        settings: in place of the environment's.
        resources: in place of some of the graph's own, by name: settings, mongo, redis, services.
        loggers: in place of Dagster's console logger.

    >>> sorted(key.to_user_string() for key in build_defs().resolve_all_asset_keys())[:2]
    ['ai_verdicts', 'attribute_model']
    """
    return dg.Definitions(
        assets=[*ASSETS, *MODELS, *PARTS],
        asset_checks=[*CHECKS, *PART_CHECKS],
        jobs=[catalogue, train_models, parts],
        sensors=[new_config_sensor, new_feed_sensor, new_requests_sensor],
        resources={**make_resources(settings or SettingsResource()), **(resources or {})},
        loggers=loggers,
        executor=dg.in_process_executor,
    )


defs = build_defs()
