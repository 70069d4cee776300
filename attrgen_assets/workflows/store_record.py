"""Store a part's record: what people said of it stays, update policies hold, and the former state is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from attrgen_assets.domain.catalogue.record import with_images_of
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.pictures import with_best_picture
from attrgen_assets.domain.parts.record import PartRecord, PartRules
from attrgen_assets.domain.parts.record_document import PRODUCT_TYPE, record_of_document
from attrgen_assets.domain.parts.settle import settled_record
from attrgen_assets.domain.ports import Document, DocumentStore, Override, StoreReport
from attrgen_assets.errors import NotFoundError, StoreUnavailable

_ROUNDS: Final = 5  # of a person who corrects the same part again and again


class RecordStore(DocumentStore, Protocol):
    """Documents, and what people said of single ones."""

    def get_document(self, document_id: str) -> Document:
        """A document as it is stored; raises NotFoundError."""
        ...

    def content_hash(self, document_id: str) -> str | None:
        """The content hash of a stored document; None where there is none."""
        ...

    def overrides_of(self, product_type: str, sku: str) -> Sequence[Override]:
        """The corrections in force for one SKU."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """The record as it is stored, its document, and what storing did."""

    record: PartRecord
    document: Document
    report: StoreReport


def store_record(
    record: PartRecord,
    *,
    store: RecordStore,
    rules: PartRules,
    made: Callable[[PartRecord], Document],
    by: str,
    why: str,
    silent: frozenset[str] = frozenset(),
    images: Mapping[str, Any] | None = None,
) -> StoredRecord:
    """Settle the record with what is stored and with what people said, and write it as a document.

    A correction that a person makes while this goes on is looked for after writing, and wins. What the stored document
    says of pictures stays, as far as the new one names them; the best of those that were fetched is the primary one.

    Args:
        record: as the suppliers (and the verdicts) have it.
        store: where it goes.
        rules: update policies among them.
        made: the document of the settled record.
        by: who or what asks for it, and why: kept with the version.
        why: as above.
        silent: suppliers that did not answer this time.
        images: what is known of the pictures, in place of what the stored document says.

    Raises StoreUnavailable, StorageFull.
    """
    reviewed = store.overrides_of(PRODUCT_TYPE, record.mpn)
    for _ in range(_ROUNDS):
        before = _stored(store, record.mpn)
        stored = None if before is None else record_of_document(before)
        settled = settled_record(record, stored=stored, reviewed=reviewed, rules=rules, silent=silent)
        pictures = images or (before or {}).get("images")
        settled = with_best_picture(settled, pictures)
        document = {**with_images_of(pictures, made(settled)), "change": {"by": by, "why": why}}
        report = store.write_documents([document])
        since = store.overrides_of(PRODUCT_TYPE, record.mpn)
        if since == reviewed:
            return StoredRecord(record=settled, document=document, report=report)
        reviewed = since
    raise StoreUnavailable(f"{record.mpn} was corrected {_ROUNDS} times while it was stored; try again")


def _stored(store: RecordStore, mpn: str) -> Document | None:
    try:
        return store.get_document(document_id(PRODUCT_TYPE, mpn))
    except NotFoundError:
        return None
