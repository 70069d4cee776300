"""Step 1: the rows of a feed."""

from datetime import UTC, datetime

import dagster as dg

from attrgen_assets.defs.assets.shared import CODE_VERSION, GROUP, OWNERS, config_metadata
from attrgen_assets.defs.metadata import Metadata, column_schema, counts_metadata, counts_table, list_value, preview
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.workflows.read import ReadReport, read_products


@dg.asset(
    kinds={"python", "polars", "parquet"},
    tags={"step": "read"},
    group_name=GROUP,
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)
def raw_products(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Every row of the feed as it came, with its file and row number; rows that cannot be used say why."""
    with step(context, services) as (use, counts):
        config = use.configs.get(context.partition_key)
        product_type = config.product_type
        state = use.feed_state(product_type.feed)
        fingerprint = state.fingerprint() if state else None
        report = read_products(
            product_type,
            reader=use.reader(product_type.feed),
            tables=use.tables,
            batch_rows=use.settings.batch_rows,
        )
        counts.update(rows=report.rows, refused=report.refused, other_types=report.other_types)
        table = use.tables.scan("raw_products", product_type=product_type.name)
        return dg.MaterializeResult(
            metadata={
                **_report_metadata(report, fingerprint),
                "preview": preview(table),
                **config_metadata(config),
                **column_schema(table, product_type),
            }
        )


def _report_metadata(report: ReadReport, fingerprint: str | None) -> Metadata:
    refused = sum(report.refused.values())
    metadata: Metadata = {
        **counts_metadata({"dagster/row_count": report.rows, "rows_refused": refused}),
        "feed_files": list_value(report.files),
    }
    if report.other_types:
        metadata |= counts_metadata({"rows_of_other_types": report.other_types})
    if report.refused:
        metadata["refused_by_reason"] = counts_table(report.refused, of="reason")
    if report.newest_mtime is not None:
        metadata["feed_changed_at"] = dg.MetadataValue.timestamp(datetime.fromtimestamp(report.newest_mtime, tz=UTC))
    if fingerprint is not None:
        metadata["feed_fingerprint"] = dg.MetadataValue.text(fingerprint)
    for name, values in (
        ("notes", report.notes),  # before the lists, which are long
        ("columns_not_mapped", report.unmapped_columns),
        ("fields_not_in_feed", report.missing_fields),
    ):
        if values:
            metadata[name] = list_value(values)
    return metadata
