"""Which titles say what product type they are of."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.vocabulary import Phrases
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile
from attrgen_assets.domain.text import normalise_all, normalise_series, spaced


def mentioning(product_type: ProductType, titles: pl.Series, *, loosely: bool = False) -> pl.Series:
    """Which titles call the product type by its name, or by a word of `feed.select`: bool, null is no.

    loosely: the last word of a name is enough, such as "blouse" for a saree blouse.

    >>> from attrgen_assets.domain.product_types.model import Feed, TextAttribute
    >>> sku = TextAttribute(name="sku", origin="specific", defined_in="x.yaml", on_refusal="drop")
    >>> kurta = ProductType(name="kurta", title="Kurtas", feed=Feed(columns={}), attributes=(sku,), config_version="")
    >>> mentioning(kurta, pl.Series(["Red Kurtas", "Kurtalike", None])).to_list()
    [True, False, False]
    >>> mentioning(kurta.model_copy(update={"name": "short_kurta"}), pl.Series(["Red Kurta"]), loosely=True).to_list()
    [True]
    """
    select = product_type.feed.select
    names = select.any_of if select is not None else (product_type.name.replace("_", " "), product_type.title)
    if loosely:
        names = tuple(name.rsplit(maxsplit=1)[-1] for name in names if name.strip())
    forms = {form for name in normalise_all(names) for form in (name, f"{name}s", name.removesuffix("s"))}
    phrases = Phrases.build(sorted(form for form in forms if form))
    hits, _ = phrases.find(spaced(normalise_series(titles.cast(pl.String).fill_null(""))))
    found = np.zeros(len(titles), dtype=bool)
    found[hits] = True
    return pl.Series(found)


def mention_share(product_type: ProductType, titles: Sequence[ColumnProfile]) -> float:
    """The share of titles that mention the product type, 0-1."""
    counts = Counter[str]()
    for profile in titles:
        counts.update(profile.texts)
    if not counts:
        return 0.0
    found = mentioning(product_type, pl.Series(list(counts), dtype=pl.String))
    hits = sum(cells for cells, hit in zip(counts.values(), found.to_list(), strict=True) if hit)
    return hits / counts.total()
