"""Reading another feed with a product type: which of its columns carries which field, said from outside the config."""

from collections.abc import Mapping, Sequence

from attrgen_assets.domain.product_types.fields import feed_columns, nearest_names, spelling
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import FeedError


def known_fields(product_type: ProductType) -> list[str]:
    """Every field that a column may be mapped to: those of the feed, and those that attributes read."""
    read = (field for attribute in product_type.attributes for source in attribute.sources for field in source.fields)
    return list(dict.fromkeys(["sku", *product_type.feed.columns, *read]))


def with_mapping(product_type: ProductType, mapping: Mapping[str, str]) -> ProductType:
    """The product type with these fields taken from these columns, and from no other.

    The config version stays: it says how texts are read, and a mapping only where they stand.

    Raises FeedError for a field that the product type does not have.
    """
    fields = known_fields(product_type)
    for field in mapping:
        if field not in fields:
            near = nearest_names(field, fields)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(fields)}"
            raise FeedError(f"--map: {product_type.name} has no field {field!r}; {hint}")
    columns = {**product_type.feed.columns, **{field: (column,) for field, column in mapping.items()}}
    return product_type.model_copy(update={"feed": product_type.feed.model_copy(update={"columns": columns})})


def check_mapping(mapping: Mapping[str, str], raw_columns: Sequence[str]) -> None:
    """Raises FeedError when a mapped column is not among the feed's (`raw_columns`, with prefix)."""
    present = feed_columns(raw_columns)
    spellings = {spelling(name) for name in present}
    for field, column in mapping.items():
        if spelling(column) not in spellings:
            near = nearest_names(column, present)
            hint = f"did you mean {' or '.join(map(repr, near))}?" if near else f"there are: {', '.join(present)}"
            raise FeedError(f"--map {field}={column}: the feed has no column {column!r}; {hint}")
