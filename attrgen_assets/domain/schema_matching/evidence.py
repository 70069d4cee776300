"""How much speaks for a column to carry a field: its name, and its values read as the field's attribute reads them.

    score = share_of_name x name + (1 - share_of_name) x values

A vocabulary is telling, so that values count for more than the name, and where three different legal values are there
they may speak alone (0.7 x values); that a text is a number, or short, tells little.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.coerce import Outcome, reader_for
from attrgen_assets.domain.attributes.matching import Remember
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.product_types.mapping import known_fields
from attrgen_assets.domain.product_types.model import Attribute, LexiconSource, ProductType
from attrgen_assets.domain.schema_matching.names import name_similarity
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile

TEXTS_READ: Final = 300  # of a column, the most frequent
_LONGEST_TEXT: Final = 80  # characters; a longer one is running text, and no value
_SHARE_OF_NAME: Final = {"enum": 0.45, "enum_list": 0.45, "number": 0.7, "boolean": 0.75, "text": 0.8}
_UNREADABLE: Final = 0.3  # where fewer cells can be read, a name alone does not persuade
_PENALTY: Final = 0.6
_ALONE: Final = 0.7
_DIFFERENT_VALUES: Final = 3
_PRIOR_CELLS: Final = 1.0  # cells that cannot be read, added to every column: three good cells are no proof

CanRead = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Target:
    """A field, the names that it goes by, and the attribute that takes its texts as they are (None: none does)."""

    field: str
    names: tuple[str, ...]
    attribute: Attribute | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a column to carry a field: all figures 0-1; `cells` have a text, `readable` of them are legal."""

    name: float
    values: float
    score: float
    cells: int
    readable: int
    kind: str


def targets_of(product_type: ProductType) -> list[Target]:
    """All fields that a column may be mapped to, in the order of the config."""
    takers: dict[str, Attribute] = {}
    for attribute in product_type.attributes:
        for source in attribute.sources:
            for field in source.fields:
                if not isinstance(source, LexiconSource):
                    takers.setdefault(field, attribute)
    columns = product_type.feed.columns
    prefix = product_type.feed.specifications.prefix + "." if product_type.feed.specifications else "\n"
    targets = []
    for field in known_fields(product_type):
        named = (name.removeprefix(prefix) for name in (field, *columns.get(field, ())))
        targets.append(Target(field, tuple(dict.fromkeys(named)), takers.get(field)))
    return targets


class Reading:
    """Reads the frequent texts of many columns as the attributes of a product type do, each text once an attribute."""

    def __init__(self, plan: Plan, profiles: Iterable[ColumnProfile], *, remember: Remember | None = None) -> None:
        self._plan = plan
        self._remember = remember
        texts = (text for profile in profiles for text, _ in profile.common(TEXTS_READ))
        self._texts = list(dict.fromkeys(text for text in texts if len(text) <= _LONGEST_TEXT))
        self._readable: dict[str, frozenset[str]] = {}

    def readable(self, attribute: Attribute) -> frozenset[str]:
        """The texts that are a legal value of the attribute, or say that it does not apply."""
        if attribute.name not in self._readable:
            vocabulary = self._plan.vocabularies.get(attribute.name)
            read = reader_for(attribute, self._plan.product_type.texts, vocabulary=vocabulary, remember=self._remember)
            outcomes = read(pl.Series(self._texts, dtype=pl.String)).outcome
            good = np.flatnonzero(outcomes != Outcome.REFUSED).tolist()
            self._readable[attribute.name] = frozenset(self._texts[index] for index in good)
        return self._readable[attribute.name]


def weigh(profile: ColumnProfile, target: Target, reading: Reading, *, name: str) -> Evidence:
    """The evidence for one column and one field; `name` is the column's name without a prefix."""
    likeness = name_similarity(name, target.names)
    kind = target.attribute.kind if target.attribute is not None else "text"
    cells, readable, different = profile.cells, 0, 0
    if target.attribute is None or kind == "text":
        values = _shape(profile, target.field)
        readable = round(values * cells)
    else:
        common = profile.common(TEXTS_READ)
        cells = sum(count for _, count in common)
        good = reading.readable(target.attribute)
        readable = sum(count for text, count in common if text in good)
        different = sum(text in good for text, _ in common)
        values = readable / (cells + _PRIOR_CELLS) if cells else 0.0
    share = _SHARE_OF_NAME[kind]
    score = share * likeness + (1 - share) * values
    if kind in ("enum", "enum_list") and different >= _DIFFERENT_VALUES:
        score = max(score, _ALONE * values)
    if values < _UNREADABLE:
        score *= _PENALTY
    return Evidence(round(likeness, 2), round(values, 2), round(score, 3), cells, readable, kind)


_WORDS: Final[Mapping[str, tuple[float, float]]] = {
    "sku": (1, 1.5), "brand": (1, 3), "title": (2.5, 25), "description": (8, 10_000),
}  # fmt: skip
_ALL_DIFFERENT: Final = 0.97


def _shape(profile: ColumnProfile, field: str) -> float:
    """Whether texts look like what a field of text holds, 0-1; 0.5 where there is no telling."""
    common = profile.common(TEXTS_READ)
    if field not in _WORDS or not common:
        return 0.5
    words = sum(len(text.split()) * count for text, count in common) / sum(count for _, count in common)
    least, most = _WORDS[field]
    if not least <= words <= most:
        return 0.0
    if field == "sku":
        return 1.0 if profile.cells and profile.distinct / profile.cells >= _ALL_DIFFERENT else 0.0
    return 1.0
