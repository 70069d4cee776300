"""Parts, step 3: claims."""

from datetime import timedelta

import dagster as dg
import polars as pl

from attrgen_assets.defs.assets.parts.shared import part_asset
from attrgen_assets.defs.assets.parts.supplier_responses import supplier_responses
from attrgen_assets.defs.metadata import Metadata, counts_metadata, counts_table, list_value, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.tables import OFFERS
from attrgen_assets.wiring_parts import supplier_configs
from attrgen_assets.workflows.normalise_offers import normalise_offers

_SHOWN = ("part_number", "attribute", "source", "raw")


@part_asset("normalise", "polars", "parquet", deps=[supplier_responses])
def supplier_offers(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """What each supplier claims of each field, read from the raw responses by the mapping in the supplier's config.
    What cannot be true (a sensor of 6,000 in) is kept, flagged, and never becomes a value."""
    with step(context, services) as (use, counts):
        report = normalise_offers(
            product_type=context.partition_key,
            tables=use.tables,
            responses=use.raw_responses,
            suppliers=supplier_configs(use.settings),
            since=use.clock() - timedelta(days=use.part_rules().former_answers_days),
        )
        counts.update(parts=report.parts, claims=report.claims, unpublishable=report.unpublishable)
        table = use.tables.scan(OFFERS, product_type=context.partition_key)
        figures = {
            "dagster/row_count": report.claims,
            "parts": report.parts,
            "parts_without_claims": report.parts_without_claims,
            "claims_not_usable": report.unpublishable,
        }
        flagged = table.filter(pl.col("flags").list.len() > 0).select(*_SHOWN, "flags", "note")
        metadata: Metadata = {
            **counts_metadata(figures),
            "claims_per_supplier": counts_table(report.claims_per_supplier, of="supplier"),
            "flagged_claims": table_value(flagged.head(20).collect()),
            "preview": table_value(
                table.select("part_number", "attribute", "source", "value", "raw").head(5).collect()
            ),
        }
        if report.unknown_suppliers:
            metadata["suppliers_without_config"] = list_value(report.unknown_suppliers)
        return dg.MaterializeResult(metadata=metadata)
