"""How right is it? The kernel's answers for listings of a gold set, attribute by attribute."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.scoring import Judged, Score, judge_all, scores_of
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.ports import FeedReader
from attrgen_assets.domain.product_types.mapping import with_mapping
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.reporting.gold import entries_of
from attrgen_assets.domain.tables import IN_PREFIX, Status
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.kernel import validated_batches
from attrgen_assets.workflows.read import iter_raw


@dataclass(frozen=True, slots=True)
class GoldListing:
    """The labels of one listing: `file` and `id` say where it is, `part` whether it may be tuned on."""

    file: str
    id: str
    product_type: str
    part: str
    labels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AccuracyReport:
    """The verdict on every label, and the ids that the feed did not have or whose rows were refused."""

    product_type: str
    listings: int
    judged: Sequence[Judged]
    absent: Sequence[str]

    @property
    def scores(self) -> dict[str, Score]:
        """By attribute."""
        return scores_of(self.judged)

    @property
    def misses(self) -> list[Judged]:
        """Answers that are not right."""
        return [one for one in self.judged if one.is_miss]


def measure_accuracy(
    product_type: ProductType, gold: Sequence[GoldListing], *, reader: FeedReader, batch_rows: int
) -> AccuracyReport:
    """Answer the gold listings of one file and product type and judge the answers.

    The ids may stand in any column of the feed; that column is taken as the SKU. A listing without a document counts
    as one that answers nothing.

    Raises: FeedError where no column has any of the ids.
    """
    ids = {listing.id for listing in gold}
    config = with_mapping(product_type, {"sku": _id_column(reader, ids, batch_rows)})
    plan = compile_plan(config)
    raw = iter_raw(config, reader, batch_rows=batch_rows, select=False)
    documents = dict(
        _wanted((result.documents for _, result in validated_batches(raw, plan, Validator(plan))), config, ids)
    )
    nothing = {attribute.name: {"value": None, "status": Status.NOT_FOUND} for attribute in config.attributes}
    answers = ((one.id, one.labels, documents.get(one.id, nothing)) for one in gold)
    return AccuracyReport(config.name, len(gold), judge_all(answers), sorted(ids - documents.keys()))


def without_calibration(product_type: ProductType) -> ProductType:
    """The product type with bare scores as confidences, and nothing held back."""
    attributes = tuple(one.model_copy(update={"accept": None}) for one in product_type.attributes)
    return product_type.model_copy(update={"attributes": attributes, "calibration": None})


def _id_column(reader: FeedReader, ids: set[str], batch_rows: int) -> str:
    """The feed column that has most of the ids."""
    found: dict[str, int] = {}
    for batch in reader.read_batches(batch_rows=batch_rows):
        for name in (name for name in batch.columns if name.startswith(IN_PREFIX)):
            found[name] = found.get(name, 0) + int(batch[name].is_in(list(ids)).sum())
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or not found[best]:
        raise FeedError(f"no column of the feed has one of the {len(ids)} ids of the gold set; is it the right file?")
    return best.removeprefix(IN_PREFIX)


def _wanted(
    frames: Iterable[pl.DataFrame], product_type: ProductType, ids: set[str]
) -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    for frame in frames:
        for row in frame.filter(pl.col("sku").is_in(list(ids))).iter_rows(named=True):
            yield row["sku"], entries_of(row, product_type)
