"""Parts, step 2: what suppliers answer. The only step that calls anybody."""

import asyncio
from datetime import timedelta

import dagster as dg

from attrgen_assets.defs.assets.parts.part_requests import part_requests
from attrgen_assets.defs.assets.parts.shared import part_asset
from attrgen_assets.defs.metadata import counts_metadata, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.check import supplier_success
from attrgen_assets.domain.parts.tables import RESPONSES
from attrgen_assets.wiring import Services
from attrgen_assets.wiring_parts import open_supplier_gateway, supplier_configs, who_is_asked
from attrgen_assets.workflows.ask import Former
from attrgen_assets.workflows.ask_suppliers import AskReport, ask_suppliers


@part_asset("ask", "mongodb", "parquet", deps=[part_requests])
def supplier_responses(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """All suppliers asked for all parts, replacements followed; every raw response is kept, so that what follows can
    be done again without calling anyone. A supplier that fails is a line that says so."""
    with step(context, services) as (use, counts):
        report = asyncio.run(_ask(use, context.partition_key))
        counts.update(parts=report.parts, asked=report.asked, outcomes=report.outcomes)
        table = use.tables.scan(RESPONSES, product_type=context.partition_key)
        figures = {
            "parts": report.parts,
            "parts_asked_for": report.asked,
            "parts_remembered": report.remembered,
            "parts_nobody_knows": report.unknown,
        }
        success = supplier_success(table)
        return dg.MaterializeResult(
            metadata={
                "asked": dg.MetadataValue.text(who_is_asked(use.settings)),
                **counts_metadata({"dagster/row_count": int(success["requests"].sum()), **figures}),
                "suppliers": table_value(success),
                "preview": table_value(table.drop("chain").head(5).collect()),
            }
        )


async def _ask(use: Services, product_type: str) -> AskReport:
    rules = use.part_rules()
    async with open_supplier_gateway(use.settings) as gateway:
        return await ask_suppliers(
            product_type=product_type,
            tables=use.tables,
            suppliers=gateway,
            responses=use.raw_responses,
            former=Former(
                responses=use.raw_responses,
                configs={config.supplier: config for config in supplier_configs(use.settings)},
                since=use.clock() - timedelta(days=rules.former_answers_days),
            ),
            deadline_s=use.settings.supplier_deadline_s,
            refresh_after=timedelta(hours=rules.refresh_after_h),
            now=use.clock,
        )
