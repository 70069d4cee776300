"""A stored run, and what it changed against the run before, as metadata: numbers that plot over time, and a table."""

import dagster as dg
import polars as pl

from attrgen_assets.defs.metadata import Metadata, counts_metadata, coverage_fractions, table_value
from attrgen_assets.domain.ports import RunReports
from attrgen_assets.domain.reporting.drift import Drift, drift
from attrgen_assets.workflows.report import last_runs

_SCHEMA = {
    "attribute": pl.String,
    "moved": pl.String,
    "coverage_then_fraction": pl.Float64,
    "coverage_fraction": pl.Float64,
    "distance": pl.Float64,
    "chance_up_to": pl.Float64,
    "shares_of_values": pl.String,
}


def run_metadata(product_type: str, reports: RunReports) -> Metadata:
    """Coverage, refusals and drift of the run that was stored last; nothing of drift where it is the first."""
    runs = last_runs(product_type, reports=reports)
    if not runs:
        return {}
    profile = runs[0].profile
    metadata = coverage_fractions(profile.coverage)
    metadata |= counts_metadata({"refused_values": profile.refused_values, "proposed_values": profile.proposed_values})
    if len(runs) > 1:
        metadata |= _drift_metadata(drift(runs[1].profile, profile))
        metadata["compared_with_config_version"] = dg.MetadataValue.text(runs[1].config_version)
    return metadata


def _drift_metadata(found: Drift) -> Metadata:
    lines = [
        (
            one.name,
            ", ".join(
                what for what, moved in (("coverage", one.coverage_moved), ("values", one.values_moved)) if moved
            ),
            one.coverage_then,
            one.coverage_now,
            one.distance,
            one.chance,
            ", ".join(f"{shift.value} {shift.then:.0%} to {shift.now:.0%}" for shift in one.shifts),
        )
        for one in found.attributes
    ]
    return {
        "drift_per_attribute": table_value(pl.DataFrame(lines, schema=_SCHEMA, orient="row")),
        "drift_largest_distance": dg.MetadataValue.float(round(found.largest_distance, 4)),
        "attributes_moved": dg.MetadataValue.int(len(found.moved)),
    }
