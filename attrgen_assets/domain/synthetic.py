"""Synthetic feeds, drawn from a product type's own vocabulary: for measuring speed, never accuracy.

Titles are all different and descriptions almost all, as in a real feed; cells of columns repeat. Every number is
reproducible from the seed.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, ProductType
from attrgen_assets.domain.tables import IN_PREFIX

_COLUMN_SHARE = 0.5  # of the rows state an attribute in a column of its own
_MISSPELLED_SHARE = 0.02  # of those cells have two letters exchanged
_WORDS = "elegant soft light classic graceful new fine festive summer daily flowing hand block crafted modern".split()


def synthetic_feed(
    product_type: ProductType, *, rows: int, seed: int, batch_rows: int = 100_000
) -> Iterator[pl.DataFrame]:
    """Batches of RAW with a title of about 60 and a description of about 250 characters.

    Each enum of the product type appears in the title or the description of most rows, as a value or a synonym, and
    in a column of its own in half of them.
    """
    rng = np.random.default_rng(seed)
    for start in range(0, rows, batch_rows):
        yield _batch(product_type, start, min(batch_rows, rows - start), rng)


def _batch(product_type: ProductType, start: int, count: int, rng: np.random.Generator) -> pl.DataFrame:
    number = pl.Series(np.arange(start + 1, start + count + 1, dtype=np.uint32))
    stated = {
        attribute.name: _draw(_spellings(attribute), count, rng)
        for attribute in product_type.attributes
        if isinstance(attribute, EnumAttribute)
    }
    texts = pl.DataFrame({**stated, "word": _draw(_WORDS, count, rng), "number": number})
    in_title = [name for name in ("color", "pattern", "fabric", "neck", "shape") if name in stated]
    described = [pl.format("{} {}", pl.col(name), pl.lit(name.replace("_", " "))) for name in stated]
    price = pl.Series(rng.integers(199, 9999, count))
    columns = {
        "sku": texts.select(pl.format("SYN-{}", "number")).to_series(),
        "brand": _draw([f"Maker {letter}" for letter in "ABCDEFGHKLMNPRST"], count, rng),
        "title": texts.select(
            pl.concat_str("word", *in_title, pl.lit("kurta no"), "number", separator=" ")
        ).to_series(),
        "description": texts.select(
            pl.concat_str(pl.format("{} style {} with", "word", "number"), *described, separator=", ")
        ).to_series(),
        "price": pl.select(pl.format("Rs\n{}", price)).to_series(),
        "mrp": pl.select(pl.format("₹{}", price * 2)).to_series(),
        "size": _draw(["Size:S,M,L", "Size:Large,Medium,X-Large", "M,L,XL,XXL", "Size:XX-Large"], count, rng),
        **{name: _column(values, rng) for name, values in stated.items()},
    }
    nothing = pl.Series([None] * count, dtype=pl.String)
    return pl.DataFrame(
        {
            "source_file": pl.Series(["synthetic.csv"]).extend_constant("synthetic.csv", count - 1),
            "row_number": number,
            "sku": columns["sku"],
            "refused": nothing,
            "refused_detail": nothing,
            **{IN_PREFIX + name: series for name, series in columns.items()},
        }
    )


def _spellings(attribute: EnumAttribute | EnumListAttribute) -> list[str]:
    """Legal values three times as often as their synonyms."""
    values = [value.value for value in attribute.values]
    synonyms = [synonym.text for value in attribute.values for synonym in value.synonyms]
    return values * (1 + 3 * len(synonyms) // max(len(values), 1)) + synonyms


def _draw(choices: Sequence[str], count: int, rng: np.random.Generator) -> pl.Series:
    return pl.Series(choices, dtype=pl.String).gather(rng.integers(0, len(choices), count))


def _column(values: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A column that states the value in some rows, now and then misspelled."""
    frame = pl.DataFrame({"value": values, "draw": rng.random(len(values))})
    misspelled = pl.col("value").str.replace(r"^(.{2})(\w)(\w)", "$1$3$2")
    value = pl.when(pl.col("draw") < _COLUMN_SHARE * _MISSPELLED_SHARE).then(misspelled).otherwise("value")
    return frame.select(pl.when(pl.col("draw") < _COLUMN_SHARE).then(value).alias("value")).to_series()
