"""Parts, step 6: what is published of each part. Two tables of one pass."""

from collections.abc import Iterator

import dagster as dg

from attrgen_assets.adapters.part_charts import as_markdown, catalogue_chart
from attrgen_assets.defs.assets.parts.shared import part_spec
from attrgen_assets.defs.metadata import Metadata, counts_metadata, counts_table, coverage_fractions, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.analytics import CatalogueAnalytics
from attrgen_assets.domain.parts.tables import RECORDS, SPECIFICATIONS
from attrgen_assets.errors import MissingExtra
from attrgen_assets.wiring_parts import attribute_registry
from attrgen_assets.workflows.analyse_parts import analyse_parts
from attrgen_assets.workflows.catalogue_records import CatalogueReport, catalogue_records

_RECORDS = part_spec(
    "catalog_records", "catalogue", "polars", "parquet", deps=["ai_verdicts"],
    description="One record per part that is sold, settled with what is stored: values of people stay, and so does "
    "what only a silent supplier knew.",
)  # fmt: skip
_SPECIFICATIONS = part_spec(
    "spec_tables", "catalogue", "polars", "parquet", deps=["ai_verdicts"],
    description="Every specification of every part: merged, measured in both systems of units, categorised, ordered.",
)  # fmt: skip


@dg.multi_asset(name="catalogue_records", specs=[_RECORDS, _SPECIFICATIONS])
def catalog_records(
    context: dg.AssetExecutionContext, services: ServicesResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Make catalogue records and specification tables."""
    with step(context, services) as (use, counts):
        report = catalogue_records(
            product_type=context.partition_key,
            tables=use.tables,
            store=use.store,
            rules=use.part_rules(),
            registry=attribute_registry(use.settings),
        )
        counts.update(records=report.records, held=report.held_for_review, specifications=report.specifications)
        found = analyse_parts(product_type=context.partition_key, tables=use.tables)
        records, lines = (
            use.tables.scan(name, product_type=context.partition_key) for name in (RECORDS, SPECIFICATIONS)
        )
        preview = {"preview": table_value(records.drop("record", "catalog_record", "silent").head(5).collect())}
        yield dg.MaterializeResult(asset_key=_RECORDS.key, metadata={**_metadata(report, found), **preview})
        preview = {"preview": table_value(lines.drop("name", "kind").head(20).collect())}
        yield dg.MaterializeResult(asset_key=_SPECIFICATIONS.key, metadata={**_specifications(report), **preview})


def _metadata(report: CatalogueReport, found: CatalogueAnalytics) -> Metadata:
    figures = {
        "dagster/row_count": report.records,
        "records_incomplete": report.incomplete,
        "records_held_for_review": report.held_for_review,
        "requests_for_the_same_part": report.same_part,
    }
    metadata: Metadata = counts_metadata(figures)
    metadata |= coverage_fractions(found.coverage)
    if found.totals.mean_confidence is not None:
        metadata["mean_confidence"] = dg.MetadataValue.float(round(found.totals.mean_confidence, 6))
    try:
        metadata["charts"] = dg.MetadataValue.md(as_markdown(catalogue_chart(found), label="The catalogue in charts"))
    except MissingExtra as error:
        metadata["charts"] = dg.MetadataValue.text(str(error))
    return metadata | {
        f"{name}_table": table_value(table) for name, table in found.tables().items() if name != "totals"
    }


def _specifications(report: CatalogueReport) -> Metadata:
    metadata: Metadata = counts_metadata({"dagster/row_count": report.specifications})
    if report.discovered:
        metadata["attributes_not_in_the_registry"] = counts_table(report.discovered, of="attribute")
    if report.left_out:
        metadata["entries_left_out"] = counts_table(report.left_out, of="reason")
    return metadata
