"""The collections and their indexes, said once."""

from collections.abc import Mapping
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.database import Database

DOCUMENTS: Final = "documents"
VERSIONS: Final = "document_versions"
QUARANTINE: Final = "quarantine"
OVERRIDES: Final = "overrides"
RUN_REPORTS: Final = "run_reports"
RAW_RESPONSES: Final = "raw_responses"
SOURCE_MODELS: Final = "source_models"
LOOKUP_SESSIONS: Final = "lookup_sessions"
IMAGES: Final = "images"

HASHES_INDEX: Final = "by_type_sku_hash"

INDEXES: Final[Mapping[str, tuple[IndexModel, ...]]] = {
    DOCUMENTS: (
        # Holds all that tells an unchanged document: a re-run reads this index alone.
        IndexModel(
            [("product_type", ASCENDING), ("sku", ASCENDING), ("content_hash", ASCENDING)],
            name=HASHES_INDEX,
        ),
    ),
    VERSIONS: (
        IndexModel([("document_id", ASCENDING), ("version", DESCENDING)], name="by_document_version", unique=True),
    ),
    QUARANTINE: (
        IndexModel([("product_type", ASCENDING), ("status", ASCENDING), ("_id", ASCENDING)], name="by_type_status"),
        IndexModel([("entry_id", ASCENDING)], name="by_entry_id"),
        IndexModel([("product_type", ASCENDING), ("sku", ASCENDING)], name="by_type_sku"),
    ),
    OVERRIDES: (
        IndexModel(
            [("product_type", ASCENDING), ("sku", ASCENDING), ("attribute", ASCENDING), ("at", ASCENDING)],
            name="by_type_sku_attribute",
        ),
    ),
    RAW_RESPONSES: (
        IndexModel(
            [("part_number", ASCENDING), ("supplier", ASCENDING), ("asked_at", DESCENDING)],
            name="by_part_supplier_time",
        ),
    ),
    LOOKUP_SESSIONS: (
        IndexModel([("part_number", ASCENDING), ("started_at", ASCENDING)], name="by_part_time"),
        IndexModel([("status", ASCENDING), ("started_at", ASCENDING)], name="by_status_time"),
    ),
    IMAGES: (IndexModel([("status", ASCENDING), ("checked_at", DESCENDING)], name="by_status_time"),),
    RUN_REPORTS: (IndexModel([("product_type", ASCENDING), ("at", DESCENDING)], name="by_type_time"),),
}


def ensure_indexes(database: Database[dict[str, Any]]) -> None:
    """Create what is missing; nothing happens where all exist. Raises the errors of pymongo."""
    for collection, indexes in INDEXES.items():
        database[collection].create_indexes(list(indexes))
