"""Corrected rows become documents at once: the same kernel, the same store, without a run of the graph."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import polars as pl

from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validated, Validator
from attrgen_assets.domain.documents.guard import DocumentGuard
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.ports import Document, Override, QuarantineDesk, StoreReport, TableStore
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.quarantine.given_skus import GivenSkus
from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets.errors import ConservationError, NotFoundError
from attrgen_assets.workflows.correct import refusal_of_row
from attrgen_assets.workflows.validate import taken_skus

OPEN: Final = "open"
_BATCH: Final = 1_000  # entries in memory at a time
_FIXED: Final = ("entry_id", "source_file", "sku", "refused", "refused_detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An entry that is still refused: the refusals it has now, or a note where it cannot even be tried."""

    entry_id: str
    sku: str | None
    refusals: tuple[dict[str, Any], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseReport:
    """What became of the entries: released (entry id -> SKU), still held, or not open any more (ids)."""

    released: dict[str, str]
    held: tuple[Held, ...]
    not_open: tuple[str, ...]
    stored: StoreReport


def release_entries(
    product_type: ProductType,
    entries: Iterable[Document],
    *,
    desk: QuarantineDesk,
    tables: TableStore,
    run_id: str,
    by: str,
    now: datetime,
) -> ReleaseReport:
    """Validate quarantined rows again with all corrections in force, and store those that are accepted now.

    The document is written before its entry is released: killed in between, another release finds an unchanged
    document and an open entry, and comes to the same end.

    Raises ConservationError; StoreUnavailable and StorageFull, worth another try.
    """
    report = ReleaseReport(released={}, held=(), not_open=(), stored=StoreReport())
    validator = _Revalidation(product_type, desk.overrides(product_type.name), tables)
    for batch in _batches(entries):
        waiting = [entry for entry in batch if entry["status"] == OPEN]
        accepted, held = validator.validate(waiting)
        stored = desk.write_documents(
            {"_id": document_id(product_type.name, document["sku"]), **document, "updated_at": now, "run_id": run_id}
            for _, document in accepted
        )
        for entry, _ in accepted:
            desk.release_quarantine(entry["entry_id"], by=by, at=now, reason="released")
        if len(accepted) + len(held) != len(waiting):
            raise ConservationError(f"{len(waiting)} rows, but {len(accepted)} documents + {len(held)} still held")
        report = ReleaseReport(
            released={**report.released, **{entry["entry_id"]: document["sku"] for entry, document in accepted}},
            held=(*report.held, *held),
            not_open=(*report.not_open, *(entry["entry_id"] for entry in batch if entry["status"] != OPEN)),
            stored=report.stored + stored,
        )
    return report


class _Revalidation:
    """The kernel over single rows, as if they stood in their feed."""

    def __init__(self, product_type: ProductType, overrides: Sequence[Override], tables: TableStore) -> None:
        self._product_type = product_type
        self._plan = compile_plan(product_type)
        self._given = GivenSkus(overrides, product_type.name, taken=_taken_skus(tables, product_type.name, overrides))
        self._guard = DocumentGuard(product_type)
        # An entry knows its id, so the SKUs given are in place before the validator sees the row: the ids that it
        # would find for a row on its own need not be those that the row has among others that say the same.
        self._overrides = [replace(one, entry_id=None) for one in overrides]

    def validate(self, entries: Sequence[Document]) -> tuple[list[tuple[Document, Document]], list[Held]]:
        """Pairs of entry and document, and the entries that are still refused."""
        whole = [entry for entry in entries if not entry.get("cut")]
        held = [_cut(entry) for entry in entries if entry.get("cut")]
        if not whole:
            return [], held
        rows = self._given.apply(_raw(whole))
        doubled = rows["sku"].is_not_null() & rows["refused"].is_null() & ~rows["sku"].is_first_distinct()
        held += [_doubled(whole[row]) for row in doubled.arg_true()]
        entry_of = {row: entry for row, entry in enumerate(whole) if not doubled[row]}
        result = self._run(
            rows.with_columns(row_number=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32)).filter(~doubled)
        )
        accepted = []
        for document in document_rows(result.documents, self._product_type, guard=self._guard):
            entry = entry_of[document["source"]["row_number"] - 1]
            accepted.append((entry, {**document, "source": entry["source"]}))
        for number, refusals in result.quarantined.select("row_number", "refusals").iter_rows():
            entry = entry_of[number - 1]
            held.append(Held(entry_id=entry["entry_id"], sku=entry["sku"], refusals=tuple(refusals)))
        return accepted, held

    def _run(self, rows: pl.DataFrame) -> Validated:
        groups = generate_candidates(rows, self._plan)
        return Validator(self._plan, overrides=self._overrides).validate(rows, groups)


def _raw(entries: Sequence[Document]) -> pl.DataFrame:
    """RAW as it was when the rows were quarantined, with a column `entry_id`."""
    cells = [{IN_PREFIX + cell["column"]: cell["text"] for cell in entry["fields"]} for entry in entries]
    names = list(dict.fromkeys(name for row in cells for name in row))
    fixed = [
        {
            "entry_id": entry["entry_id"],
            "source_file": entry["source"]["file"],
            "sku": entry["sku"],
            "refused": (refusal_of_row(entry) or {}).get("reason"),
            "refused_detail": (refusal_of_row(entry) or {}).get("text"),
        }
        for entry in entries
    ]
    data = {name: [row[name] for row in fixed] for name in _FIXED}
    data |= {name: [row.get(name) for row in cells] for name in names}
    return pl.DataFrame(data, schema=dict.fromkeys(data, pl.String))


def _taken_skus(tables: TableStore, product_type: str, overrides: Sequence[Override]) -> set[str]:
    """Which of the SKUs that people gave the feed has by itself."""
    try:
        return taken_skus(tables, product_type, overrides)
    except NotFoundError:  # the tables between the steps may be cleared at any time; the entry has the row
        return set()


def _batches(entries: Iterable[Document]) -> Iterator[list[Document]]:
    batch: list[Document] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cut(entry: Document) -> Held:
    note = f"its longest cell has {entry['cut']:,} characters and was not kept whole; correct it in the feed"
    return Held(entry_id=entry["entry_id"], sku=entry["sku"], note=note)


def _doubled(entry: Document) -> Held:
    return Held(entry_id=entry["entry_id"], sku=entry["sku"], note="another row of this release has the same SKU")
