"""From raw products to candidates."""

from dataclasses import dataclass
from time import perf_counter

import polars as pl

from attrgen_assets.domain.attributes.candidates import CANDIDATES_SCHEMA, candidate_frame
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.ports import TableStore
from attrgen_assets.domain.product_types.model import ProductType


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateReport:
    """What generation did; `by_generator` counts candidates."""

    rows: int
    candidates: int
    by_generator: dict[str, int]
    seconds: float


def generate_attributes(product_type: ProductType, *, tables: TableStore, batch_rows: int) -> GenerateReport:
    """Read `raw_products`, write `generated_attributes`, batch by batch."""
    started = perf_counter()
    plan = compile_plan(product_type)
    rows, by_generator = 0, dict.fromkeys(("column", "lexicon", "pattern"), 0)
    with tables.writer("generated_attributes", product_type=product_type.name) as (writer,):
        writer.write(pl.DataFrame(schema=CANDIDATES_SCHEMA))
        for batch in tables.read_batches("raw_products", product_type=product_type.name, batch_rows=batch_rows):
            groups = generate_candidates(batch, plan)
            writer.write(candidate_frame(groups, first_row=rows))
            rows += batch.height
            for group in groups:
                by_generator[group.generator] += len(group)
    return GenerateReport(
        rows=rows,
        candidates=sum(by_generator.values()),
        by_generator=by_generator,
        seconds=perf_counter() - started,
    )
