"""From validated rows to stored documents, and from quarantined rows to entries that wait for a person."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from attrgen_assets.domain.documents.guard import DocumentGuard
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.ports import Document, DocumentStore, QuarantineStore, StoreReport, TableStore
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.quarantine.entries import quarantine_entries
from attrgen_assets.domain.reporting.profile import profile_of
from attrgen_assets.errors import ConservationError


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreSummary:
    """What storing did; documents = new + changed + unchanged, always.

    quarantined_open: entries that wait for a person now.  quarantined_new: those among them that no earlier run had.
    quarantined_resolved: entries that this run no longer refuses.
    """

    product_type: str
    run_id: str
    documents: int
    new: int
    changed: int
    unchanged: int
    quarantined_open: int
    quarantined_new: int
    quarantined_resolved: int
    seconds: float


def store_documents(
    product_type: ProductType,
    *,
    tables: TableStore,
    documents: DocumentStore,
    quarantine: QuarantineStore,
    run_id: str,
    now: datetime,
    batch_rows: int,
) -> StoreSummary:
    """Write the validated table to the document store and the quarantined one to the quarantine.

    Only rows whose content hash is new to the store become documents at all. Nothing is ever deleted: a product that
    the feed no longer has keeps its document. Killed at any point, another run brings the same result.

    Raises NotFoundError before `validate_attributes` has run; TerminalError where a row is not what the config
    allows, ConservationError where rows and documents differ; StoreUnavailable and StorageFull, worth another try.
    """
    started = perf_counter()
    written, rows = _store_rows(product_type, tables, documents, run_id=run_id, now=now, batch_rows=batch_rows)
    refused = tables.read_batches("quarantined_products", product_type=product_type.name, batch_rows=batch_rows)
    entries = (entry for batch in refused for entry in quarantine_entries(batch, run_id=run_id))
    waiting = quarantine.replace_open(product_type.name, entries, seen_at=now)
    summary = StoreSummary(
        product_type=product_type.name,
        run_id=run_id,
        documents=rows,
        new=written.new,
        changed=written.changed,
        unchanged=written.unchanged,
        quarantined_open=waiting.open,
        quarantined_new=waiting.new,
        quarantined_resolved=waiting.resolved,
        seconds=perf_counter() - started,
    )
    documents.write_run_report(
        {
            **asdict(summary),
            "step": "store",
            "at": now,
            "config_version": product_type.config_version,
            "profile": _profile(product_type, tables),
        }
    )
    return summary


def _profile(product_type: ProductType, tables: TableStore) -> dict[str, Any]:
    """What later runs are compared with; see `domain.reporting.profile`."""
    validated, quarantined = (
        tables.scan(table, product_type=product_type.name) for table in ("validated_attributes", "quarantined_products")
    )
    return profile_of(validated, quarantined, product_type).model_dump(mode="json")


def _store_rows(
    product_type: ProductType,
    tables: TableStore,
    documents: DocumentStore,
    *,
    run_id: str,
    now: datetime,
    batch_rows: int,
) -> tuple[StoreReport, int]:
    """Counts of the documents, and of the rows they come from."""
    name = product_type.name
    table = tables.scan("validated_attributes", product_type=name)
    keys = table.select("sku", "content_hash").collect(engine="streaming")
    differs = _differs(keys, documents.content_hashes(name))

    def changed_documents() -> Iterator[Document]:
        guard = DocumentGuard(product_type)
        for start in range(0, keys.height, batch_rows):
            chosen = differs[start : start + batch_rows]
            if not chosen.any():
                continue
            batch = table.slice(start, len(chosen)).collect().filter(pl.Series(chosen))
            for document in document_rows(batch, product_type, guard=guard):
                key = document_id(name, document["sku"])
                yield {"_id": key, **document, "updated_at": now, "run_id": run_id}

    written = documents.write_documents(changed_documents())
    report = written + StoreReport(unchanged=keys.height - int(differs.sum()))
    if report.new + report.changed + report.unchanged != keys.height:
        raise ConservationError(
            f"{name}: {keys.height} validated rows, but {report.new} new + {report.changed} changed + "
            f"{report.unchanged} unchanged documents; run it again, and report it if it stays"
        )
    return report, keys.height


def _differs(keys: pl.DataFrame, stored: Mapping[str, str]) -> npt.NDArray[np.bool_]:
    """Per row, whether the store lacks its SKU or has it with another content hash."""
    pairs = zip(keys["sku"].to_list(), keys["content_hash"].to_list(), strict=True)
    return np.fromiter((stored.get(sku) != content for sku, content in pairs), dtype=np.bool_, count=keys.height)
