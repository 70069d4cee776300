"""Names for refused rows that stay the same from run to run, and are short enough to type.

A row whose SKU is good and its own is known by product type and SKU, so that its entry survives any change of the
row. Every other row (no SKU, a repeated SKU, cells that do not fit) is known by what it says, not by where it
stands: a line inserted above it must not move a person's correction to another row. Rows that say exactly the same
are told apart by counting them.
"""

from base64 import b32encode
from collections import Counter
from hashlib import blake2b
from typing import Final

import polars as pl

from attrgen_assets.domain.tables import IN_PREFIX

ID_LENGTH: Final = 12
"""Characters of an id, 5 bits each: among a million entries two are the same with a chance of 4 in 10 million."""

_NAME_END: Final = "\x1f"  # two rows that differ only in such characters count as equal, and get two ids all the same
_CELL_END: Final = "\x1e"


def digest_id(*parts: str) -> str:
    """The id made of these parts: lower-case letters and the digits 2 to 7.

    >>> digest_id("saree", "sku", "A-1")
    'tb3sosgmmckf'
    """
    digest = blake2b(digest_size=8)
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return b32encode(digest.digest())[:ID_LENGTH].decode().lower()


class EntryIds:
    """Gives ids to the refused rows of one pass over one product type's feed; rows must come in feed order."""

    def __init__(self, product_type: str) -> None:
        self._product_type = product_type
        self._seen: Counter[str] = Counter()

    def of_refused(self, rows: pl.DataFrame) -> pl.Series:
        """The ids of the rows of RAW that are refused as rows, null for the others; a string series `entry_id`.

        >>> rows = pl.DataFrame({"sku": ["A-1", None, None], "refused": [None, "missing_sku", "missing_sku"],
        ...                      "in.title": ["Red saree", "Blue saree", "Blue saree"]})
        >>> ids = EntryIds("saree").of_refused(rows)
        >>> ids[0], ids.n_unique()
        (None, 3)
        """
        refused = rows["refused"].is_not_null()
        said = iter(rows.filter(refused).select(_said(rows))["said"].to_list() if refused.any() else [])
        ids = [self._of_row(next(said)) if here else None for here in refused] if refused.any() else [None] * len(rows)
        return pl.Series("entry_id", ids, dtype=pl.String)

    def of_skus(self, skus: pl.Series) -> pl.Series:
        """The ids of rows that have an SKU of their own; null for a null."""
        ids = [None if sku is None else digest_id(self._product_type, "sku", sku) for sku in skus]
        return pl.Series("entry_id", ids, dtype=pl.String)

    def _of_row(self, said: str) -> str:
        first = digest_id(self._product_type, "row", said)
        self._seen[first] += 1
        return first if self._seen[first] == 1 else digest_id(self._product_type, "row", said, str(self._seen[first]))


def _said(rows: pl.DataFrame) -> pl.Expr:
    """All stated cells of a row as one text; columns are sorted, and an empty new column changes nothing."""
    names = sorted(name for name in rows.columns if name.startswith(IN_PREFIX))
    if not names:
        return pl.repeat("", pl.len()).alias("said")
    cells = [pl.concat_str(pl.lit(name + _NAME_END), pl.col(name), pl.lit(_CELL_END)) for name in names]
    return pl.concat_str(cells, ignore_nulls=True).alias("said")
