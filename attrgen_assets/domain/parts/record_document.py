"""A part's record as a document of the product type `appliance_part`, with the same versions as all others."""

from datetime import datetime
from typing import Any, Final

from attrgen_assets.domain.documents.content import content_hash
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.record import FieldValue, PartRecord
from attrgen_assets.domain.parts.responses import PARSER_VERSION
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.tables import Status

PRODUCT_TYPE: Final = "appliance_part"


def record_document(record: PartRecord, *, run_id: str, at: datetime) -> Document:
    """The document, by the number of the part that is sold; its hash covers values, statuses, confidences, sources.

    Losing values, the chain and the reasons for a review are kept beside the attributes under `part`.
    """
    document: Document = {
        "_id": document_id(PRODUCT_TYPE, record.mpn),
        "sku": record.mpn,
        "product_type": PRODUCT_TYPE,
        "attributes": {name: _entry(value) for name, value in record.fields.items()},
        "missing": list(record.missing),
        "complete": record.complete,
        "refusals": [],
        "config_version": f"parts-{PARSER_VERSION}",
        "source": {"file": "suppliers", "row_number": 1},
        "part": {
            "chain": list(record.chain),
            "needs_review": list(record.needs_review),
            "losing": {
                name: [lost.model_dump() for lost in value.losing]
                for name, value in record.fields.items()
                if value.losing
            },
        },
        "run_id": run_id,
        "updated_at": at,
    }
    return document | {"content_hash": content_hash(document)}


def _entry(value: FieldValue) -> dict[str, Any]:
    found = value.status is Status.FOUND
    provenance = {
        "generator": "suppliers", "version": str(PARSER_VERSION), "field": value.source, "text": None,
        "method": value.method,
    }  # fmt: skip
    return {
        "value": _plain(value.value),
        "status": value.status.value,
        "confidence": value.confidence,
        "provenance": provenance if found else None,
    }


def _plain(value: Any) -> Any:
    """A table as texts `name: value`, which is what documents have of lists; all else as it is."""
    if isinstance(value, list):
        return [f"{one['name']}: {one['value']}" if isinstance(one, dict) else one for one in value]
    return value
