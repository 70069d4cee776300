"""What the last run of parts made, in figures."""

from collections.abc import Iterator

import polars as pl

from attrgen_assets.domain.parts.analytics import CatalogueAnalytics, Cost, analyse
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.tables import OFFERS, RECORDS, RESPONSES, VERDICTS
from attrgen_assets.domain.ports import TableStore

_BATCH_ROWS = 256


def analyse_parts(*, product_type: str, tables: TableStore) -> CatalogueAnalytics:
    """Figures of all records that the last run made.

    Raises NotFoundError before a run has made any.
    """
    return analyse(
        part_records(RECORDS, product_type=product_type, tables=tables),
        responses=tables.scan(RESPONSES, product_type=product_type),
        offers=tables.scan(OFFERS, product_type=product_type),
        cost=_cost(tables.scan(VERDICTS, product_type=product_type)),
    )


def part_records(table: str, *, product_type: str, tables: TableStore) -> Iterator[PartRecord]:
    """The records of a table that has them as JSON in its column `record`, in order."""
    for frame in tables.read_batches(table, product_type=product_type, batch_rows=_BATCH_ROWS):
        for text in frame["record"].drop_nulls():
            yield PartRecord.model_validate_json(text)


def _cost(verdicts: pl.LazyFrame) -> Cost:
    asked, tokens, priced, cost = (
        verdicts.select(
            asked=(pl.col("tokens") > 0).sum(),
            total=pl.col("tokens").sum(),
            priced=pl.col("cost").count(),
            costs=pl.col("cost").sum(),
        )
        .collect()
        .row(0)
    )
    return Cost(records_asked=asked, tokens=tokens, cost=round(cost, 6) if priced else None)
