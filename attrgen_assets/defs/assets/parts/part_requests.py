"""Parts, step 1: which parts are wanted."""

import dagster as dg

from attrgen_assets.defs.assets.parts.shared import part_asset, refused_metadata
from attrgen_assets.defs.metadata import Metadata, counts_metadata, list_value, table_value
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.tables import REQUESTS
from attrgen_assets.workflows.request_parts import request_parts


@part_asset("request", "polars", "parquet")
def part_requests(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """The part numbers of the request file or collection, each once; rows that name none say why."""
    with step(context, services) as (use, counts):
        feed = use.part_requests()
        state = use.feed_state(feed)
        report = request_parts(
            feed,
            reader=use.reader(feed),
            tables=use.tables,
            product_type=context.partition_key,
            batch_rows=use.settings.batch_rows,
        )
        counts.update(rows=report.rows, parts=report.parts, refused=report.refused)
        table = use.tables.scan(REQUESTS, product_type=context.partition_key)
        figures = {"dagster/row_count": report.rows, "parts": report.parts, "rows_refused": report.rows - report.parts}
        metadata: Metadata = {
            **counts_metadata(figures),
            "request_files": list_value(report.files),
            **refused_metadata(report.refused),
            "preview": table_value(table.head(5).collect()),
        }
        if state is not None:
            metadata["feed_fingerprint"] = dg.MetadataValue.text(state.fingerprint())
        if report.notes:
            metadata["notes"] = list_value(report.notes)
        return dg.MaterializeResult(metadata=metadata)
