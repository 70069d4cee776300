"""Choosing and training each attribute's normaliser; needs scikit-learn, which normalising does not."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression

from attrgen_assets.domain.extraction.normalise.classes import ClassModel, terms_of, text_terms, vector
from attrgen_assets.domain.extraction.normalise.expansion import expand, learn_expansions
from attrgen_assets.domain.extraction.normalise.learned import (
    CLASSES,
    EXPAND,
    NOTHING,
    AttributeNormaliser,
    Key,
    Normaliser,
)
from attrgen_assets.domain.extraction.normalise.operators import HALF_UP, names, operator, usual_unit
from attrgen_assets.domain.extraction.normalise.pairs import Pair, StatedClass
from attrgen_assets.domain.extraction.splits import fold_of

CLASS_SHARE: Final = 0.4  # at most so many classes for each distinct raw value: more is no generalisation
LENT_SHARE: Final = 0.7  # of the classes in common, for an attribute to learn from another
CONTEXT_ROWS: Final = 10  # that state an attribute, at least, for whole texts to be judged
CONTEXT_SHARE: Final = 0.3  # at most so many values for each of those rows
FOLDS: Final = 3
SEEN: Final = 2  # as often a value must have become something else than the rule says
_PARTS: Final = re.compile(r"\s*[,/;]\s*|\s+(?:and|&)\s+")


def learn_normaliser(pairs: Sequence[Pair], texts: Sequence[StatedClass] = (), *, seed: int) -> Normaliser:
    """Choose and train each attribute's normaliser; `texts` teach what whole texts say about classes."""
    grouped: dict[Key, list[Pair]] = defaultdict(list)
    for pair in pairs:
        grouped[pair.category, pair.attribute].append(pair)
    learned = {
        key: _learn(found, seed, _lent(key, found, grouped) if _few_classes(found) else [])
        for key, found in sorted(grouped.items())
    }
    stated: dict[Key, list[StatedClass]] = defaultdict(list)
    for item in texts:
        stated[item.category, item.attribute].append(item)
    for key, normaliser in learned.items():
        labels = [item.normal for item in stated[key]]
        values = [label for label in labels if label != NOTHING]
        if len(values) >= CONTEXT_ROWS and len(set(labels)) > 1 and len(set(values)) <= CONTEXT_SHARE * len(values):
            context = fit_classes([item.text for item in stated[key]], labels, strength=100.0, whole_texts=True)
            learned[key] = replace(normaliser, context=context)
    return Normaliser(learned)


def _lent(key: Key, pairs: Sequence[Pair], grouped: Mapping[Key, Sequence[Pair]]) -> list[Pair]:
    """Pairs of other attributes with mostly the same classes: "Color" of shelves learns from "Color(s)" of paper."""
    mine = {pair.normal for pair in pairs}
    lent: list[Pair] = []
    for other, found in sorted(grouped.items()):
        theirs = {pair.normal for pair in found}
        if other != key and len(mine & theirs) >= LENT_SHARE * min(len(mine), len(theirs)) and len(mine & theirs) > 1:
            lent += found
    return lent


def _learn(pairs: Sequence[Pair], seed: int, lent: Sequence[Pair]) -> AttributeNormaliser:
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
                fitted = _fit(method, train, 0.0, lent)
                right += sum(fitted.apply(pair.raw)[0] == pair.normal for pair in test)
        scored.append((-right, order, method))
    misses, _, method = min(scored)
    return _fit(method, pairs, -misses / len(pairs), lent)


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
    best = sorted(right, key=lambda name: (-right[name], "|" in name and name.split("|")[2] != usual))[:keep]
    return [*best, *(f"{name}|{HALF_UP}" for name in best if name.startswith("unit|"))]


def _fit(method: str, pairs: Sequence[Pair], accuracy: float, lent: Sequence[Pair]) -> AttributeNormaliser:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        votes[_spelled(pair.raw)][pair.normal] += 1
    known = {raw: _most_common(counted) for raw, counted in sorted(votes.items())}
    if method == EXPAND:
        expansions = learn_expansions(sorted({(pair.raw, pair.normal) for pair in pairs}))
        learned = _exceptions(known, pairs, lambda raw: expand(raw, expansions))
        return AttributeNormaliser(method, accuracy, learned, expansions)
    if method == CLASSES:
        for pair in lent:  # what the attribute's own rows say goes first
            known.setdefault(_spelled(pair.raw), pair.normal)
        if not 2 <= len(set(known.values())) <= len(known) / 2:  # too little of this part to generalise from
            return AttributeNormaliser("as written", accuracy, known)
        known = {**class_names(known.values()), **known}
        return AttributeNormaliser(method, accuracy, known, classes=fit_classes(list(known), list(known.values())))
    rule = operator(method)
    wrong = _exceptions(known, pairs, rule)
    # A rule is right more often than a single row that says otherwise.
    kept = {raw: normal for raw, normal in wrong.items() if votes[raw][normal] >= SEEN or rule(raw) is None}
    return AttributeNormaliser(method, accuracy, kept)


def _exceptions(known: Mapping[str, str], pairs: Iterable[Pair], rule: Callable[[str], str | None]) -> dict[str, str]:
    """What a rule gets wrong, however it was written."""
    right = {_spelled(pair.raw) for pair in pairs if rule(" ".join(pair.raw.split())) == known[_spelled(pair.raw)]}
    return {raw: normal for raw, normal in known.items() if raw not in right}


def class_names(classes: Iterable[str]) -> dict[str, str]:
    """Classes by their names, and by the parts of their names that no other class shares.

    >>> class_names(["Tape, Glue", "Glue and Ink"])
    {'ink': 'Glue and Ink', 'tape': 'Tape, Glue', 'glue and ink': 'Glue and Ink', 'tape, glue': 'Tape, Glue'}
    """
    found: dict[str, str] = {}
    distinct = sorted(set(classes))
    parts = {name: [part for part in _PARTS.split(name.lower()) if part] for name in distinct}
    shared = Counter(part for name in distinct for part in set(parts[name]))
    for name in distinct:
        found.update({part: name for part in parts[name] if shared[part] == 1})
    return {**found, **{_spelled(name): name for name in distinct}}


def _spelled(raw: str) -> str:
    return " ".join(raw.split()).lower()


def _most_common(counted: Counter[str]) -> str:
    return min(counted, key=lambda value: (-counted[value], value))


def fit_classes(
    texts: Sequence[str], labels: Sequence[str], *, strength: float = 30.0, whole_texts: bool = False
) -> ClassModel:
    """Train on distinct texts; equal input gives equal weights. At least two labels must differ."""
    split = [text_terms(text) if whole_texts else terms_of(text) for text in texts]
    frequency = Counter(term for found in split for term in set(found))
    # A term of one whole text says nothing about others; of a short value it may be the part that generalises.
    terms = sorted(term for term, count in frequency.items() if count > 1 or not whole_texts)
    idf = np.log((1 + len(texts)) / (1 + np.array([frequency[term] for term in terms]))) + 1
    numbers = {term: at for at, term in enumerate(terms)}
    vectors = np.zeros((len(texts), len(terms)))
    for at, found in enumerate(split):
        columns, values = vector(found, numbers, idf.astype(np.float32))
        vectors[at, columns] = values
    model = LogisticRegression(C=strength, max_iter=500, tol=1e-4)
    # There are far more terms than texts, and the best weights are sums of the texts' vectors; so the search runs in
    # the space those span, in which a text has as many coordinates as there are texts.
    basis, coordinates = np.linalg.qr(vectors.T)
    model.fit(coordinates.T, list(labels))
    weights, offsets = model.coef_ @ basis.T, model.intercept_
    if len(model.classes_) == 2:  # one row of weights: that of the second class
        weights, offsets = np.vstack([-weights, weights]) / 2, np.concatenate([-offsets, offsets]) / 2
    return ClassModel(
        tuple(str(name) for name in model.classes_),
        tuple(terms),
        idf.astype(np.float32),
        np.round(weights, 4).astype(np.float32),  # rounded: the last bits depend on the machine's linear algebra
        np.round(offsets, 4).astype(np.float32),
        whole_texts,
    )
