"""Asset checks, each per product type. What they judge is computed in `domain.attributes.check`, from stored tables."""

import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import dagster as dg
import polars as pl

from attrgen_assets.defs.metadata import counts_metadata, coverage_metadata, markdown_value, table_value
from attrgen_assets.defs.partitions import product_types
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.defs.steps import step
from attrgen_assets.domain.attributes.check import (
    Verdict,
    at_most,
    conservation,
    coverage_verdicts,
    failing_values,
    unstored_documents,
)
from attrgen_assets.domain.attributes.summary import coverage

_SECONDS_PER_DAY: Final = 86_400
_SHOWN: Final = 50  # failing lines in one result; the counts are of all


def _per_product_type(asset: str, **options: Any) -> Callable[[Callable[..., Any]], dg.AssetChecksDefinition]:
    """An asset check with one result per partition."""

    def decorate(function: Callable[..., Any]) -> dg.AssetChecksDefinition:
        with warnings.catch_warnings():
            # Partitions of checks are a preview in this release; without them the UI shows one result for all types.
            warnings.simplefilter("ignore", dg.PreviewWarning)
            return dg.asset_check(asset=asset, partitions_def=product_types, **options)(function)

    return decorate


@_per_product_type("raw_products")
def feed_is_fresh(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """The newest feed file is not older than `gates.max_feed_age_days` of the config; WARN."""
    with step(context, services) as (use, _):
        product_type = use.configs.get(context.partition_key).product_type
        limit_days, state = product_type.gates.max_feed_age_days, use.feed_state(product_type.feed)
        if limit_days is None or state is None:
            why = "the config sets no limit" if limit_days is None else "what is not a file has no age"
            return dg.AssetCheckResult(passed=True, description=f"Not judged: {why}.")
        changed_at = datetime.fromtimestamp(state.newest_mtime, tz=UTC)
        age_days = (use.clock() - changed_at).total_seconds() / _SECONDS_PER_DAY
        return dg.AssetCheckResult(
            passed=age_days <= limit_days,
            severity=dg.AssetCheckSeverity.WARN,
            description=f"The newest feed file is {age_days:.1f} days old; {limit_days:g} are allowed.",
            metadata={"feed_changed_at": dg.MetadataValue.timestamp(changed_at), "age_days": round(age_days, 2)},
        )


@_per_product_type("validated_attributes", blocking=True)
def values_are_legal(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every stored value is one that the config allows, re-derived from the table. Nothing is stored else.

    Legal values, ranges, lengths, statuses, confidence and provenance. Coverage stands beside it: a null is no pass.
    """
    with step(context, services) as (use, _):
        product_type = use.configs.get(context.partition_key).product_type
        table = use.tables.scan("validated_attributes", product_type=product_type.name)
        failures = failing_values(table, product_type)
        metadata = {**counts_metadata({"documents": failures.rows, "failing_values": failures.total})}
        if failures.total:
            metadata["failing_values_table"] = markdown_value(failures.examples.head(_SHOWN), total=failures.total)
            metadata["failing_values_per_attribute"] = dg.MetadataValue.json(dict(failures.counts))
        names = ", ".join(failures.counts)
        text = f"{failures.total:,} values in {names} are not legal." if failures.total else "All values are legal."
        return dg.AssetCheckResult(
            passed=failures.total == 0,
            severity=dg.AssetCheckSeverity.ERROR,
            description=text,
            metadata={**metadata, **coverage_metadata(table, product_type)},
        )


@_per_product_type("validated_attributes", blocking=True, additional_deps=["raw_products", "quarantined_products"])
def rows_are_conserved(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """Every raw row is one document or one quarantined row, none lost, none doubled. Nothing is stored else."""
    with step(context, services) as (use, _):
        tables = ("raw_products", "validated_attributes", "quarantined_products")
        counted = conservation(*(use.tables.scan(table, product_type=context.partition_key) for table in tables))
        counts = {
            "rows_read": counted.raw_rows,
            "documents": counted.validated_rows,
            "quarantined": counted.quarantined_rows,
        }
        metadata = counts_metadata(counts)
        if not counted.holds:
            metadata["rows_astray"] = markdown_value(counted.astray.head(_SHOWN))
        return dg.AssetCheckResult(
            passed=counted.holds,
            severity=dg.AssetCheckSeverity.ERROR,
            description=f"{counted.raw_rows:,} rows read = {counted.validated_rows:,} documents + "
            f"{counted.quarantined_rows:,} quarantined{'' if counted.holds else ' does not hold, row by row'}.",
            metadata=metadata,
        )


@_per_product_type("validated_attributes")
def coverage_is_sufficient(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """The FOUND share of each attribute reaches `gates.min_coverage` of the config; WARN or ERROR as it says."""
    with step(context, services) as (use, _):
        product_type = use.configs.get(context.partition_key).product_type
        table = use.tables.scan("validated_attributes", product_type=product_type.name)
        verdicts = coverage_verdicts(coverage(table, product_type), product_type.gates.min_coverage)
        below = verdicts.filter(pl.col("verdict") > Verdict.PASS.value)
        shown = verdicts.with_columns(pl.Series("verdict", [Verdict(v).name for v in verdicts["verdict"]], pl.String))
        text = f"{below.height} of {verdicts.height} gated attributes are below their limit"
        return dg.AssetCheckResult(
            passed=below.is_empty(),
            severity=_severity(Verdict(max(verdicts["verdict"], default=Verdict.PASS))),
            description=f"{text}: {', '.join(below['attribute'])}." if below.height else f"{text}.",
            metadata={"gates": table_value(shown)} if verdicts.height else {},
        )


@_per_product_type("quarantined_products", additional_deps=["raw_products"])
def quarantine_is_small(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """The refused share of all rows stays within `gates.max_quarantined_fraction`; WARN or ERROR as it says."""
    with step(context, services) as (use, _):
        product_type = use.configs.get(context.partition_key).product_type
        gate = product_type.gates.max_quarantined_fraction
        raw, quarantined = (
            use.tables.scan(table, product_type=product_type.name).select(pl.len()).collect().item()
            for table in ("raw_products", "quarantined_products")
        )
        fraction = quarantined / raw if raw else None
        verdict = at_most(fraction, gate)
        limits = ", ".join(f"{name} above {limit:.0%}" for name, limit in gate if limit is not None)
        share = "no rows" if fraction is None else f"{quarantined:,} of {raw:,} rows ({fraction:.1%})"
        return dg.AssetCheckResult(
            passed=verdict is Verdict.PASS,
            severity=_severity(verdict),
            description=f"{share} are in quarantine; {limits or 'the config sets no limit'}.",
            metadata=counts_metadata({"rows_read": raw, "quarantined": quarantined}),
        )


@_per_product_type("stored_documents", additional_deps=["validated_attributes"])
def documents_are_stored(context: dg.AssetCheckExecutionContext, services: ServicesResource) -> dg.AssetCheckResult:
    """MongoDB holds every validated product with the content hash of the table; ERROR."""
    with step(context, services) as (use, _):
        table = use.tables.scan("validated_attributes", product_type=context.partition_key)
        missing = unstored_documents(table, use.store.content_hashes(context.partition_key))
        return dg.AssetCheckResult(
            passed=missing.is_empty(),
            severity=dg.AssetCheckSeverity.ERROR,
            description="Every validated product is stored."
            if missing.is_empty()
            else f"{missing.height:,} validated products are not in MongoDB as they were validated.",
            metadata={}
            if missing.is_empty()
            else {"not_stored": markdown_value(missing.head(_SHOWN), total=missing.height)},
        )


def _severity(verdict: Verdict) -> dg.AssetCheckSeverity:
    return dg.AssetCheckSeverity.ERROR if verdict is Verdict.ERROR else dg.AssetCheckSeverity.WARN


CHECKS: Final = (
    feed_is_fresh,
    values_are_legal,
    rows_are_conserved,
    coverage_is_sufficient,
    quarantine_is_small,
    documents_are_stored,
)
