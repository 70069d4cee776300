"""SKUs that people gave to rows without one of their own; the row is known by its entry id."""

from collections.abc import Collection, Iterable
from typing import Final

import polars as pl

from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.tables import RefusalReason

SKU: Final = "sku"
"""The attribute of such a correction; its override also says of which entry it is."""

CURABLE: Final = (RefusalReason.MISSING_SKU.value, RefusalReason.DUPLICATE_SKU.value)
"""What an SKU of its own cures. A row that could not be read has to be corrected in the feed."""


class GivenSkus:
    """The SKUs given to the rows of one product type.

    taken: SKUs that rows of the feed have by themselves; a row that was given one of these stays refused, so that no
    product ever gets two documents' worth of rows.
    """

    def __init__(self, overrides: Iterable[Override], product_type: str, *, taken: Collection[str] = ()) -> None:
        given = sorted(
            (one for one in overrides if one.product_type == product_type and one.attribute == SKU and one.entry_id),
            key=lambda one: (one.at, one.sku),
        )
        latest = {str(one.entry_id): one.sku for one in given}
        self._by_entry: dict[str, str] = {}
        used = set(taken)
        for entry_id, sku in latest.items():
            if sku not in used:
                used.add(sku)
                self._by_entry[entry_id] = sku

    def apply(self, rows: pl.DataFrame) -> pl.DataFrame:
        """RAW with a column `entry_id` (null where a row is not refused): given SKUs in place, and their rows kept.

        >>> from datetime import UTC, datetime
        >>> given = Override(product_type="saree", sku="A-9", attribute="sku", value="A-9", by="asha",
        ...                  at=datetime(2026, 1, 1, tzinfo=UTC), entry_id="abc")
        >>> cells = {"entry_id": "abc", "sku": None, "refused": "missing_sku", "refused_detail": "no cell"}
        >>> GivenSkus([given], "saree").apply(pl.DataFrame([cells]))["sku"].to_list()
        ['A-9']
        """
        if not self._by_entry or not rows["entry_id"].is_in(list(self._by_entry)).any():
            return rows
        names, skus = list(self._by_entry), list(self._by_entry.values())
        sku = pl.col("entry_id").replace_strict(names, skus, default=None, return_dtype=pl.String)
        cured = sku.is_not_null() & pl.col("refused").is_in(CURABLE)
        return rows.with_columns(
            sku=pl.when(cured).then(sku).otherwise("sku"),
            refused=pl.when(~cured).then("refused"),
            refused_detail=pl.when(~cured).then("refused_detail"),
        )


def given_skus(overrides: Iterable[Override]) -> list[str]:
    """The SKUs that people gave to rows: those to look for among the feed's own."""
    return sorted({one.sku for one in overrides if one.attribute == SKU and one.entry_id})
