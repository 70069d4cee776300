"""Which normaliser an attribute follows, learned from pairs."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from attrgen_assets.domain.extraction.normalise.classes import ClassModel, fit_classes
from attrgen_assets.domain.extraction.normalise.expansion import expand, learn_expansions
from attrgen_assets.domain.extraction.normalise.operators import names, operator, usual_unit
from attrgen_assets.domain.extraction.normalise.pairs import Pair
from attrgen_assets.domain.extraction.splits import fold_of

CLASS_SHARE: Final = 0.4  # at most so many classes for each distinct raw value: more is no generalisation
FOLDS: Final = 3
EXPAND: Final = "expand"
CLASSES: Final = "classes"


@dataclass(frozen=True, slots=True)
class AttributeNormaliser:
    """How one attribute of a category is normalised: values seen in training first, then the learned method.

    `method` is an operator's name, "expand" or "classes"; `accuracy` is its share of right answers on values of other
    groups of rows, by cross-validation.
    """

    method: str
    accuracy: float
    known: Mapping[str, str] = field(default_factory=dict)
    expansions: Mapping[str, str] = field(default_factory=dict)
    classes: ClassModel | None = None

    def apply(self, raw: str) -> tuple[str, float]:
        """The normalised value and how sure it is; the raw value where the method has no answer."""
        raw = " ".join(raw.split())
        known = self.known.get(raw.lower())
        if known is not None and self.method in (EXPAND, CLASSES):
            return known, 1.0
        if self.method == CLASSES and self.classes is not None:
            return self.classes.predict(raw)
        if self.method == EXPAND:
            return expand(raw, self.expansions), 1.0
        value = operator(self.method)(raw)
        if value is not None:
            return value, 1.0
        return (known, 1.0) if known is not None else (raw, 0.0)


Key = tuple[str, str]
"""Category and attribute."""


@dataclass(frozen=True, slots=True)
class Normaliser:
    """Normalisers by category and attribute; other attributes stay as they are written."""

    by_attribute: Mapping[Key, AttributeNormaliser]

    def apply(self, category: str, attribute: str, raw: str) -> tuple[str, float]:
        """The normalised value and how sure it is (0-1)."""
        found = self.by_attribute.get((category, attribute))
        return (raw, 1.0) if found is None else found.apply(raw)


def learn_normaliser(pairs: Sequence[Pair], *, seed: int) -> Normaliser:
    """Choose and train each attribute's normaliser."""
    grouped: dict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.category, pair.attribute].append(pair)
    return Normaliser({key: _learn(found, seed) for key, found in sorted(grouped.items())})


def _learn(pairs: Sequence[Pair], seed: int) -> AttributeNormaliser:
    """The simplest method among those that are right most often on held-out groups."""
    folds = [fold_of(pair.group, folds=FOLDS, seed=seed) for pair in pairs]
    methods = [*_best_operators(pairs), EXPAND]
    if _few_classes(pairs):
        methods.append(CLASSES)
    scored = []
    for order, method in enumerate(methods):
        right = 0
        for held in range(FOLDS):
            train = [pair for pair, fold in zip(pairs, folds, strict=True) if fold != held]
            test = [pair for pair, fold in zip(pairs, folds, strict=True) if fold == held]
            if train and test:
                fitted = _fit(method, train, 0.0)
                right += sum(fitted.apply(pair.raw)[0] == pair.normal for pair in test)
        scored.append((-right, order, method))
    misses, _, method = min(scored)
    return _fit(method, pairs, -misses / len(pairs))


def _few_classes(pairs: Sequence[Pair]) -> bool:
    raw, normal = {pair.raw.lower() for pair in pairs}, {pair.normal for pair in pairs}
    return 2 <= len(normal) <= CLASS_SHARE * len(raw)


def _best_operators(pairs: Sequence[Pair], keep: int = 3) -> list[str]:
    """Operators need no training, so they are compared on all pairs; the first is the simplest of the best.

    Where every raw value has its unit, the unit of a bare number makes no difference: it is taken to be the usual one.
    """
    distinct = Counter((pair.raw, pair.normal) for pair in pairs)
    right = {name: sum(n for (raw, normal), n in distinct.items() if operator(name)(raw) == normal) for name in names()}
    usual = usual_unit(raw for raw, _ in distinct)
    return sorted(right, key=lambda name: (-right[name], "|" in name and name.split("|")[2] != usual))[:keep]


def _fit(method: str, pairs: Sequence[Pair], accuracy: float) -> AttributeNormaliser:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        votes[" ".join(pair.raw.split()).lower()][pair.normal] += 1
    known = {raw: _most_common(counted) for raw, counted in sorted(votes.items())}
    if method == EXPAND:
        spelled = sorted({(pair.raw, pair.normal) for pair in pairs})
        known = {" ".join(raw.split()).lower(): normal for raw, normal in spelled} if _case_safe(spelled) else {}
        return AttributeNormaliser(method, accuracy, known, learn_expansions(spelled))
    if method == CLASSES:
        if not 2 <= len(set(known.values())) <= len(known) / 2:  # too little of this part to generalise from
            return AttributeNormaliser("as written", accuracy, known)
        return AttributeNormaliser(method, accuracy, known, classes=fit_classes(list(known), list(known.values())))
    return AttributeNormaliser(method, accuracy, known)


def _most_common(counted: Counter[str]) -> str:
    return min(counted, key=lambda value: (-counted[value], value))


def _case_safe(spelled: Sequence[tuple[str, str]]) -> bool:
    """Whether spellings that differ in case only became the same value."""
    seen: dict[str, str] = {}
    return all(seen.setdefault(raw.lower(), normal) == normal for raw, normal in spelled)
