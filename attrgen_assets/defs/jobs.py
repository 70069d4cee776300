"""Jobs: the whole graph for one product type, from its feed or from suppliers."""

import dagster as dg

CATALOGUE_JOB = "catalogue"

catalogue = dg.define_asset_job(
    CATALOGUE_JOB,
    selection=dg.AssetSelection.groups("catalogue"),
    description="From feed to stored documents, for one product type, with all checks.",
    executor_def=dg.in_process_executor,  # a process per step costs more than the step; rows run in parallel inside
    tags={"dagster/max_retries": "0"},  # steps retry what is worth it; running all again would repeat the rest
)

TRAINING_JOB = "train_models"

train_models = dg.define_asset_job(
    TRAINING_JOB,
    selection=dg.AssetSelection.groups("models"),
    description="Train the model of one product type from its stored documents; it must be better to be promoted.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_retries": "0"},
)

PARTS_JOB = "parts"

parts = dg.define_asset_job(
    PARTS_JOB,
    selection=dg.AssetSelection.groups("parts"),
    description="From requested part numbers to stored records, with all checks; asks the suppliers.",
    executor_def=dg.in_process_executor,
    tags={"dagster/max_retries": "0"},
)
