"""Stored documents and corrections as lessons: labelled products that an extractor can learn from and be measured on.

A document's value is a label where its text stands in the product's own texts. What people said stands for itself:
it replaces what a machine said, and is kept also where its value is not spelled in the texts. An attribute that nobody
found is unknown, not absent.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from attrgen_assets.domain.attributes.state import HUMAN
from attrgen_assets.domain.extraction.examples import Answer, Answers, LabelledProduct
from attrgen_assets.domain.extraction.splits import fold_of
from attrgen_assets.domain.ports import Document, Override
from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    NumberAttribute,
    ProductType,
)
from attrgen_assets.domain.tables import Status
from attrgen_assets.domain.units import unit_spellings

LEARNED_KINDS: Final = ("enum", "number", "boolean")
"""Kinds of attributes with one value that may stand in a text."""

_FOLDS: Final = 5  # one of them is held out: 20 %
_NOTHING: Final = {"status": Status.NOT_FOUND}
_HELD_OUT_SEED: Final = 0  # never another: the held-out part is the same from run to run


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One product to learn from, or to measure on.

    product: answers as they are written in the texts.  expected: answers as legal values, by attribute.
    corrected: the attributes that people answered.  silent: those of which nobody found anything.
    """

    sku: str
    product: LabelledProduct
    expected: Mapping[str, Answers]
    corrected: frozenset[str]
    silent: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Label:
    """What is known of one attribute of a product; value None: people say that it does not apply."""

    value: Any
    text: str | None
    human: bool


def is_held_out(sku: str) -> bool:
    """Whether a product is in the fifth that nothing is trained on: decided by its SKU alone, for good.

    >>> sum(is_held_out(f"A{number}") for number in range(1000))
    202
    """
    return fold_of(f"held out:{sku}", folds=_FOLDS, seed=_HELD_OUT_SEED) == 0


def chosen_skus(skus: Iterable[str], *, corrected: Iterable[str], limit: int) -> list[str]:
    """At most `limit` SKUs, by an order that has nothing to do with the products; corrected ones are always among them.

    >>> chosen_skus(["A", "B", "C"], corrected=["C"], limit=1)
    ['C']
    """
    known = set(skus)
    first = sorted(known & set(corrected))
    others = sorted(known.difference(first), key=lambda sku: (fold_of(f"order:{sku}", folds=1 << 60, seed=0), sku))
    return first + others[: max(0, limit - len(first))]


def learned_attributes(product_type: ProductType) -> tuple[Attribute, ...]:
    """The attributes that a model of this product type can learn."""
    return tuple(attribute for attribute in product_type.attributes if attribute.kind in LEARNED_KINDS)


def lessons(
    documents: Iterable[Document],
    texts: Mapping[str, Mapping[str, str]],
    product_type: ProductType,
    *,
    overrides: Sequence[Override] = (),
) -> Iterator[Lesson]:
    """A lesson for each document that teaches something.

    texts: by SKU, the product's texts by field.  overrides: corrections in force, the stored document knowing them or
    not.
    """
    said = {(override.sku, override.attribute): override for override in overrides if override.entry_id is None}
    attributes = learned_attributes(product_type)
    names = [attribute.name for attribute in attributes]
    for document in documents:
        sku, entries = document["sku"], document["attributes"]
        of_product = texts.get(sku, {})
        answers: dict[str, Answers] = {}
        expected: dict[str, Answers] = {}
        corrected = set()
        for attribute in attributes:
            label = _label(entries.get(attribute.name), said.get((sku, attribute.name)))
            if label is None or not of_product:
                continue
            written = _written(label, attribute, of_product)
            if written is None:
                continue
            answers[attribute.name] = written
            expected[attribute.name] = _expected(label)
            if label.human:
                corrected.add(attribute.name)
        if answers:
            product = LabelledProduct(category=product_type.name, texts=of_product, answers=answers, key=sku)
            silent = {
                name for name in names if entries.get(name, _NOTHING)["status"] == Status.NOT_FOUND
            } - expected.keys()
            yield Lesson(
                sku=sku,
                product=product,
                expected=expected,
                corrected=frozenset(corrected),
                silent=frozenset(silent),
            )


def spelled_value(value: Any) -> str:
    """A value as text, the same for a document and for what a model's text was read as.

    >>> spelled_value(5.50), spelled_value(True), spelled_value("Silk")
    ('5.5', 'true', 'Silk')
    """
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def _label(entry: Mapping[str, Any] | None, override: Override | None) -> _Label | None:
    if override is not None:
        return _Label(override.value, None, human=True)
    if entry is None:
        return None
    provenance = entry.get("provenance") or {}
    human = provenance.get("generator") == HUMAN
    if entry["status"] == Status.FOUND:
        return _Label(entry["value"], None if human else provenance.get("text"), human)
    return _Label(None, None, human) if human and entry["status"] == Status.NOT_APPLICABLE else None


def _expected(label: _Label) -> Answers:
    return Answers((), absent=True) if label.value is None else Answers((Answer(spelled_value(label.value)),))


def _written(label: _Label, attribute: Attribute, texts: Mapping[str, str]) -> Answers | None:
    """The label as it stands in the texts; None where a machine found it somewhere else."""
    if label.value is None:
        return Answers((), absent=True)
    patterns = [_pattern(text) for text in (label.text, *_spellings(label.value, attribute)) if text]
    if isinstance(attribute, NumberAttribute):
        patterns.append(_quantity(spelled_value(label.value), attribute.unit))
    found = {match[0] for text in texts.values() for pattern in patterns for match in pattern.finditer(text)}
    if not found and not label.human:
        return None
    return Answers(tuple(Answer(text) for text in sorted(found)) or (Answer(spelled_value(label.value)),))


def _spellings(value: Any, attribute: Attribute) -> tuple[str, ...]:
    if isinstance(attribute, BooleanAttribute):
        return tuple(t for t in (attribute.true_texts if value else attribute.false_texts) if len(t) > 3)  # not "yes"
    if isinstance(attribute, EnumAttribute):
        legal = next((legal for legal in attribute.values if legal.value == value), None)
        return (str(value), *(synonym.text for synonym in legal.synonyms)) if legal else (str(value),)
    return ()


@lru_cache(maxsize=20_000)
def _pattern(text: str) -> re.Pattern[str]:
    """The text as whole words, in any case and with any punctuation between its words."""
    words = re.findall(r"\w+", text) or [text]
    return re.compile(r"(?<!\w)" + r"[\W_]+".join(map(re.escape, words)) + r"(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def _quantity(number: str, unit: str | None) -> re.Pattern[str]:
    """A number with one of its unit's spellings behind it; a bare one may be anything."""
    units = "|".join(map(re.escape, unit_spellings(unit))) if unit else ""
    return re.compile(rf"(?<![\w.,]){re.escape(number)}(?:0|\.0+)?\s*(?:{units or '(?!)'})(?!\w)", re.IGNORECASE)
