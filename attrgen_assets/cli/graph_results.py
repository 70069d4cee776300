"""What a run of one product type came to, read from its events; the same for runs here and runs of the daemon."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import dagster as dg
from dagster import DagsterEventType as Kind

_OUR_CLASS: Final = re.compile(r"^attrgen_assets\.errors\.\w+: ")  # our messages speak for themselves
_LISTED: Final = re.compile(r"^- `(.*)`$", re.MULTILINE)  # a list of texts in metadata is Markdown

_PLACES: Final = {  # figure: (asset, entry of its metadata) of feeds, then of parts
    "rows": (("raw_products", "dagster/row_count"), ("part_requests", "dagster/row_count")),
    "new": (("stored_documents", "documents_new"), ("parts/stored_documents", "documents_new")),
    "changed": (("stored_documents", "documents_changed"), ("parts/stored_documents", "documents_changed")),
    "unchanged": (("stored_documents", "documents_unchanged"), ("parts/stored_documents", "documents_unchanged")),
    "incomplete": (("validated_attributes", "documents_incomplete"), ("catalog_records", "records_incomplete")),
    "quarantined": (("quarantined_products", "dagster/row_count"), ("part_requests", "rows_refused")),
    "quarantined_by_reason": (
        ("quarantined_products", "quarantined_by_reason"),
        ("part_requests", "refused_by_reason"),
    ),
    "held_for_review": (("catalog_records", "records_held_for_review"),),
    "coverage": (("validated_attributes", "coverage"), ("catalog_records", "coverage")),
    "coverage_of_required": (
        ("validated_attributes", "coverage_of_required"),
        ("catalog_records", "coverage_of_required"),
    ),
    "cache_hit_rate": (("validated_attributes", "cache_hit_rate"),),
    "notes": (("raw_products", "notes"), ("part_requests", "notes")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A check that did not pass; only severity ERROR makes a run a failure."""

    name: str
    severity: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """A run of one product type. Counts of steps that did not run are None; coverage is 0-1; notes are of the feed."""

    product_type: str
    run_id: str | None = None
    error: str | None = None
    rows: int | None = None
    new: int | None = None
    changed: int | None = None
    unchanged: int | None = None
    incomplete: int | None = None
    quarantined: int | None = None
    held_for_review: int | None = None
    quarantined_by_reason: Mapping[str, int] = field(default_factory=dict)
    coverage: float | None = None
    coverage_of_required: float | None = None
    cache_hit_rate: float | None = None
    notes: tuple[str, ...] = ()
    config_is_last_good: bool = False
    failed_checks: tuple[FailedCheck, ...] = ()
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether the run ended well and no check failed with severity ERROR."""
        return self.error is None and all(check.severity != "ERROR" for check in self.failed_checks)

    @property
    def documents(self) -> int | None:
        """Documents that the run made, whether they had to be written or not."""
        counts = (self.new, self.changed, self.unchanged)
        return None if None in counts else sum(count for count in counts if count is not None)

    def as_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {**asdict(self), "documents": self.documents, "ok": self.ok}


def run_result(instance: dg.DagsterInstance, run_id: str, *, product_type: str) -> RunResult:
    """Read the run's events from the instance.

    A run that did not succeed always has an error, also where its process vanished without a word.
    """
    events = [entry.dagster_event for entry in instance.all_logs(run_id) if entry.dagster_event is not None]
    record = instance.get_run_record_by_id(run_id)
    run = record.dagster_run if record else None
    seconds = (record.end_time or 0) - (record.start_time or 0) if record and record.end_time else 0.0
    error = None
    if run is None or not run.is_success:
        status = run.status.value.lower() if run else "gone"
        error = _error(events) or f"the run ended as {status}; see its log in the UI (attrgen up)"
    metadata = _metadata(events)
    values = {name: next((metadata[asset][entry] for asset, entry in places if entry in metadata.get(asset, {})), None)
              for name, places in _PLACES.items()}  # fmt: skip
    return RunResult(
        product_type=product_type,
        run_id=run_id,
        error=error,
        quarantined_by_reason=_counts(values.pop("quarantined_by_reason")),
        notes=tuple(_LISTED.findall(values.pop("notes") or "")),
        config_is_last_good="config_is_last_good" in metadata.get("raw_products", {}),
        failed_checks=_failed_checks(events),
        seconds=round(max(seconds, 0.0), 3),
        **values,
    )


def _metadata(events: Iterable[dg.DagsterEvent]) -> dict[str, dict[str, Any]]:
    """{asset: {entry: value}} of what was materialized."""
    found: dict[str, dict[str, Any]] = {}
    for event in events:
        if event.event_type is Kind.ASSET_MATERIALIZATION and event.asset_key is not None:
            entries = event.step_materialization_data.materialization.metadata
            values = {name: getattr(entry, "records", entry.value) for name, entry in entries.items()}
            found[event.asset_key.to_user_string()] = values
    return found


def _counts(records: Any) -> dict[str, int]:
    """The table that `quarantined_by_reason` is, as a dictionary; most first."""
    return {str(record.data["reason"]): int(record.data["rows"]) for record in records or ()}


def _failed_checks(events: Iterable[dg.DagsterEvent]) -> tuple[FailedCheck, ...]:
    evaluations = [
        event.asset_check_evaluation_data for event in events if event.event_type is Kind.ASSET_CHECK_EVALUATION
    ]
    return tuple(
        FailedCheck(name=found.check_name, severity=found.severity.value, text=found.description or "")
        for found in evaluations
        if not found.passed
    )


def _error(events: Iterable[dg.DagsterEvent]) -> str | None:
    """The message of the first step that failed for good, else that of the run."""
    for event in events:
        if event.event_type is Kind.STEP_FAILURE:
            data = event.step_failure_data
            if data.user_failure_data is not None and data.user_failure_data.description:
                return data.user_failure_data.description
            if data.error is not None:
                return _root_message(data.error)
    for event in events:
        if event.event_type is Kind.RUN_FAILURE:
            data_of_run = event.job_failure_data
            if data_of_run.error is not None:
                return _root_message(data_of_run.error)
            return event.message
    return None


def _root_message(error: Any) -> str:
    """What the innermost error says: the outer ones only say that a step failed."""
    while error.cause is not None:
        error = error.cause
    return _OUR_CLASS.sub("", str(error.message).strip())
