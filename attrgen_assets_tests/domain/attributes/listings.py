"""Invented listings, and the way from them to documents."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from attrgen_assets.domain.attributes.candidates import candidate_frame, candidate_groups
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validated, Validator
from attrgen_assets.domain.product_types.model import (
    ColumnSource,
    LexiconSource,
    ProductType,
)
from attrgen_assets.domain.tables import IN_PREFIX
from attrgen_assets_tests.factories import make_product_type


def make_raw(*lines: Mapping[str, str | None], refused: Mapping[int, str] | None = None) -> pl.DataFrame:
    """RAW from one mapping of feed columns per row; SKUs are A, B, C ... where a row states none."""
    columns = list(dict.fromkeys(name for line in lines for name in line if name != "sku"))
    skus = [line.get("sku", chr(ord("A") + i)) for i, line in enumerate(lines)]
    cells = {name: [line.get(name) for line in lines] for name in columns}
    return pl.DataFrame(
        {
            "source_file": ["feed.csv"] * len(lines),
            "row_number": range(1, len(lines) + 1),
            "sku": skus,
            "refused": [(refused or {}).get(i) for i in range(len(lines))],
            "refused_detail": [None] * len(lines),
            f"{IN_PREFIX}sku": skus,
            **{IN_PREFIX + name: texts for name, texts in cells.items()},
        },
        schema_overrides=dict.fromkeys(
            ["source_file", "sku", "refused", "refused_detail", *(IN_PREFIX + n for n in ["sku", *columns])], pl.String
        )
        | {"row_number": pl.UInt32},
    )


def run(raw: pl.DataFrame, product_type: ProductType | None = None, **options: Any) -> Validated:
    config = product_type or make_product_type()
    plan = compile_plan(config)
    groups = generate_candidates(raw, plan)
    return Validator(plan, **options).validate(raw, groups)


def run_by_table(raw: pl.DataFrame, product_type: ProductType) -> Validated:
    """The same with candidates as they lie in the table between two assets."""
    plan = compile_plan(product_type)
    table = candidate_frame(generate_candidates(raw, plan))
    return Validator(plan).validate(raw, candidate_groups(table, product_type))


def first(result: Validated) -> dict[str, Any]:
    return result.documents.to_dicts()[0]


def with_attribute(name: str, **changes: Any) -> ProductType:
    config = make_product_type()
    return config.with_attributes(
        tuple(a.model_copy(update=changes) if a.name == name else a for a in config.attributes)
    )


GOOD = {"title": "Navy blue pure silk saree", "price": "Rs\n1699", "mrp": "2,000"}


COLUMN_THEN_ALL_TEXTS = (
    ColumnSource(fields=("ornamentation",)),
    LexiconSource(fields=("title", "description"), pick="all"),
)
