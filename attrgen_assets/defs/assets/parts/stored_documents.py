"""Parts, step 7: documents in MongoDB, and their former states."""

import json
from collections.abc import Iterator

import dagster as dg

from attrgen_assets.defs.assets.parts.shared import part_spec
from attrgen_assets.defs.metadata import Metadata, counts_metadata
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.tables import RECORDS
from attrgen_assets.wiring import Services
from attrgen_assets.wiring_parts import attribute_registry
from attrgen_assets.workflows.store_records import store_records

_DOCUMENTS = part_spec(
    "stored_documents", "store", "mongodb", deps=["catalog_records", "spec_tables"], prefix="parts",
    description="Documents of parts, in the same collection as all others: an unchanged one is not written.",
)  # fmt: skip
_VERSIONS = part_spec(
    "document_versions", "store", "mongodb", deps=["catalog_records", "spec_tables"], prefix="parts",
    description="The former states of documents that changed: who changed them and why; `attrgen parts history`.",
)  # fmt: skip


@dg.multi_asset(name="store_parts", specs=[_DOCUMENTS, _VERSIONS])
def stored_parts(context: dg.AssetExecutionContext, services: ServicesResource) -> Iterator[dg.MaterializeResult[None]]:
    """Store records, keeping the former state of what changed."""
    with step(context, services) as (use, counts):
        report = store_records(
            product_type=context.partition_key,
            tables=use.tables,
            store=use.store,
            rules=use.part_rules(),
            registry=attribute_registry(use.settings),
            run_id=context.run.run_id,
            now=use.clock(),
        )
        counts.update(new=report.new, changed=report.changed, unchanged=report.unchanged)
        figures = {
            "dagster/row_count": report.records,
            "documents_new": report.new,
            "documents_changed": report.changed,
            "documents_unchanged": report.unchanged,
        }
        metadata: Metadata = {
            **counts_metadata(figures),
            "config_version": dg.MetadataValue.text(report.config_version),
            **_sample(use, context.partition_key),
        }
        yield dg.MaterializeResult(asset_key=_DOCUMENTS.key, metadata=metadata)
        yield dg.MaterializeResult(
            asset_key=_VERSIONS.key, metadata=counts_metadata({"former_states_kept": report.changed})
        )


def _sample(use: Services, product_type: str) -> Metadata:
    """The first document as MongoDB holds it; nothing where there is none."""
    first = use.tables.scan(RECORDS, product_type=product_type).select("mpn").head(1).collect()
    if first.is_empty():
        return {}
    document = use.store.get_document(document_id(product_type, first["mpn"][0]))
    return {"sample_document": dg.MetadataValue.json(json.loads(json.dumps(document, default=str)))}
