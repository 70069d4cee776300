"""Step 4: documents in MongoDB."""

import json

import dagster as dg

from attrgen_assets.defs.assets.shared import CODE_VERSION, GROUP, OWNERS, config_metadata
from attrgen_assets.defs.metadata import Metadata, counts_metadata
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.run_metadata import run_metadata
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.wiring import Services
from attrgen_assets.workflows.store import StoreSummary, store_documents


@dg.asset(
    deps=["validated_attributes", "quarantined_products"],
    kinds={"python", "mongodb"},
    tags={"step": "store"},
    group_name=GROUP,
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)
def stored_documents(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Catalogue documents, keyed product type and SKU: a changed one keeps its former state as a version, an
    unchanged one is not written."""
    with step(context, services) as (use, counts):
        config = use.configs.get(context.partition_key)
        summary = store_documents(
            config.product_type,
            tables=use.tables,
            documents=use.store,
            quarantine=use.store,
            run_id=context.run.run_id,
            now=use.clock(),
            batch_rows=use.settings.batch_rows,
        )
        counts.update(new=summary.new, changed=summary.changed, unchanged=summary.unchanged)
        metadata = {**_summary_metadata(summary), **run_metadata(context.partition_key, use.store)}
        metadata |= {**_sample(use, context.partition_key), **config_metadata(config)}
        return dg.MaterializeResult(metadata=metadata)


def _sample(use: Services, product_type: str) -> Metadata:
    """The first document as MongoDB holds it; nothing where there is none."""
    first = use.tables.scan("validated_attributes", product_type=product_type).select("sku").head(1).collect()
    if first.is_empty():
        return {}
    document = use.store.get_document(document_id(product_type, first["sku"][0]))
    return {"sample_document": dg.MetadataValue.json(json.loads(json.dumps(document, default=str)))}


def _summary_metadata(summary: StoreSummary) -> Metadata:
    return counts_metadata(
        {
            "dagster/row_count": summary.documents,
            "documents_new": summary.new,
            "documents_changed": summary.changed,
            "documents_unchanged": summary.unchanged,
            "quarantined_open": summary.quarantined_open,
            "quarantined_new": summary.quarantined_new,
            "quarantined_resolved": summary.quarantined_resolved,
        }
    )
