"""Labelled products: texts of a product and, for some attributes, the answers that count as right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NOT_STATED: Final = "n/a"
"""How data sets write that an attribute was looked for and the text does not state it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One acceptable value; `fields` says in which texts it stands (none if empty), None where that is not recorded."""

    value: str
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """All acceptable answers of one attribute; `absent` when "not stated" is one of them.

    >>> Answers((Answer("Red"),)).accepts("Red"), Answers((), absent=True).accepts(None)
    (True, True)
    """

    values: tuple[Answer, ...] = ()
    absent: bool = False

    def accepts(self, value: str | None) -> bool:
        """Whether this value (None: not stated) is right; case-sensitive."""
        return self.absent if value is None else any(answer.value == value for answer in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledProduct:
    """A product's texts by field, in reading order.

    `answers` holds only attributes that somebody looked at: any other attribute is unknown, not absent.
    `key` pairs rows of two files about the same product; `group` joins offers of one product.
    """

    category: str
    texts: Mapping[str, str]
    answers: Mapping[str, Answers] = field(default_factory=dict)
    key: str | None = None
    group: str | None = None

    @property
    def text(self) -> str:
        """All texts, one a line."""
        return "\n".join(self.texts.values())


def attributes_by_category(products: list[LabelledProduct]) -> dict[str, list[str]]:
    """Every attribute that was looked at in a category, both sorted; no category in which nobody looked at any.

    >>> row = LabelledProduct(category="Tea", texts={}, answers={"Form": Answers(), "Brand": Answers()})
    >>> attributes_by_category([row, LabelledProduct(category="Mugs", texts={}, answers={})])
    {'Tea': ['Brand', 'Form']}
    """
    seen: dict[str, set[str]] = {}
    for product in products:
        if product.answers:
            seen.setdefault(product.category, set()).update(product.answers)
    return {category: sorted(names) for category, names in sorted(seen.items())}
