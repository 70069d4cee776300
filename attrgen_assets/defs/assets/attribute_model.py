"""Beside the flow: a model of a product type, trained from what is stored. Runs when asked, not with every feed."""

import dagster as dg

from attrgen_assets.defs.assets.shared import CODE_VERSION, OWNERS, config_metadata
from attrgen_assets.defs.metadata import Metadata, counts_metadata, counts_table, list_value
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.attributes.promotion import score_figures
from attrgen_assets.wiring import fast_learner
from attrgen_assets.workflows.train_attribute_model import AttributeModelReport, train_attribute_model

# `generated_attributes` reads the promoted model of an earlier run. That edge would close a circle, and is not drawn.


@dg.asset(
    deps=["stored_documents"],
    kinds={"python", "crf"},
    tags={"step": "train"},
    group_name="models",
    owners=OWNERS,
    code_version=CODE_VERSION,
    partitions_def=product_types,
)
def attribute_model(context: dg.AssetExecutionContext, services: ServicesResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """An extractor trained from stored documents and corrections; it replaces the current one only if it is better
    on the same held-out products."""
    with step(context, services) as (use, counts):
        config = use.configs.get(context.partition_key)
        report = train_attribute_model(
            config.product_type,
            documents=use.store,
            overrides=use.store,
            tables=use.tables,
            models=use.models,
            learn=fast_learner(context.log.info),
            now=use.clock(),
            batch_rows=use.settings.batch_rows,
        )
        counts.update(products=report.products, held_out=report.held_out, promoted=int(report.promoted))
        return dg.MaterializeResult(metadata={**_metadata(report), **config_metadata(config)})


def _metadata(report: AttributeModelReport) -> Metadata:
    figures = {
        "labelled_products": report.products,
        "held_out_products": report.held_out,
        "corrected_products": report.corrected,
    }
    metadata: Metadata = {
        "decision": dg.MetadataValue.text(report.decision),
        "reasons": list_value(report.reasons),
        **counts_metadata(figures),
    }
    if report.labels:
        metadata["labels"] = counts_table(report.labels, of="attribute")
    for name, version in (("model_version", report.version), ("current_version", report.in_force)):
        if version is not None:
            metadata[name] = dg.MetadataValue.text(version)
    for name, score in (("score", report.score), ("current_score", report.former_score)):
        if score is not None:
            metadata[f"{name}_micro_f1"] = dg.MetadataValue.float(round(score.total.f1, 4))
            metadata[name] = dg.MetadataValue.json(score_figures(score))
    return metadata
