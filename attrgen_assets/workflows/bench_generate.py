"""How fast is it? Raw table to validated table, and the usual row-by-row code in the same run."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

import polars as pl

from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import Plan, compile_plan
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.ports import TableStore
from attrgen_assets.domain.product_types.fields import field_frame
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.rules import AtMostRule
from attrgen_assets.workflows.kernel import validated_batches
from attrgen_assets.workflows.row_by_row import ExtractOne, extract_row

BENCH_ATTRIBUTES = (
    "color fabric pattern neck sleeve_length shape hemline slit occasion set_contents size price_inr"
).split()
"""The twelve that `attrgen bench generate` measures; sku, title, brand and mrp_inr come along."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows and the seconds they took."""

    rows: int
    seconds: float

    @property
    def rows_per_s(self) -> float:
        """Rows per second."""
        return self.rows / self.seconds


def bench_type(product_type: ProductType) -> ProductType:
    """A kurta with the twelve attributes, and only the rules that stay within them."""
    names = {*BENCH_ATTRIBUTES, "sku", "title", "brand", "mrp_inr"}
    return product_type.model_copy(
        update={
            "attributes": tuple(a for a in product_type.attributes if a.name in names),
            "rules": tuple(r for r in product_type.rules if isinstance(r, AtMostRule)),
        }
    )


def measure_kernel(
    product_type: ProductType, *, tables: TableStore, batch_rows: int, rows: int | None = None
) -> Measured:
    """The table `raw_products` (its first `rows`) to the tables of documents and quarantined rows."""
    started = perf_counter()
    plan, count = compile_plan(product_type), 0
    batches = tables.read_batches("raw_products", product_type=product_type.name, batch_rows=batch_rows)
    if rows is not None:
        batches = islice(batches, -(-rows // batch_rows))
    names = ("validated_attributes", "quarantined_products")
    with tables.writer(*names, product_type=product_type.name) as (documents, quarantined):
        for raw, result in validated_batches(batches, plan, Validator(plan)):
            documents.write(result.documents)
            quarantined.write(result.quarantined)
            count += raw.height
    return Measured(count, perf_counter() - started)


def measure_steps(product_type: ProductType, batches: Iterable[pl.DataFrame]) -> tuple[Measured, Measured]:
    """Generation and validation apart, on one thread of ours (polars has its own), tables in memory."""
    plan = compile_plan(product_type)
    validator = Validator(plan)
    generating = validating = 0.0
    rows = 0
    for batch in batches:
        start = perf_counter()
        groups = generate_candidates(batch, plan)
        middle = perf_counter()
        validator.validate(batch, groups)
        generating, validating = generating + middle - start, validating + perf_counter() - middle
        rows += batch.height
    return Measured(rows, generating), Measured(rows, validating)


def measure_floor(plan: Plan, batches: Iterable[pl.DataFrame]) -> Measured:
    """One pass of Aho-Corasick over titles and descriptions, for every spelling of every attribute, and nothing else.

    No program that looks at the texts can be faster on this machine with this library.
    """
    needles = sorted({spelling for one in plan.vocabularies.values() for spelling in one.spellings})
    feed, seconds, rows = plan.product_type.feed, 0.0, 0
    for batch in batches:
        texts = field_frame(feed, batch)
        start = perf_counter()
        for field in ("title", "description"):
            texts[field].str.extract_many(needles, ascii_case_insensitive=True, leftmost=True)
        seconds += perf_counter() - start
        rows += batch.height
    return Measured(rows, seconds)


def measure_row_by_row(plan: Plan, batch: pl.DataFrame, extract_one: ExtractOne) -> tuple[Measured, float]:
    """The usual code on the same rows, and the share of (row, enum attribute) where both answer the same."""
    fields = field_frame(plan.product_type.feed, batch).to_dicts()
    started = perf_counter()
    theirs = [extract_row(row, plan, extract_one) for row in fields]
    seconds = perf_counter() - started
    ours = Validator(plan).validate(batch, generate_candidates(batch, plan)).documents
    by_number = dict(zip(batch["row_number"].to_list(), theirs, strict=True))
    same = total = 0
    for document in ours.select("row_number", *theirs[0]).iter_rows(named=True):
        answer = by_number[document["row_number"]]
        total += len(answer)
        same += sum(document[name] == value for name, value in answer.items())
    return Measured(batch.height, seconds), same / total if total else 0.0
