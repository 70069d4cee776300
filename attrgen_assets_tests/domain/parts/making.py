"""Supplier configs and responses for tests."""

import json
from datetime import UTC, datetime
from typing import Any

from attrgen_assets.domain.parts.responses import RawResponse
from attrgen_assets.domain.parts.supplier_config import SupplierConfig

SEEN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def make_config(fields: dict[str, Any], **changes: Any) -> SupplierConfig:
    """A supplier with one endpoint, `part`, and these fields; a rule may be its path alone."""
    rules = {
        name: [{"endpoint": "part", **(rule if isinstance(rule, dict) else {"path": rule})}]
        for name, rule in fields.items()
    }
    data = {
        "supplier": "shop",
        "title": "Shop",
        "base_url": "https://shop.example.com/v1",
        "auth": {"scheme": "bearer"},
        "limit": {"requests_per_s": 10},
        "endpoints": {"part": {"path": "/parts/{pn}", "required": True}},
        "missing": ["", "null"],
        "not_applicable": ["N/A"],
        "fields": rules,
    }
    return SupplierConfig.model_validate(data | changes)


def make_response(body: Any, *, endpoint: str = "part", part_number: str = "A1", **changes: Any) -> RawResponse:
    """A sound response with a body, given as JSON data or as text."""
    text = body if isinstance(body, str) else json.dumps(body)
    values: dict[str, Any] = {"status": 200, "received_at": SEEN, "asked_at": SEEN, "latency_s": 0.1}
    return RawResponse(supplier="shop", endpoint=endpoint, part_number=part_number, body=text, **(values | changes))
