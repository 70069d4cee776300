"""Step 3: accepted values, and the rows that were refused. Two tables of one pass over the candidates."""

from collections.abc import Iterator

import dagster as dg
import polars as pl

from attrgen_assets.defs.assets.generated_attributes import generated_attributes
from attrgen_assets.defs.assets.shared import CODE_VERSION, GROUP, OWNERS, config_metadata
from attrgen_assets.defs.metadata import (
    Metadata,
    column_schema,
    counts_metadata,
    counts_table,
    coverage_metadata,
    preview,
    refusals_metadata,
)
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.attributes.summary import quarantine_reasons
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.workflows.validate import ValidateReport, validate_attributes

# Both read raw_products as well; that edge would only be drawn across the one that implies it.
_VALIDATED = dg.AssetSpec(
    "validated_attributes",
    deps=[generated_attributes],
    description="One line per product: each attribute with its value, status, confidence and provenance.",
    kinds={"python", "polars", "redis", "parquet"},
    tags={"step": "validate"},
    group_name=GROUP,
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)
_QUARANTINED = dg.AssetSpec(
    "quarantined_products",
    deps=[generated_attributes],
    description="Refused rows with reasons and the nearest legal values; they wait for a person, and none is lost.",
    kinds={"python", "polars", "parquet"},
    tags={"step": "validate"},
    group_name=GROUP,
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)


@dg.multi_asset(name="validate_attributes", specs=[_VALIDATED, _QUARANTINED])
def validated_attributes(
    context: dg.AssetExecutionContext, services: ServicesResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Choose among candidates, match them to legal values, apply rules; what is refused goes to quarantine."""
    with step(context, services) as (use, counts):
        config = use.configs.get(context.partition_key)
        product_type = config.product_type
        report = validate_attributes(
            product_type,
            tables=use.tables,
            overrides=use.store,
            cache=use.cache,
            batch_rows=use.settings.batch_rows,
        )
        counts.update(rows=report.rows, documents=report.documents, quarantined=report.quarantined)
        validated = use.tables.scan("validated_attributes", product_type=product_type.name)
        quarantined = use.tables.scan("quarantined_products", product_type=product_type.name)
        metadata = {**_validated_metadata(report, validated, product_type), **config_metadata(config)}
        yield dg.MaterializeResult(asset_key=_VALIDATED.key, metadata=metadata)
        metadata = {**_quarantined_metadata(report, quarantined, product_type), **config_metadata(config)}
        yield dg.MaterializeResult(asset_key=_QUARANTINED.key, metadata=metadata)


def _validated_metadata(report: ValidateReport, validated: pl.LazyFrame, product_type: ProductType) -> Metadata:
    counts = {
        "dagster/row_count": report.documents,
        "rows_read": report.rows,
        "documents_incomplete": report.incomplete,
        "overrides_in_force": report.overrides,
    }
    metadata = {**counts_metadata(counts), **coverage_metadata(validated, product_type), **refusals_metadata(validated)}
    metadata |= counts_metadata({"cache_hits": report.cache_hits, "cache_misses": report.cache_misses})
    if report.cache_hit_fraction is not None:
        metadata["cache_hit_rate"] = dg.MetadataValue.float(round(report.cache_hit_fraction, 4))
    return {**metadata, "preview": preview(validated), **column_schema(validated, product_type)}


def _quarantined_metadata(report: ValidateReport, quarantined: pl.LazyFrame, product_type: ProductType) -> Metadata:
    metadata = counts_metadata({"dagster/row_count": report.quarantined, "rows_read": report.rows})
    if report.rows:
        metadata["quarantined_fraction"] = dg.MetadataValue.float(round(report.quarantined / report.rows, 4))
    if report.quarantined:
        metadata["quarantined_by_reason"] = counts_table(quarantine_reasons(quarantined), of="reason")
        metadata |= {**refusals_metadata(quarantined), "preview": preview(quarantined)}
    return {**metadata, **column_schema(quarantined, product_type)}
