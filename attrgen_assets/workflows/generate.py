"""From raw products to candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from types import MappingProxyType
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.candidates import CANDIDATES_SCHEMA, candidate_frame
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.ports import Proposer
from attrgen_assets.domain.ports import Override, TableStore
from attrgen_assets.domain.product_types.learned import GeneratorName
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.workflows.propose import Generation

_NOBODY: Final[Mapping[GeneratorName, Proposer]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateReport:
    """What generation did; `by_generator` counts candidates.

    versions: of the models that were asked, by generator.  notes: what a person should know of them.
    figures: what they count of their work.
    """

    rows: int
    candidates: int
    by_generator: dict[str, int]
    versions: dict[str, str]
    notes: tuple[str, ...]
    figures: dict[str, int]
    seconds: float


def generate_attributes(
    product_type: ProductType,
    *,
    tables: TableStore,
    batch_rows: int,
    proposers: Mapping[GeneratorName, Proposer] = _NOBODY,
    overrides: Sequence[Override] = (),
) -> GenerateReport:
    """Read `raw_products`, write `generated_attributes`, batch by batch.

    proposers: models that the sources of the config may ask, by generator; one that is not there proposes nothing.
    overrides: corrections in force, so that no language model is asked what a person has answered.
    """
    started = perf_counter()
    generation = Generation(compile_plan(product_type), proposers=proposers, overrides=overrides)
    names: tuple[str, ...] = ("column", "label", "lexicon", "pattern", *proposers)
    rows, by_generator = 0, dict.fromkeys(names, 0)
    with tables.writer("generated_attributes", product_type=product_type.name) as (writer,):
        writer.write(pl.DataFrame(schema=CANDIDATES_SCHEMA))
        for batch in tables.read_batches("raw_products", product_type=product_type.name, batch_rows=batch_rows):
            groups = generation.candidates(batch)
            writer.write(candidate_frame(groups, first_row=rows))
            rows += batch.height
            for group in groups:
                by_generator[group.generator] += len(group)
    return GenerateReport(
        rows=rows,
        candidates=sum(by_generator.values()),
        by_generator=by_generator,
        versions={name: proposer.version for name, proposer in proposers.items()},
        notes=(*generation.notes, *(note for proposer in proposers.values() for note in proposer.notes)),
        figures={name: count for proposer in proposers.values() for name, count in proposer.counts.items()},
        seconds=perf_counter() - started,
    )
