"""Frames and reports as the metadata that people look at in the UI."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import dagster as dg
import polars as pl

from attrgen_assets.domain.attributes.summary import coverage, overall_coverage, top_refusals
from attrgen_assets.domain.product_types.model import (
    Attribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
    ProductType,
)
from attrgen_assets.domain.tables import IN_PREFIX

Metadata = dict[str, dg.MetadataValue]

_PREVIEW_ROWS: Final = 5
_CELL_CHARACTERS: Final = 120  # a description of 2,000 characters makes a preview unreadable
_TOP_REFUSALS: Final = 20
_VALUES_SHOWN: Final = 8


def table_value(frame: pl.DataFrame) -> dg.TableMetadataValue:
    """A small frame as a table; lists are joined, nulls are empty, fractions become percentages.

    >>> table_value(pl.DataFrame({"attribute": ["color"], "coverage_fraction": [0.5]})).records[0].data
    {'attribute': 'color', 'coverage': '50.0 %'}
    """
    names = {name: name.removesuffix("_fraction") for name in frame.columns}
    records = [
        dg.TableRecord({names[name]: _cell(name, value) for name, value in row.items()})
        for row in frame.iter_rows(named=True)
    ]
    columns = [dg.TableColumn(names[name], _column_type(dtype)) for name, dtype in frame.schema.items()]
    return dg.MetadataValue.table(records=records, schema=dg.TableSchema(columns=columns))


def markdown_value(frame: pl.DataFrame, *, total: int | None = None) -> dg.MarkdownMetadataValue:
    """A small frame as a markdown table, with a line that says how many rows are not shown."""
    head = [name.replace("_", " ") for name in frame.columns]
    lines = [_markdown_row(head), _markdown_row(["---"] * len(head))]
    lines += [
        _markdown_row([str(_cell(name, value)) for name, value in row.items()]) for row in frame.iter_rows(named=True)
    ]
    if total is not None and total > frame.height:
        lines += ["", f"{total - frame.height:,} more are not shown."]
    return dg.MetadataValue.md("\n".join(lines))


def list_value(values: Sequence[str]) -> dg.MarkdownMetadataValue:
    """Short texts, one a line."""
    return dg.MetadataValue.md("\n".join(f"- `{value}`" for value in values) or "none")


def preview(table: pl.LazyFrame) -> dg.TableMetadataValue:
    """The first five rows, without the columns that explain the others."""
    names = [name for name in table.collect_schema().names() if not name.endswith((".status", ".confidence"))]
    nested = [name for name in names if name.endswith(".provenance") or name in {"refusals", "fields"}]
    shown = [name for name in names if name not in nested]
    frame = table.select(shown).head(_PREVIEW_ROWS).collect()
    return table_value(frame.rename({name: name.removeprefix(IN_PREFIX) for name in _renamed(shown)}))


def coverage_metadata(validated: pl.LazyFrame, product_type: ProductType) -> Metadata:
    """Coverage per attribute as a table, and as two numbers that can be plotted over time."""
    counted = coverage(validated, product_type)
    metadata: Metadata = {
        "coverage_per_attribute": table_value(counted.rename({"found_fraction": "coverage_fraction"}))
    }
    return metadata | coverage_fractions(partial(overall_coverage, counted))


def coverage_fractions(coverage_of: Callable[..., float | None]) -> Metadata:
    """Coverage of all attributes, and of the required ones, as numbers that can be plotted; without those unknown.

    coverage_of: takes `required_only`. Six digits: the UI shows all that it is given, and a percentage is rounded from
    these once more.

    >>> coverage_fractions(lambda *, required_only: 2 / 3 if required_only else None)
    {'coverage_of_required': FloatMetadataValue(value=0.666667)}
    """
    fractions = {"coverage": coverage_of(required_only=False), "coverage_of_required": coverage_of(required_only=True)}
    return {name: dg.MetadataValue.float(round(each, 6)) for name, each in fractions.items() if each is not None}


def refusals_metadata(table: pl.LazyFrame) -> Metadata:
    """The texts that were refused most, with the legal values nearest to them; nothing where none was."""
    refused = top_refusals(table, limit=_TOP_REFUSALS)
    return {} if refused.is_empty() else {"top_refusals": table_value(refused)}


def counts_table(counts: Mapping[str, int], *, of: str) -> dg.TableMetadataValue:
    """{name: count} as a table, most first.

    >>> [record.data for record in counts_table({"ambiguous": 1, "missing_sku": 2}, of="reason").records]
    [{'reason': 'missing_sku', 'rows': 2}, {'reason': 'ambiguous', 'rows': 1}]
    """
    most_first = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return table_value(pl.DataFrame(most_first, schema={of: pl.String, "rows": pl.Int64}, orient="row"))


def counts_metadata(counts: Mapping[str, int]) -> Metadata:
    """Whole numbers, one entry each."""
    return {name: dg.MetadataValue.int(count) for name, count in counts.items()}


def column_schema(table: pl.LazyFrame, product_type: ProductType) -> Metadata:
    """The table's columns, described by the config where they are attributes."""
    attributes = {attribute.name: attribute for attribute in product_type.attributes}
    columns = []
    for name, dtype in table.collect_schema().items():
        base, _, facet = name.partition(".")
        attribute = attributes.get(base)
        if name.startswith(IN_PREFIX):
            columns.append(dg.TableColumn(name, "text", description="as the feed has it"))
        elif attribute is None:
            columns.append(dg.TableColumn(name, _column_type(dtype), description=_OWN_COLUMNS.get(name)))
        elif not facet:
            columns.append(_attribute_column(attribute, dtype))
    return {"dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns=columns))}


_OWN_COLUMNS: Final = {
    "source_file": "the feed file the row came from",
    "row_number": "1 is the first data row of that file",
    "sku": "the product's key in its feed",
    "refused": "why the row cannot become a document",
    "refused_detail": "what exactly was found",
    "row": "position of the row in raw_products, from 0",
    "attribute": "which attribute the candidate is for",
    "generator": "what proposed the value: column, label, lexicon, pattern, model, llm",
    "version": "of the generator",
    "field": "the mapped field in which the text was found; of a list there may be several",
    "raw": "the text as it was found",
    "confidence": "0 to 1",
    "missing": "required attributes that nobody states",
    "complete": "whether nothing required is missing",
    "refusals": "values that were stated and refused, with the nearest legal values",
    "content_hash": "changes when an answer changes, and only then",
    "entry_id": "the key of the row in quarantine",
    "reasons": "why the row was refused",
    "fields": "the row as the feed has it",
}


def _attribute_column(attribute: Attribute, dtype: pl.DataType) -> dg.TableColumn:
    tags = {"kind": attribute.kind, "origin": attribute.origin}
    # A required attribute may be null: the document is incomplete then. Only the key never is.
    limits = [text for text in ("required" if attribute.required else "", _limits(attribute)) if text]
    constraints = dg.TableColumnConstraints(nullable=attribute.name != "sku", other=limits)
    description = attribute.description or f"{attribute.origin} attribute, defined in {attribute.defined_in}"
    return dg.TableColumn(attribute.name, _column_type(dtype), description, constraints, tags)


def _limits(attribute: Attribute) -> str:
    match attribute:
        case EnumAttribute() | EnumListAttribute():
            values = [legal.value for legal in attribute.values]
            more = f" and {len(values) - _VALUES_SHOWN} more" if len(values) > _VALUES_SHOWN else ""
            return ", ".join(values[:_VALUES_SHOWN]) + more
        case NumberAttribute():
            return f"{attribute.minimum:g} to {attribute.maximum:g} {attribute.unit or ''}".strip()
        case _:
            return ""


def _column_type(dtype: pl.DataType) -> str:
    if isinstance(dtype, pl.List):
        return "list"
    if dtype.is_float():
        return "float"
    if dtype.is_integer():
        return "int"
    return "bool" if dtype == pl.Boolean else "text"


def _cell(name: str, value: Any) -> str | int | float | bool:
    if value is None:
        return ""
    if isinstance(value, float) and name.endswith("_fraction"):
        return f"{value:.1%}".replace("%", " %")
    if isinstance(value, float):
        return round(value, 4)  # confidences are 32 bits wide: 0.98, not 0.9800000190734863
    if isinstance(value, bool | int):
        return value
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def _markdown_row(cells: list[str]) -> str:
    escaped = (" ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
    return f"| {' | '.join(escaped)} |"


def _renamed(names: list[str]) -> list[str]:
    """Feed columns that can be shown without their prefix, because no other column is called so."""
    taken = {name for name in names if not name.startswith(IN_PREFIX)}
    return [name for name in names if name.startswith(IN_PREFIX) and name.removeprefix(IN_PREFIX) not in taken]
