"""A product type compiled for the kernel: vocabularies and their searches are built once."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from attrgen_assets.domain.attributes.clauses import ContextWords
from attrgen_assets.domain.attributes.evidence import Evidence
from attrgen_assets.domain.attributes.labels import Labels, any_of, label_names
from attrgen_assets.domain.attributes.segments import PartWords
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import (
    PRODUCT,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    LexiconSource,
    PatternSource,
    ProductType,
)
from attrgen_assets.domain.text import normalise_all, normalise_text

_TELL_NOTHING: Final = frozenset({"yes", "no", "true", "false", "y", "n", "1", "0"})
"""Answers in a column of their own, but no evidence in running text."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What the kernel needs of a product type.

    vocabularies: by attribute, the legal values of an enum or enum_list, the telling words of a boolean.
    context: every word that a source wants or does not want beside a value, that says how to read, or names a part.
    evidence: what counts of a clause.
    denials: by attribute to which a denial is a value ("without blouse"), the spellings (bool) that are denials.
    parts: the words that name parts of the product.  labels: those that running texts may have.
    silent: labels of one word that spell a value ("Weave: Chanderi"), as a regular expression.
    """

    product_type: ProductType
    vocabularies: dict[str, Vocabulary]
    context: ContextWords
    evidence: Evidence
    denials: dict[str, np.ndarray]
    parts: PartWords
    labels: Labels
    silent: str


def compile_plan(product_type: ProductType) -> Plan:
    """Compile a product type; attributes with the same legal values share one vocabulary."""
    build = lru_cache(maxsize=None)(Vocabulary.build)
    vocabularies = {}
    for attribute in product_type.attributes:
        if isinstance(attribute, EnumAttribute | EnumListAttribute):
            vocabularies[attribute.name] = build(attribute.values)
        elif isinstance(attribute, BooleanAttribute):
            told = (*attribute.true_texts, *attribute.false_texts)
            vocabularies[attribute.name] = build(tuple(text for text in told if text.lower() not in _TELL_NOTHING))
    sources = [source for attribute in product_type.attributes for source in attribute.sources]
    near = [word for source in sources if isinstance(source, LexiconSource | PatternSource) for word in source.near]
    not_near = [word for source in sources if isinstance(source, LexiconSource) for word in source.not_near]
    names = label_names(product_type.feed)
    several_words = [name for name in names if re.search(r"\w[\s_-]+\w", name)]
    parts = PartWords(product_type.texts.parts, labels=any_of(several_words))
    texts = product_type.texts
    reading = (*texts.boilerplate, *texts.styling, *texts.negations, *texts.names)
    denying = set(normalise_all(texts.negations))
    known = {spelling for vocabulary in vocabularies.values() for spelling in vocabulary.spelled}
    evidence = Evidence(denying=texts.negations, names=texts.names, known=[*known, *near, *not_near])
    context = ContextWords([*near, *not_near, *reading, *parts.foreign, *parts.words(PRODUCT)])
    return Plan(
        product_type,
        vocabularies,
        context,
        evidence,
        {
            name: evidence.denies(vocabulary.spaced_texts)
            for name, vocabulary in vocabularies.items()
            if vocabulary.spelled.keys() & denying
        },
        parts,
        labels=Labels(product_type.feed, product=parts.words(PRODUCT), parts=parts.foreign),
        silent=any_of(_silent(set(names) - set(several_words), vocabularies.values(), context)),
    )


def _silent(names: Iterable[str], vocabularies: Collection[Vocabulary], context: ContextWords) -> Iterator[str]:
    """Names that spell a value, and that no source wants beside one."""
    for name in names:
        text = normalise_text(name)
        if not context.has(text) and any(text in vocabulary.spelled for vocabulary in vocabularies):
            yield name
