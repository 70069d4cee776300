"""A product type compiled for the kernel: vocabularies and their searches are built once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import BooleanAttribute, EnumAttribute, EnumListAttribute, ProductType

_TELL_NOTHING: Final = frozenset({"yes", "no", "true", "false", "y", "n", "1", "0"})
"""Answers in a column of their own, but no evidence in running text."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What the kernel needs of a product type.

    vocabularies: by attribute, the legal values of an enum or enum_list, the telling words of a boolean.
    """

    product_type: ProductType
    vocabularies: dict[str, Vocabulary]


def compile_plan(product_type: ProductType) -> Plan:
    """Compile a product type; attributes with the same legal values share one vocabulary."""
    build = lru_cache(maxsize=None)(Vocabulary.build)
    vocabularies = {}
    for attribute in product_type.attributes:
        if isinstance(attribute, EnumAttribute | EnumListAttribute):
            vocabularies[attribute.name] = build(attribute.values)
        elif isinstance(attribute, BooleanAttribute):
            texts = (*attribute.true_texts, *attribute.false_texts)
            vocabularies[attribute.name] = build(tuple(text for text in texts if text.lower() not in _TELL_NOTHING))
    return Plan(product_type, vocabularies)
