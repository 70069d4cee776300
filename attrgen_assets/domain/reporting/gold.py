"""Labels given by hand, in either of two forms of JSON lines, and the documents' answers to hold against them.

    {"product_type": "saree", "sku": "EX-1", "attributes": {"color": "Red", "weave": null, "pallu": "NA"}}
    {"product_type": "saree", "id": "10223013", "file": "feed.csv", "part": "measure",
     "labels": {"color": ["Red", "Maroon"], "weave": "NOT_STATED", "pallu": "NA"}}

In the first form null says that the row does not state the attribute; the second may allow several answers.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from attrgen_assets.domain.attributes.scoring import NOT_STATED
from attrgen_assets.domain.product_types.model import NOT_APPLICABLE, ProductType
from attrgen_assets.errors import GoldError


@dataclass(frozen=True, slots=True)
class GoldRow:
    """The labels of one product, as `scoring.judge` reads them."""

    product_type: str
    sku: str
    labels: Mapping[str, Any]


def parse_gold(lines: Iterable[str], *, name: str) -> list[GoldRow]:
    """The rows of a gold file called `name`; empty lines are passed over.

    Raises: GoldError that names the line.

    >>> parse_gold(['{"product_type": "saree", "sku": "A", "attributes": {"color": "Red", "weave": null}}'], name="g")
    [GoldRow(product_type='saree', sku='A', labels={'color': ['Red'], 'weave': 'NOT_STATED'})]
    """
    return [_row(line, f"{name}:{number}") for number, line in enumerate(lines, start=1) if line.strip()]


def _row(line: str, place: str) -> GoldRow:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise GoldError(f"{place}: not a line of JSON: {error}") from error
    shape = "needs product_type, and either sku with attributes or id with labels"
    if not isinstance(found, dict) or not isinstance(found.get("product_type"), str):
        raise GoldError(f"{place}: no labels of a product; {shape}")
    sku, labels = found.get("sku", found.get("id")), found.get("labels")
    if labels is None and isinstance(found.get("attributes"), dict):
        labels = {name: _label(value) for name, value in found["attributes"].items()}
    if not isinstance(sku, str) or not isinstance(labels, dict):
        raise GoldError(f"{place}: no labels of a product; {shape}")
    return GoldRow(found["product_type"], sku, labels)


def _label(value: Any) -> Any:
    if value is None:
        return NOT_STATED
    return value if value == NOT_APPLICABLE else [value]


def checked_labels(rows: Iterable[GoldRow], product_type: ProductType) -> list[GoldRow]:
    """The rows of the product type.

    Raises: GoldError for labels of attributes that the product type does not have.
    """
    own = [row for row in rows if row.product_type == product_type.name]
    known = {attribute.name for attribute in product_type.attributes}
    unknown = sorted({name for row in own for name in row.labels} - known)
    if unknown:
        raise GoldError(
            f"the gold labels name attributes that {product_type.name} does not have: {', '.join(unknown)}; "
            f"it has {', '.join(sorted(known))}"
        )
    return own


def entries_of(row: Mapping[str, Any], product_type: ProductType) -> dict[str, dict[str, Any]]:
    """{attribute: {value, status, confidence}} of a row of VALIDATED."""
    return {
        attribute.name: {
            "value": row[attribute.name],
            "status": row[f"{attribute.name}.status"],
            "confidence": row[f"{attribute.name}.confidence"],
        }
        for attribute in product_type.attributes
    }
