"""Small, complete things for tests to start from; every `make_x` takes overrides by keyword."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from attrgen_assets.domain.documents.content import content_hashes
from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.documents.rows import document_rows
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    ColumnSource,
    EnumAttribute,
    EnumListAttribute,
    Feed,
    LegalValue,
    LexiconSource,
    NumberAttribute,
    PatternSource,
    ProductType,
    Synonym,
    TextAttribute,
)
from attrgen_assets.domain.product_types.rules import AtMostRule, ImpliesRule
from attrgen_assets.domain.tables import PROVENANCE_DTYPE, QUARANTINED_SCHEMA, REFUSAL_DTYPE, STATUS_DTYPE, Status


def make_values(
    *values: str | tuple[str, str] | LegalValue, synonyms: Mapping[str, Iterable[str]] | None = None
) -> Any:
    """Legal values from names; a pair is (value, parent); `synonyms` maps a value to its other spellings."""
    others = synonyms or {}
    legal = []
    for value in values:
        if isinstance(value, LegalValue):
            legal.append(value)
            continue
        name, parent = (value, None) if isinstance(value, str) else value
        texts = tuple(Synonym(text=text) for text in others.get(name, ()))
        legal.append(LegalValue(value=name, parent=parent, synonyms=texts))
    return tuple(legal)


def make_attributes() -> tuple[Attribute, ...]:
    """One attribute of every kind and then some, as a saree would have them."""
    return _common_attributes() + _specific_attributes()


def _common_attributes() -> tuple[Attribute, ...]:
    common: dict[str, Any] = {"origin": "common", "defined_in": "common/apparel.yaml", "on_refusal": "drop"}
    needed: dict[str, Any] = common | {"on_refusal": "quarantine", "required": True}
    colors = make_values("Red", "Blue", "Navy Blue", "Green", "Off White", synonyms={"Navy Blue": ["navy"]})
    in_texts = LexiconSource(fields=("title", "description"))
    return (
        TextAttribute(name="sku", sources=(ColumnSource(fields=("sku",)),), **needed),
        TextAttribute(name="title", max_length=300, sources=(ColumnSource(fields=("title",)),), **needed),
        _price("price_inr", common),
        _price("mrp_inr", common),
        EnumAttribute(
            name="color",
            vocabulary="color",
            values=colors,
            sources=(ColumnSource(fields=("color",)), in_texts),
            **needed,
        ),
        EnumListAttribute(
            name="ornamentation",
            na=True,
            vocabulary="ornamentation",
            values=make_values("Zari", "Embroidered", "Sequinned", "Lace"),
            sources=(ColumnSource(fields=("ornamentation",)), LexiconSource(fields=("description",), pick="all")),
            **common,
        ),
    )


def _price(name: str, shared: Mapping[str, Any]) -> NumberAttribute:
    source = PatternSource(form="price", fields=(name,))
    return NumberAttribute(name=name, unit="INR", minimum=1, maximum=500_000, sources=(source,), **shared)


def _specific_attributes() -> tuple[Attribute, ...]:
    specific: dict[str, Any] = {
        "origin": "specific",
        "defined_in": "product_types/saree.yaml",
        "on_refusal": "drop",
    }
    silks = (("Pure Silk", "Silk"), ("Art Silk", "Silk"))
    others = {"Viscose Rayon": ["rayon", "viscose"], "Pure Silk": ["100% silk"]}
    fabrics = make_values("Cotton", "Silk", *silks, "Georgette", "Viscose Rayon", synonyms=others)
    long = PatternSource(form="quantity", fields=("description",), near=("length", "long"))
    return (
        EnumAttribute(
            name="fabric",
            vocabulary="fabric",
            values=fabrics,
            sources=(ColumnSource(fields=("fabric",)), LexiconSource(fields=("title", "description"))),
            **(specific | {"required": True, "on_refusal": "quarantine"}),
        ),
        EnumAttribute(
            name="blouse",
            vocabulary="blouse",
            values=make_values("Blouse Piece", "Stitched Blouse", "No Blouse"),
            sources=(ColumnSource(fields=("blouse",)), LexiconSource(fields=("description",))),
            **specific,
        ),
        EnumAttribute(
            name="blouse_fabric",
            na=True,
            vocabulary="fabric",
            values=fabrics,
            sources=(LexiconSource(fields=("description",), near=("blouse",)),),
            **specific,
        ),
        NumberAttribute(
            name="length_m",
            unit="m",
            minimum=4.5,
            maximum=10,
            sources=(ColumnSource(fields=("length",)), long),
            **specific,
        ),
        BooleanAttribute(name="reversible", sources=(ColumnSource(fields=("reversible",)),), **specific),
    )


def make_feed(**overrides: Any) -> Feed:
    """A CSV feed called saree.csv whose columns are called as the fields are, title also product_name."""
    fields = ("sku", "description", "fabric", "color", "ornamentation", "blouse", "length", "reversible")
    columns: dict[str, tuple[str, ...]] = {field: (field,) for field in fields}
    columns |= {"title": ("title", "product_name"), "price_inr": ("price", "price_inr"), "mrp_inr": ("mrp", "mrp_inr")}
    return Feed(**({"path": "saree.csv", "columns": columns} | overrides))


def make_product_type(**overrides: Any) -> ProductType:
    """A small saree: all five kinds of attribute, parents, synonyms, two rules.

    Attributes in order: sku, title (text), price_inr, mrp_inr (number), color (enum), ornamentation (enum_list),
    fabric, blouse, blouse_fabric (enum), length_m (number), reversible (boolean).
    """
    rules = (
        ImpliesRule(
            name="no_blouse_has_no_fabric",
            when={"blouse": ("No Blouse",)},
            then={"blouse_fabric": ("NA",)},
        ),
        AtMostRule(name="price_at_most_mrp", lower="price_inr", upper="mrp_inr"),
    )
    defaults: dict[str, Any] = {
        "name": "saree",
        "title": "Sarees",
        "owners": ("catalogue@example.com",),
        "extends": ("apparel",),
        "feed": make_feed(),
        "attributes": make_attributes(),
        "rules": rules,
        "config_version": "c0ffee00",
    }
    return ProductType(**(defaults | overrides))


NA = "NA"
"""In `make_validated`, the value of an attribute that is NOT_APPLICABLE."""


def make_validated(rows: Iterable[Mapping[str, Any]] = (), product_type: ProductType | None = None) -> pl.DataFrame:
    """A VALIDATED frame, from {"sku": ..., attribute: value} per row.

    An attribute that is not named is NOT_FOUND, with the value `NA` it is NOT_APPLICABLE. A row may also state
    `refusals`, `source_file`, `row_number`, `confidence` (of all its values) and `provenance` (of all its values).
    Missing, complete and content_hash follow from the rest.
    """
    config = product_type or make_product_type()
    lines = list(rows)
    columns: dict[str, pl.Series] = {
        "sku": pl.Series([line["sku"] for line in lines], dtype=pl.String),
        "source_file": pl.Series([line.get("source_file", "saree.csv") for line in lines], dtype=pl.String),
        "row_number": pl.Series([line.get("row_number", i) for i, line in enumerate(lines, 1)], dtype=pl.UInt32),
    }
    for attribute in config.attributes:
        columns |= _attribute_columns(attribute, lines)
    required = [attribute.name for attribute in config.attributes if attribute.required]
    missing = [[name for name in required if line.get(name) is None] for line in lines]
    columns["missing"] = pl.Series(missing, dtype=pl.List(pl.String))
    columns["complete"] = pl.Series([not names for names in missing], dtype=pl.Boolean)
    columns["refusals"] = pl.Series([line.get("refusals", []) for line in lines], dtype=pl.List(REFUSAL_DTYPE))
    frame = pl.DataFrame(columns)
    names = [attribute.name for attribute in config.attributes]
    return frame.with_columns(content_hash=content_hashes(frame, names))


_VALUE_DTYPES: dict[str, Any] = {
    "enum": pl.String,
    "enum_list": pl.List(pl.String),
    "text": pl.String,
    "number": pl.Float64,
    "boolean": pl.Boolean,
}


def _attribute_columns(attribute: Attribute, lines: list[Mapping[str, Any]]) -> dict[str, pl.Series]:
    name = attribute.name
    stated = [line.get(name) for line in lines]
    status = [
        Status.NOT_FOUND if value is None else Status.NOT_APPLICABLE if value == NA else Status.FOUND
        for value in stated
    ]
    provenance = [
        None
        if value is None
        else {"generator": "column", "version": "1", "field": name, "text": str(value), "method": "exact"}
        | line.get("provenance", {})
        for value, line in zip(stated, lines, strict=True)
    ]
    sure = [None if value is None else line.get("confidence", 0.98) for value, line in zip(stated, lines, strict=True)]
    values = [None if value == NA else value for value in stated]
    return {
        name: pl.Series(values, dtype=_VALUE_DTYPES[attribute.kind]),
        f"{name}.status": pl.Series([s.value for s in status], dtype=STATUS_DTYPE),
        f"{name}.confidence": pl.Series(sure, dtype=pl.Float32),
        f"{name}.provenance": pl.Series(provenance, dtype=PROVENANCE_DTYPE),
    }


NOW = datetime(2024, 5, 17, 8, 30, tzinfo=UTC)


def make_documents(
    rows: Iterable[Mapping[str, Any]],
    product_type: ProductType | None = None,
    *,
    at: datetime = NOW,
    run_id: str = "run-1",
) -> list[Document]:
    """Documents as they are handed to a store; rows as in `make_validated`."""
    config = product_type or make_product_type()
    return [
        {"_id": document_id(config.name, document["sku"]), **document, "updated_at": at, "run_id": run_id}
        for document in document_rows(make_validated(rows, config), config)
    ]


def make_quarantined(rows: Iterable[Mapping[str, Any]] = ()) -> pl.DataFrame:
    """A QUARANTINED frame; per row any of its columns, `entry_id` at least."""
    defaults: dict[str, Any] = {
        "sku": None,
        "source_file": "saree.csv",
        "row_number": 1,
        "reasons": ["missing_sku"],
        "refusals": [],
        "fields": [{"column": "title", "text": "Red saree"}],
    }
    return pl.DataFrame([defaults | dict(row) for row in rows], schema=QUARANTINED_SCHEMA)
