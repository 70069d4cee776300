"""Step 2: proposed values."""

import dagster as dg

from attrgen_assets.defs.assets.raw_products import raw_products
from attrgen_assets.defs.assets.shared import CODE_VERSION, GROUP, OWNERS, config_metadata
from attrgen_assets.defs.metadata import Metadata, column_schema, counts_metadata, list_value, preview
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.workflows.generate import GenerateReport, generate_attributes


@dg.asset(
    deps=[raw_products],
    kinds={"python", "polars", "parquet"},
    tags={"step": "generate"},
    group_name=GROUP,
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)
def generated_attributes(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Candidates: values from columns, labels, lexicons, patterns and models, each with its text and confidence."""
    with step(context, services) as (use, counts):
        config = use.configs.get(context.partition_key)
        product_type = config.product_type
        proposers = use.proposers(product_type)
        report = generate_attributes(
            product_type,
            tables=use.tables,
            batch_rows=use.settings.batch_rows,
            proposers=proposers,
            overrides=use.store.overrides(product_type.name) if "llm" in proposers else (),
        )
        counts.update(rows=report.rows, candidates=report.candidates)
        table = use.tables.scan("generated_attributes", product_type=product_type.name)
        return dg.MaterializeResult(
            metadata={
                **counts_metadata({"dagster/row_count": report.candidates, "rows_read": report.rows}),
                **counts_metadata({f"candidates_by_{name}": count for name, count in report.by_generator.items()}),
                **_models_metadata(report),
                "preview": preview(table),
                **config_metadata(config),
                **column_schema(table, product_type),
            }
        )


def _models_metadata(report: GenerateReport) -> Metadata:
    """Which models were asked, what it took, and what a person should know; nothing where no source asks one."""
    versions = {f"{name}_version": dg.MetadataValue.text(version) for name, version in report.versions.items()}
    notes = {"models_notes": list_value(report.notes)} if report.notes else {}
    return {**versions, **counts_metadata(report.figures), **notes}
