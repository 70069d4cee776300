"""A part's record as a document of the product type `appliance_part`, versioned like all others; and back."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from xxhash import xxh3_128_hexdigest

from attrgen_assets.domain.catalogue.registry import AttributeRegistry
from attrgen_assets.domain.catalogue.specifications import SpecTable
from attrgen_assets.domain.documents.content import content_hash
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.record import FieldValue, LosingValue, PartRecord, PartRules
from attrgen_assets.domain.parts.responses import PARSER_VERSION
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.tables import Status

PRODUCT_TYPE: Final = "appliance_part"

CONTENT_BLOCKS: Final = ("part", "specifications", "content", "images")
"""What a document of a part says beyond its attributes. Verdicts are not among them: they say how it came to that."""


def record_document(
    record: PartRecord,
    *,
    run_id: str,
    at: datetime,
    config_version: str,
    specifications: SpecTable | None = None,
    blocks: Mapping[str, Any] | None = None,
) -> Document:
    """The document, by the number of the part that is sold.

    blocks: content, verdicts and images as JSON; one that is None is left out.

    Its hash covers all that it says of the part: values with statuses, confidences and sources, losing values, the
    chain of replacements, reasons for a review, specifications, texts and images; not when it was found, nor what
    finding it took.
    """
    document: Document = {
        "_id": document_id(PRODUCT_TYPE, record.mpn),
        "sku": record.mpn,
        "product_type": PRODUCT_TYPE,
        "attributes": {name: _entry(value) for name, value in record.fields.items()},
        "missing": list(record.missing),
        "complete": record.complete,
        "refusals": [],
        "config_version": config_version,
        "source": {"file": "suppliers", "row_number": 1},
        "part": _part(record),
        "run_id": run_id,
        "updated_at": at,
    }
    if specifications is not None:
        document["specifications"] = specifications.model_dump(mode="json")
    document |= {name: block for name, block in (blocks or {}).items() if block is not None}
    return document | {"content_hash": part_hash(document)}


def part_hash(document: Mapping[str, Any]) -> str:
    """The content hash of a part's document: that of all documents, and of the blocks that only parts have."""
    blocks = {name: document[name] for name in CONTENT_BLOCKS if name in document}
    canonical = json.dumps(blocks, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return xxh3_128_hexdigest(f"{content_hash(document)}{canonical}".encode())


def parts_config_version(rules: PartRules, registry: AttributeRegistry) -> str:
    """What tells one state of the config from another: all that changes an answer, and the parser's version.

    >>> parts_config_version(PartRules(), AttributeRegistry())[:6]
    'parts-'
    """
    changing = rules.model_dump_json(
        exclude={"requests", "refresh_after_h", "former_answers_days", "min_supplier_success"}
    )
    digest = xxh3_128_hexdigest(f"{PARSER_VERSION}{changing}{registry.model_dump_json()}".encode())
    return f"parts-{digest[:12]}"


def record_of_document(document: Mapping[str, Any]) -> PartRecord:
    """The record that a document was made of.

    Tables come back as rows of name and value; what a former release did not keep is empty.
    """
    part = document.get("part", {})
    fields = {name: FieldValue(status=Status.NOT_FOUND) for name in PART_FIELDS}
    for name, entry in document["attributes"].items():
        if name in fields:
            fields[name] = _field_value(name, entry, part)
    return PartRecord(
        part_number=part.get("chain", [document["sku"]])[0],
        mpn=document["sku"],
        chain=tuple(part.get("chain", [document["sku"]])),
        chain_end=part.get("chain_end", "current"),
        category=str(fields["primary_category"].value or ""),
        fields=fields,
        missing=tuple(document["missing"]),
        needs_review=tuple(part.get("needs_review", ())),
    )


def _part(record: PartRecord) -> dict[str, Any]:
    fields = record.fields.items()
    return {
        "chain": list(record.chain),
        "chain_end": record.chain_end,
        "needs_review": list(record.needs_review),
        "losing": {name: [lost.model_dump() for lost in value.losing] for name, value in fields if value.losing},
        "notes": {name: value.note for name, value in fields if value.note},
        "reviews": {name: value.review for name, value in fields if value.review},
    }


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
        "provenance": provenance if found or value.method else None,
    }


def _field_value(name: str, entry: Mapping[str, Any], part: Mapping[str, Any]) -> FieldValue:
    provenance = entry["provenance"] or {}
    value = entry["value"]
    if PART_FIELDS[name].kind == "table" and value is not None:
        value = [dict(zip(("name", "value"), text.split(": ", 1), strict=False)) for text in value]
        value = [{"name": row["name"], "value": row.get("value", "")} for row in value]
    return FieldValue(
        status=Status(entry["status"]),
        value=value,
        source=provenance.get("field") or "",
        confidence=entry["confidence"],
        method=provenance.get("method") or "",
        losing=tuple(LosingValue(**lost) for lost in part.get("losing", {}).get(name, ())),
        note=part.get("notes", {}).get(name, ""),
        review=part.get("reviews", {}).get(name, ""),
    )


def _plain(value: Any) -> Any:
    """A table as texts `name: value`, which is what documents have of lists; all else as it is."""
    if isinstance(value, list):
        return [f"{one['name']}: {one['value']}" if isinstance(one, dict) else one for one in value]
    return value
