"""From candidates to documents and quarantined rows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from time import perf_counter

import polars as pl

from attrgen_assets.domain.attributes.candidates import CANDIDATES_SCHEMA, CandidateGroup, candidate_groups
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.ports import MatchCache, Override, OverrideStore, TableStore
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.quarantine.given_skus import given_skus
from attrgen_assets.errors import ConservationError
from attrgen_assets.workflows.match_memory import MatchMemory


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateReport:
    """What validation did; rows = documents + quarantined, always. `cache_hit_fraction` is 0-1 or None."""

    rows: int
    documents: int
    quarantined: int
    incomplete: int
    overrides: int
    cache_hits: int
    cache_misses: int
    cache_hit_fraction: float | None
    seconds: float


def validate_attributes(
    product_type: ProductType,
    *,
    tables: TableStore,
    overrides: OverrideStore,
    cache: MatchCache,
    batch_rows: int,
) -> ValidateReport:
    """Read `raw_products` and `generated_attributes`, write `validated_attributes` and `quarantined_products`.

    Raises ConservationError when a row was lost or doubled; nothing is written then.
    """
    started = perf_counter()
    memory = MatchMemory(cache)
    corrections = overrides.overrides(product_type.name)
    name = product_type.name
    validator = Validator(
        compile_plan(product_type),
        overrides=corrections,
        taken_skus=taken_skus(tables, name, corrections),
        remember=memory.of,
    )
    rows = documents = quarantined = incomplete = 0
    with tables.writer("validated_attributes", "quarantined_products", product_type=name) as (valid, refused):
        for batch, groups in _batches(product_type, tables, batch_rows):
            result = validator.validate(batch, groups)
            valid.write(result.documents)
            refused.write(result.quarantined)
            rows += batch.height
            documents += result.documents.height
            quarantined += result.quarantined.height
            incomplete += int((~result.documents["complete"]).sum())
        if rows != documents + quarantined:
            raise ConservationError(
                f"{name}: {rows} rows read, but {documents} documents + {quarantined} quarantined; nothing was written"
            )
    return ValidateReport(
        rows=rows,
        documents=documents,
        quarantined=quarantined,
        incomplete=incomplete,
        overrides=len(corrections),
        cache_hits=memory.hits,
        cache_misses=memory.misses,
        cache_hit_fraction=memory.hit_fraction,
        seconds=perf_counter() - started,
    )


def taken_skus(tables: TableStore, product_type: str, overrides: Sequence[Override]) -> set[str]:
    """Of the SKUs that people gave to rows without one, those that rows of `raw_products` have by themselves."""
    given = given_skus(overrides)
    if not given:
        return set()
    own = tables.scan("raw_products", product_type=product_type).filter(pl.col("refused").is_null())
    return set(own.select("sku").filter(pl.col("sku").is_in(given)).collect(engine="streaming")["sku"])


def _batches(
    product_type: ProductType, tables: TableStore, batch_rows: int
) -> Iterator[tuple[pl.DataFrame, list[CandidateGroup]]]:
    """Raw batches with their candidates; an empty feed still gives one (empty) batch, so that both tables exist."""
    name = product_type.name
    candidates = tables.scan("generated_attributes", product_type=name)
    batches = tables.read_batches("raw_products", product_type=name, batch_rows=batch_rows)
    first = next(batches, None)
    if first is None:
        first = tables.scan("raw_products", product_type=name).head(0).collect()
    start = 0
    for batch in chain([first], batches):
        of_batch = candidates.filter(pl.col("row").is_between(start, start + batch.height, closed="left")).collect()
        yield batch, candidate_groups(of_batch.select(*CANDIDATES_SCHEMA), product_type, first_row=start)
        start += batch.height
