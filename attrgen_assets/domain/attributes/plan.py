"""A product type compiled for the kernel: vocabularies and their searches are built once."""

from dataclasses import dataclass
from functools import lru_cache

from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, ProductType


@dataclass(frozen=True, eq=False)
class Plan:
    """What the kernel needs of a product type; `vocabularies` by the name of an enum or enum_list attribute."""

    product_type: ProductType
    vocabularies: dict[str, Vocabulary]


def compile_plan(product_type: ProductType) -> Plan:
    """Compile a product type; attributes with the same legal values share one vocabulary."""
    build = lru_cache(maxsize=None)(Vocabulary.build)
    enums = [a for a in product_type.attributes if isinstance(a, EnumAttribute | EnumListAttribute)]
    return Plan(product_type, {attribute.name: build(attribute.values) for attribute in enums})
