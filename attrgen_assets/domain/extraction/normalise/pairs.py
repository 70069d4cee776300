"""What raw value became what normalised value."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from attrgen_assets.domain.extraction.examples import Answer, LabelledProduct


@dataclass(frozen=True, slots=True)
class Pair:
    """A raw value of a category's attribute, what it became, and the group of rows that says so."""

    category: str
    attribute: str
    raw: str
    normal: str
    group: str


@dataclass(frozen=True, slots=True)
class StatedClass:
    """A product's whole text, and the normalised value that it states for an attribute; empty where it states none."""

    category: str
    attribute: str
    text: str
    normal: str


def stated_classes(products: Iterable[LabelledProduct]) -> list[StatedClass]:
    """The first acceptable value of every attribute that somebody looked at, with the product's text."""
    return [
        StatedClass(product.category, attribute, product.text, answers.values[0].value if answers.values else "")
        for product in products
        for attribute, answers in product.answers.items()
        if answers.values or answers.absent
    ]


def align(raw: Sequence[LabelledProduct], normal: Sequence[LabelledProduct], groups: Mapping[str, str]) -> list[Pair]:
    """Pairs from two labellings of the same products, joined by key; `groups` gives each key's group.

    A raw value became a normalised one that stands in the same fields. Where that leaves several, the one that the
    unambiguous rows saw most often for this raw value is taken; else the raw value teaches nothing.
    """
    by_key = {product.key: product for product in raw if product.key is not None}
    sure: list[Pair] = []
    open_cases: list[tuple[LabelledProduct, str, Answer, list[Answer]]] = []
    for product in normal:
        source = by_key.get(product.key or "")
        if source is None:
            continue
        for attribute, answers in product.answers.items():
            if attribute not in source.answers:
                continue
            for answer in source.answers[attribute].values:
                if answer.fields == ():  # it stands in no text, so it is not as written
                    continue
                fits = [other for other in answers.values if _fits(answer, other)]
                if len(fits) == 1:
                    sure.append(_pair(product, attribute, answer, fits[0], groups))
                elif fits:
                    open_cases.append((product, attribute, answer, fits))
    known: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    for pair in sure:
        known[pair.category, pair.attribute, pair.raw.lower()][pair.normal] += 1
    for product, attribute, answer, fits in open_cases:
        counted = known[product.category, attribute, answer.value.lower()]
        best = max(fits, key=lambda other: counted[other.value])
        if counted[best.value]:
            sure.append(_pair(product, attribute, answer, best, groups))
    return sure


def _fits(raw: Answer, normal: Answer) -> bool:
    return raw.fields is None or normal.fields is None or set(raw.fields) <= set(normal.fields)


def _pair(product: LabelledProduct, attribute: str, raw: Answer, normal: Answer, groups: Mapping[str, str]) -> Pair:
    return Pair(product.category, attribute, raw.value.strip(), normal.value, groups[product.key or ""])
