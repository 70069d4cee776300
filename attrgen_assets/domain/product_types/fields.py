"""Which column of a feed carries which field."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

import polars as pl
from rapidfuzz import fuzz, process

from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.domain.tables import IN_PREFIX

_IGNORED: Final = re.compile(r"[\s_\-]+")


@lru_cache(maxsize=10_000)  # a few columns and labels, in every text
def spelling(name: str) -> str:
    """A column name as it is compared: case, spaces, underscores and dashes do not matter.

    >>> spelling("Product_Name") == spelling(" product-name") == spelling("PRODUCT NAME")
    True
    """
    return _IGNORED.sub("", name).casefold()


def feed_columns(columns: Iterable[str]) -> list[str]:
    """The feed's own names of the columns of a RAW frame, in order.

    >>> feed_columns(["source_file", "row_number", "in.SKU"])
    ['SKU']
    """
    return [name.removeprefix(IN_PREFIX) for name in columns if name.startswith(IN_PREFIX)]


def map_field(feed: Feed, columns: Sequence[str], field: str) -> tuple[str, ...]:
    """The RAW columns (with prefix) that may carry `field`, best first.

    The order is that of the config. Of several columns spelled alike ("Title", "title") the one written as in the
    config comes first, then the feed's order.
    """
    present = feed_columns(columns)
    found: list[str] = []
    for wanted in feed.columns.get(field, ()):
        alike = [name for name in present if spelling(name) == spelling(wanted)]
        found += sorted(alike, key=lambda name: name != wanted)
    return tuple(IN_PREFIX + name for name in dict.fromkeys(found))


def map_fields(feed: Feed, columns: Sequence[str]) -> dict[str, str]:
    """Our field -> the RAW column (with prefix) that carries it; fields that no column carries are left out.

    columns: those of a RAW frame; only the prefixed ones count.

    >>> feed = Feed(path="x.csv", columns={"title": ("title", "product_name"), "price": ("mrp",)})
    >>> map_fields(feed, ["source_file", "in.Product Name", "in.id"])
    {'title': 'in.Product Name'}
    """
    mapped = {field: map_field(feed, columns, field) for field in feed.columns}
    return {field: found[0] for field, found in mapped.items() if found}


def field_text(feed: Feed, columns: Sequence[str], field: str) -> pl.Expr:
    """The field's text per row: the first of its columns in which the row has more than blanks; null where none has.

    Rows of several files, or of JSON lines, may carry a field under different names.
    """
    found = map_field(feed, columns, field)
    if len(found) < 2:
        return pl.col(found[0]) if found else pl.lit(None, dtype=pl.String)
    return pl.coalesce(pl.when(pl.col(name).str.strip_chars() != "").then(pl.col(name)) for name in found)


def field_frame(feed: Feed, rows: pl.DataFrame) -> pl.DataFrame:
    """The texts of all fields that some column carries: one column per field, called as the field.

    >>> feed = Feed(path="*.csv", columns={"title": ("title", "product_name"), "price": ("mrp",)})
    >>> rows = pl.DataFrame({"in.title": ["a", ""], "in.Product Name": [None, "b"]})
    >>> field_frame(feed, rows).to_dict(as_series=False)
    {'title': ['a', 'b']}
    """
    fields = map_fields(feed, rows.columns)
    return rows.select(field_text(feed, rows.columns, field).alias(field) for field in fields)


def unmapped_columns(feed: Feed, columns: Sequence[str]) -> tuple[str, ...]:
    """The feed's columns that no field names; a table of key/value pairs that is unfolded counts as named."""
    named = {spelling(name) for names in feed.columns.values() for name in names}
    if feed.specifications is not None:
        named |= {spelling(name) for name in feed.specifications.column}
    return tuple(name for name in feed_columns(columns) if spelling(name) not in named)


def missing_fields(feed: Feed, columns: Sequence[str]) -> tuple[str, ...]:
    """The fields of the config that no column carries."""
    mapped = map_fields(feed, columns)
    return tuple(field for field in feed.columns if field not in mapped)


def missing_field_message(feed: Feed, columns: Sequence[str], field: str) -> str:
    """What to tell a person when the feed has no column for `field`: found, looked for, nearest, how to map."""
    present = feed_columns(columns)
    wanted = feed.columns.get(field, ())
    scored = {
        name: max((fuzz.ratio(spelling(name), spelling(want)) for want in (*wanted, field)), default=0.0)
        for name in present
    }
    near = sorted((name for name in present if scored[name] >= 50), key=lambda name: -scored[name])[:3]
    example = near[0] if near else (present[0] if present else "COLUMN")
    return " ".join(
        [
            f"no column of the feed carries {field!r}:",
            f"looked for {_listed(wanted)};" if wanted else f"`feed.columns` does not name {field!r};",
            f"found {_listed(present)};",
            *([f"nearest: {_listed(near)};"] if near else []),
            f"name the column under `feed.columns.{field}` in the config, or pass --map {field}={example!r}",
        ]
    )


def _listed(names: Sequence[str], limit: int = 30) -> str:
    shown = ", ".join(repr(name) for name in names[:limit])
    return f"{shown} and {len(names) - limit:,} more" if len(names) > limit else shown or "none"


def nearest_names(name: str, names: Sequence[str]) -> list[str]:
    """Up to three of `names` that look like `name`, best first.

    >>> nearest_names("saree.csv", ["sarees.csv", "kurta.jsonl"])
    ['sarees.csv']
    """
    return [found for found, _, _ in process.extract(name, names, scorer=fuzz.ratio, limit=3, score_cutoff=60)]
