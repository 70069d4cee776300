"""Parts, step 5: what language models say of conflicts, gaps and texts."""

import asyncio

import dagster as dg
import polars as pl

from attrgen_assets.defs.assets.parts.fused_products import fused_products
from attrgen_assets.defs.assets.parts.shared import part_asset
from attrgen_assets.defs.metadata import Metadata, counts_metadata, counts_table, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.tables import VERDICTS
from attrgen_assets.wiring import Services
from attrgen_assets.wiring_judge import open_judge
from attrgen_assets.workflows.judge_records import JudgeReport, judge_records


@part_asset("judge", "openai", "parquet", deps=[fused_products])
def ai_verdicts(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Two language models asked, side by side, about what is in conflict or missing, and the consensus of both with
    the sources. Without a key the step is skipped, and every record says so."""
    with step(context, services) as (use, counts):
        report = asyncio.run(_judge(use, context.partition_key))
        counts.update(records=report.records, statuses=dict(report.statuses), tokens=report.tokens)
        table = use.tables.scan(VERDICTS, product_type=context.partition_key)
        changed = table.filter(pl.col("fields_changed").list.len() > 0)
        figures = {
            "dagster/row_count": report.records,
            "fields_asked": report.fields_asked,
            "fields_changed": report.fields_changed,
            "tokens": report.tokens,
        }
        shown = ("part_number", "status", "reason", "fields_asked", "fields_changed", "tokens")
        metadata: Metadata = {
            **counts_metadata(figures),
            "records_by_status": counts_table(report.statuses, of="status"),
            "changed_records": table_value(changed.select(shown).head(20).collect()),
            "preview": table_value(table.select(shown).head(5).collect()),
        }
        if report.why:
            metadata["reasons"] = counts_table(report.why, of="reason")
        if report.cost is not None:
            metadata["cost"] = dg.MetadataValue.float(round(report.cost, 6))
        return dg.MaterializeResult(metadata=metadata)


async def _judge(use: Services, product_type: str) -> JudgeReport:
    async with open_judge(use.settings) as ports:
        return await judge_records(
            product_type=product_type, tables=use.tables, overrides=use.store, rules=use.part_rules(), ports=ports
        )
