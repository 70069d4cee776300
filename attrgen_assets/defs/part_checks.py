"""Asset checks of parts. What they judge is computed in `domain.parts.check`, from stored tables."""

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any, Final

import dagster as dg
import polars as pl

from attrgen_assets.defs.metadata import counts_metadata, counts_table, markdown_value, table_value
from attrgen_assets.defs.partitions import part_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.parts.check import (
    PRICES,
    FieldFailure,
    failures_frame,
    legal_value_failures,
    missing_failures,
    price_failures,
    supplier_success,
    suppliers_below,
    unsure_failures,
    url_failures,
)
from attrgen_assets.domain.parts.fields import PART_FIELDS, URL_KINDS
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.tables import FUSED, RECORDS, REQUESTS, RESPONSES
from attrgen_assets.domain.parts.withheld import withheld_failures
from attrgen_assets.wiring import Services
from attrgen_assets.workflows.analyse_parts import part_records

_SHOWN: Final = 50  # failing lines in one result; the counts are of all

Failures = Callable[[PartRecord], Iterator[FieldFailure]]


def _of_parts(asset: str | dg.AssetKey, **options: Any) -> Callable[[Callable[..., Any]], dg.AssetChecksDefinition]:
    """An asset check with one result per type of parts."""

    def decorate(function: Callable[..., Any]) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", dg.PreviewWarning)  # partitions of checks are a preview in this release
            return dg.asset_check(asset=asset, partitions_def=part_types, **options)(function)

    return decorate


@_of_parts("supplier_responses")
def suppliers_answer(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Each supplier answered the share of requests that `min_supplier_success` asks for; WARN or ERROR as it says."""
    with step(context, services) as (use, _):
        success = supplier_success(use.tables.scan(RESPONSES, product_type=context.partition_key))
        below = suppliers_below(success, use.part_rules().min_supplier_success)
        severe = "error" in below.values()
        return dg.AssetCheckResult(
            passed=not below,
            severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
            description=f"Below their limit: {', '.join(below)}." if below else "All suppliers that were asked answer.",
            metadata={"suppliers": table_value(success)},
        )


@_of_parts("fused_products", blocking=True, additional_deps=["part_requests"])
def parts_are_conserved(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every row of the request file is a refusal, or a part with a record or a reason; none is lost. Blocks."""
    with step(context, services) as (use, _):
        requests, fused = (
            use.tables.scan(name, product_type=context.partition_key).collect() for name in (REQUESTS, FUSED)
        )
        wanted = requests.filter(pl.col("refused").is_null())["part_number"]
        explained = fused.filter(pl.col("record").is_not_null() | (pl.col("needs_review").list.len() > 0))[
            "part_number"
        ]
        astray = sorted(set(wanted.to_list()) ^ set(explained.to_list()))
        holds = not astray and wanted.len() == explained.len() and wanted.null_count() == 0
        refused = requests.height - wanted.len()
        return dg.AssetCheckResult(
            passed=holds,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{requests.height:,} rows = {explained.len():,} parts + {refused:,} refused"
            f"{'' if holds else ' does not hold, part by part'}.",
            metadata={"parts_astray": dg.MetadataValue.json(astray[:_SHOWN])} if astray else {},
        )


@_of_parts("catalog_records", blocking=True)
def fields_are_legal(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every value is of its field's kind, within its range, one of its words, with a right check digit. WARN where one
    is withheld for that; where one is published all the same nothing is stored."""
    of = [name for name, field in PART_FIELDS.items() if name not in PRICES and field.kind not in URL_KINDS]
    return _judged(context, services, legal_value_failures, what="values are not legal", withholding=of)


@_of_parts("catalog_records", blocking=True)
def urls_are_absolute(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every URL is one of http or https, with a host. WARN where one is withheld for that; where one is published all
    the same nothing is stored."""
    of = [name for name, field in PART_FIELDS.items() if field.kind in URL_KINDS]
    return _judged(context, services, url_failures, what="URLs are not absolute", withholding=of)


@_of_parts("catalog_records", blocking=True)
def prices_are_positive(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every price is above zero, and the lowest is not above the highest. WARN where one is withheld for that; where
    one is published all the same nothing is stored."""
    return _judged(context, services, price_failures, what="prices are not right", withholding=PRICES)


@_of_parts("catalog_records")
def required_fields_are_found(
    context: dg.AssetCheckExecutionContext, services: ServicesResource
) -> dg.AssetCheckResult:
    """Every required field is FOUND; WARN: a record that lacks one is stored and held for review."""
    return _judged(context, services, missing_failures, what="required fields are not FOUND")


@_of_parts("catalog_records")
def required_fields_are_sure(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every required field reaches `confidence_floor`; WARN: a record that does not is stored and held for review."""
    with step(context, services) as (use, _):
        return _verdict(use, context.partition_key, unsure_failures(use.part_rules()), what="fields are not sure")


@_of_parts(dg.AssetKey(["parts", "stored_documents"]), additional_deps=["catalog_records"])
def records_are_stored(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """MongoDB holds a document of every record; ERROR."""
    with step(context, services) as (use, _):
        table = use.tables.scan(RECORDS, product_type=context.partition_key).select("mpn").collect()
        stored = use.store.content_hashes(context.partition_key)
        missing = sorted(set(table["mpn"].to_list()) - set(stored))
        return dg.AssetCheckResult(
            passed=not missing,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{len(missing):,} of {table.height:,} records are not stored."
            if missing
            else f"All {table.height:,} records are stored.",
            metadata={"not_stored": dg.MetadataValue.json(missing[:_SHOWN])} if missing else {},
        )


def _judged(
    context: dg.AssetCheckExecutionContext,
    services: ServicesResource,
    failures: Failures,
    *,
    what: str,
    withholding: Collection[str] | None = None,
) -> dg.AssetCheckResult:
    with step(context, services) as (use, _):
        return _verdict(use, context.partition_key, failures, what=what, withholding=withholding)


def _verdict(
    use: Services, product_type: str, failures: Failures, *, what: str, withholding: Collection[str] | None = None
) -> dg.AssetCheckResult:
    """Hold every record against a check, and show what fails.

    withholding: fields of which a value that fails is withheld before it is published, record by record: that is a
    warning, and a published one an error, as only a fault of ours can bring it about. None: failing is a warning.
    """
    judged, failing, held = 0, list[FieldFailure](), list[FieldFailure]()
    for record in part_records(RECORDS, product_type=product_type, tables=use.tables):
        judged += 1
        failing.extend(failures(record))
        held.extend(one for one in withheld_failures(record) if one.field in (withholding or ()))
    severe = bool(failing) and withholding is not None
    told = [f"{len(found):,} {words}, in {len(_parts(found)):,} of {judged:,} records"
            for found, words in ((failing, what), (held, "values are withheld")) if found]  # fmt: skip
    return dg.AssetCheckResult(
        passed=not told,
        severity=dg.AssetCheckSeverity.ERROR if severe else dg.AssetCheckSeverity.WARN,
        description=f"{'; '.join(told)}." if told else f"All {judged:,} records pass.",
        metadata=_failing_metadata([*failing, *held], judged=judged, withheld=len(held)),
    )


def _failing_metadata(failing: Sequence[FieldFailure], *, judged: int, withheld: int) -> dict[str, Any]:
    counts = {"records": judged, "failing_fields": len(failing), "failing_records": len(_parts(failing))}
    metadata: dict[str, Any] = counts_metadata({**counts, "withheld_values": withheld})
    if failing:
        frame = failures_frame(failing)
        per_field = dict(frame["field"].value_counts(sort=True).iter_rows())
        metadata["failing_fields_table"] = markdown_value(frame.head(_SHOWN), total=frame.height)
        metadata["failing_per_field"] = counts_table(per_field, of="field")
    return metadata


def _parts(failing: Iterable[FieldFailure]) -> set[str]:
    return {one.part_number for one in failing}


PART_CHECKS: Final = (
    suppliers_answer,
    parts_are_conserved,
    fields_are_legal,
    urls_are_absolute,
    prices_are_positive,
    required_fields_are_found,
    required_fields_are_sure,
    records_are_stored,
)
