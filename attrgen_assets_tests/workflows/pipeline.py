"""The whole way from a feed in memory to the store, step by step, as the graph goes it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrgen_assets.adapters.stores.mongo import MongoStore
from attrgen_assets.adapters.tables import ParquetTables
from attrgen_assets.domain.ports import MatchCache
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.workflows.generate import generate_attributes
from attrgen_assets.workflows.read import read_products
from attrgen_assets.workflows.store import StoreSummary, store_documents
from attrgen_assets.workflows.validate import validate_attributes
from attrgen_assets_tests.readers import RowsReader

Row = Mapping[str, str | None] | str


class NoCache:
    """A match cache that is always down."""

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """Nothing is remembered."""
        return [None] * len(keys)

    def set_many(self, items: Mapping[str, bytes]) -> None:
        """Nothing will be."""


def run_pipeline(
    product_type: ProductType,
    rows: Sequence[Row],
    *,
    tables: ParquetTables,
    store: MongoStore,
    now: datetime,
    batch_rows: int = 100,
    cache: MatchCache | None = None,
) -> StoreSummary:
    """Read, generate, validate and store the rows."""
    read_products(product_type, reader=RowsReader(*rows), tables=tables, batch_rows=batch_rows)
    generate_attributes(product_type, tables=tables, batch_rows=batch_rows)
    validate_attributes(product_type, tables=tables, overrides=store, cache=cache or NoCache(), batch_rows=batch_rows)
    return store_documents(
        product_type,
        tables=tables,
        documents=store,
        quarantine=store,
        run_id=f"run-{now:%H%M%S}",
        now=now,
        batch_rows=batch_rows,
    )
