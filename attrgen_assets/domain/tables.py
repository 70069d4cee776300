"""The tables that pass between the steps: names, types and codes, said once.

RAW (raw_products): one line per feed row, refused or not.
    source_file str, row_number u32 (1 is the first data row of that file), sku str|null (cleaned), refused str|null
    (a RefusalReason), refused_detail str|null, then one nullable string column `in.<name>` per feed
    column, text as it came.

CANDIDATES (generated_attributes): one line per proposed value.
    row u32 (position in RAW), attribute, source u8 (position in its sources), generator, version, field,
    raw (the text), confidence f32

VALIDATED (validated_attributes): one line per document.
    sku (also the value column of an attribute of that name), source_file, row_number, then per attribute A:
    A (value; an enum's is pl.Enum of its legal values), A.status, A.confidence,
    A.provenance (struct: generator, version, field, text, method),
    then missing list[str], complete bool,
    refusals list[struct: attribute, reason, text, nearest list[str], field], content_hash str

QUARANTINED (quarantined_products): one line per refused row.
    entry_id str, sku str|null, source_file, row_number, reasons list[str], refusals (as above),
    fields list[struct: column, text]
"""

from enum import StrEnum
from typing import Final

import polars as pl

IN_PREFIX: Final = "in."
"""Feed columns carry this prefix in RAW, so that no feed can name one of our own columns."""


class Status(StrEnum):
    """Whether an attribute has a value. Never a silent default."""

    FOUND = "FOUND"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_FOUND = "NOT_FOUND"


class RefusalReason(StrEnum):
    """Why a row or a value was refused."""

    UNPARSEABLE_ROW = "unparseable_row"  # the reader could not make cells of it
    EXTRA_CELLS = "extra_cells"  # more cells than the header has columns
    MISSING_SKU = "missing_sku"
    DUPLICATE_SKU = "duplicate_sku"
    NOT_IN_VOCABULARY = "not_in_vocabulary"
    AMBIGUOUS = "ambiguous"  # two legal values are equally near: the refusal names both
    NOT_A_NUMBER = "not_a_number"
    WRONG_UNIT = "wrong_unit"
    OUT_OF_RANGE = "out_of_range"
    NOT_A_BOOLEAN = "not_a_boolean"
    TOO_LONG = "too_long"
    NA_NOT_ALLOWED = "na_not_allowed"
    RULE_BROKEN = "rule_broken"
    NEEDS_REVIEW = "needs_review"  # legal, but less sure than the attribute's accept.min_precision: a proposal


STATUS_DTYPE: Final = pl.Enum([s.value for s in Status])
REFUSAL_DTYPE: Final = pl.Struct(
    {"attribute": pl.String, "reason": pl.String, "text": pl.String, "nearest": pl.List(pl.String), "field": pl.String}
)
PROVENANCE_DTYPE: Final = pl.Struct(
    {
        "generator": pl.Categorical,
        "version": pl.Categorical,
        "field": pl.Categorical,
        "text": pl.String,
        "method": pl.Categorical,
    }
)
FIELDS_DTYPE: Final = pl.List(pl.Struct({"column": pl.String, "text": pl.String}))
QUARANTINED_SCHEMA: Final = pl.Schema(
    {
        "entry_id": pl.String(),
        "sku": pl.String(),
        "source_file": pl.String(),
        "row_number": pl.UInt32(),
        "reasons": pl.List(pl.String),
        "refusals": pl.List(REFUSAL_DTYPE),
        "fields": FIELDS_DTYPE,
    }
)
