"""Learned normalisers at work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from attrgen_assets.domain.extraction.normalise.classes import ClassModel, text_terms
from attrgen_assets.domain.extraction.normalise.expansion import expand
from attrgen_assets.domain.extraction.normalise.operators import operator

EXPAND: Final = "expand"
CLASSES: Final = "classes"
NOTHING: Final = ""
"""The class of a whole text that does not state the attribute."""
OPTIONS: Final = 3  # classes of one raw value that are considered ...
POSSIBLE: Final = 0.1  # ... where they are at least so likely


@dataclass(frozen=True, slots=True)
class AttributeNormaliser:
    """How one attribute of a category is normalised: known values first, then the learned method.

    `known` are raw values in lower case: those that a rule gets wrong, and for classes all that were seen in training.
    `method` is an operator's name, "expand" or "classes"; `accuracy` is its share of right answers on values of other
    groups of rows, by cross-validation. `context` judges classes by a product's whole text.
    """

    method: str
    accuracy: float
    known: Mapping[str, str] = field(default_factory=dict)
    expansions: Mapping[str, str] = field(default_factory=dict)
    classes: ClassModel | None = None
    context: ClassModel | None = None

    def apply(self, raw: str) -> tuple[str, float]:
        """The normalised value and how sure it is; the raw value where the method has no answer."""
        raw = " ".join(raw.split())
        known = self.known.get(raw.lower())
        if known is not None:
            return known, 1.0
        if self.method == CLASSES and self.classes is not None:
            return self.classes.predict(raw)
        if self.method == EXPAND:
            return expand(raw, self.expansions), 1.0
        value = operator(self.method)(raw)
        return (raw, 0.0) if value is None else (value, 1.0)

    def options(self, raw: str) -> Sequence[tuple[str, float]]:
        """What the raw value may become, with shares: one value, or a few classes that it may belong to."""
        raw = " ".join(raw.split())
        if self.method != CLASSES or self.classes is None or raw.lower() in self.known:
            return ((self.apply(raw)[0], 1.0),)
        shares = sorted(self.classes.shares(raw).items(), key=lambda item: (-item[1], item[0]))
        return [(name, share) for at, (name, share) in enumerate(shares[:OPTIONS]) if at == 0 or share >= POSSIBLE]


Key = tuple[str, str]
"""Category and attribute."""


@dataclass(frozen=True)
class Normaliser:
    """Normalisers by category and attribute; other attributes stay as they are written."""

    by_attribute: Mapping[Key, AttributeNormaliser]

    def apply(self, category: str, attribute: str, raw: str) -> tuple[str, float]:
        """The normalised value and how sure it is (0-1)."""
        found = self.by_attribute.get((category, attribute))
        return (raw, 1.0) if found is None else found.apply(raw)

    def options(self, category: str, attribute: str, raw: str) -> Sequence[tuple[str, float]]:
        """What the raw value may become, with shares of at most 1 together."""
        found = self.by_attribute.get((category, attribute))
        return ((raw, 1.0),) if found is None else found.options(raw)

    def contexts(self, category: str, text: str) -> dict[str, dict[str, float]]:
        """By attribute that has few values: how likely each of them, and `NOTHING`, is by the whole text."""
        models = self._contexts.get(category)
        if not models:
            return {}
        terms = text_terms(text)
        return {attribute: model.shares_of(terms) for attribute, model in models}

    @cached_property
    def _contexts(self) -> dict[str, list[tuple[str, ClassModel]]]:
        result: dict[str, list[tuple[str, ClassModel]]] = {}
        for (category, attribute), found in self.by_attribute.items():
            if found.context is not None:
                result.setdefault(category, []).append((attribute, found.context))
        return result
