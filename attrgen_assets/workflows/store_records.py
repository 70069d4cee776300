"""Store all records of a run as documents, with their former states."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from attrgen_assets.domain.catalogue.record import CatalogRecord
from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import parts_config_version
from attrgen_assets.domain.parts.tables import RECORDS
from attrgen_assets.domain.ports import Document, StoreReport, TableStore
from attrgen_assets.errors import ConservationError
from attrgen_assets.workflows.store_record import RecordStore, store_record

_BATCH_ROWS: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreRecordsReport:
    """What storing did; records = new + changed + unchanged, always. config_version: of rules and attributes."""

    product_type: str
    run_id: str
    records: int
    new: int
    changed: int
    unchanged: int
    config_version: str


def store_records(
    *,
    product_type: str,
    tables: TableStore,
    store: RecordStore,
    rules: PartRules,
    registry: AttributeRegistry,
    run_id: str,
    now: datetime,
) -> StoreRecordsReport:
    """Write the table catalog_records to the document store; a changed document keeps its former state.

    What people said of a record since the table was made is in it as well. Killed at any point, another run brings
    the same result.

    Raises NotFoundError before `catalogue_records` has run; ConservationError where records and documents differ;
    StoreUnavailable and StorageFull, worth another try.
    """
    version = parts_config_version(rules, registry)
    written, records = StoreReport(), 0
    for frame in tables.read_batches(RECORDS, product_type=product_type, batch_rows=_BATCH_ROWS):
        for text, silent in frame.select("catalog_record", "silent").iter_rows():
            found = CatalogRecord.model_validate_json(text)

            def made(settled: PartRecord, found: CatalogRecord = found) -> Document:
                holding = found.with_record(settled, registry)
                return holding.document(run_id=run_id, at=now, config_version=version)

            stored = store_record(
                found.record,
                store=store,
                rules=rules,
                made=made,
                by="run",
                why=f"run {run_id[:8]}",
                silent=frozenset(silent),
            )
            written += stored.report
            records += 1
    if written.new + written.changed + written.unchanged != records:
        raise ConservationError(f"{product_type}: {records} records, but {written}; run it again, and report it")
    report = StoreRecordsReport(
        product_type=product_type, run_id=run_id, records=records, config_version=version, **asdict(written)
    )
    store.write_run_report({**asdict(report), "step": "store_records", "at": now})
    return report
