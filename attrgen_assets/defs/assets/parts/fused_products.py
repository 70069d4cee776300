"""Parts, step 4: one record of what several suppliers claim."""

import dagster as dg
import polars as pl

from attrgen_assets.defs.assets.parts.shared import part_asset
from attrgen_assets.defs.assets.parts.supplier_offers import supplier_offers
from attrgen_assets.defs.metadata import Metadata, counts_metadata, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.tables import FUSED
from attrgen_assets.workflows.fuse_offers import FuseReport, fuse_offers


@part_asset("fuse", "polars", "parquet", deps=[supplier_offers])
def fused_products(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """One record per part: every field with its status, source and confidence, and what the losing sources said."""
    with step(context, services) as (use, counts):
        report = fuse_offers(
            product_type=context.partition_key,
            tables=use.tables,
            rules=use.part_rules(),
            models=use.source_models,
            overrides=use.store,
            now=use.clock(),
        )
        counts.update(records=report.records, unknown=report.unknown, held=report.held_for_review)
        table = use.tables.scan(FUSED, product_type=context.partition_key)
        figures = {
            "dagster/row_count": report.parts,
            "records": report.records,
            "parts_nobody_knows": report.unknown,
            "parts_replaced": report.replaced,
            "records_held_for_review": report.held_for_review,
            "values_reviewed": report.reviewed,
        }
        held = table.filter(pl.col("needs_review").list.len() > 0).select("part_number", "mpn", "needs_review")
        return dg.MaterializeResult(
            metadata={
                **counts_metadata(figures),
                "coverage_per_field": table_value(_coverage(report)),
                "held_for_review": table_value(held.head(20).collect()),
                **_sources(report),
                "preview": table_value(table.drop("record", "needs_review").head(5).collect()),
            }
        )


def _coverage(report: FuseReport) -> pl.DataFrame:
    lines = [
        (name, field.required, report.found.get(name, 0), report.found.get(name, 0) / max(1, report.records))
        for name, field in PART_FIELDS.items()
    ]
    schema = {"field": pl.String, "required": pl.Boolean, "found": pl.UInt32, "coverage_fraction": pl.Float64}
    return pl.DataFrame(lines, schema=schema, orient="row")


def _sources(report: FuseReport) -> Metadata:
    """How often each source is right, on average over the fields; nothing where too few parts were seen."""
    if report.model is None:
        return {"sources": dg.MetadataValue.text("weighed within each part: too few parts to know them")}
    means = {source: sum(fields.values()) / len(fields) for source, fields in report.model.accuracy.items() if fields}
    rows = sorted(means.items(), key=lambda item: -item[1])
    frame = pl.DataFrame(rows, schema={"source": pl.String, "accuracy_fraction": pl.Float64}, orient="row")
    return {"sources": table_value(frame), "sources_learned_anew": dg.MetadataValue.bool(report.learned)}
