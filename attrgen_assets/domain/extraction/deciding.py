"""The decision rule: a ranker and a threshold, chosen by what models propose for products that they have not seen."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from attrgen_assets.domain.extraction.examples import Answers
from attrgen_assets.domain.extraction.model import Decision, Prediction, Proposals, decide
from attrgen_assets.domain.extraction.ranker_fitting import fit_trees
from attrgen_assets.domain.extraction.ranking import Key, Prior, Ranker
from attrgen_assets.domain.extraction.scoring import Score, classify
from attrgen_assets.domain.extraction.splits import fold_of

THRESHOLDS: Final = tuple(step / 40 for step in range(29))  # 0 to 0.7
NEAR: Final = 3  # neighbours on each side that a threshold's F1 is averaged with: on a flat curve the top is chance
RANKER_FOLDS: Final = 4
NOT_LOOKED_FOR: Final = Prediction(None, 0.0, ())


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a fold's models propose for a product that they have not seen, its answers, and its group."""

    group: str
    answers: Mapping[str, Answers]
    proposals: Proposals


def choose_decision(held: Sequence[HeldOut], *, seed: int) -> tuple[Decision, Score]:
    """The ranker, the threshold with the best F1 on average of its surroundings (the lowest of equals), and its score.

    Threshold and score are measured on rows that the ranker has not seen (cross-validation); the final one has all.
    """
    ranker = _fit_ranker(held, seed)
    if ranker is None:
        return Decision(), Score()
    places = [fold_of(f"ranker:{item.group}", folds=RANKER_FOLDS, seed=seed) for item in held]
    decided: list[Decided] = []
    for fold in range(RANKER_FOLDS):
        other = [item for item, place in zip(held, places, strict=True) if place != fold]
        mine = [item for item, place in zip(held, places, strict=True) if place == fold]
        decided += _decided(mine, _fit_ranker(other, seed))
    scores = [_score(decided, threshold) for threshold in THRESHOLDS]
    best = highest_plateau([score.f1 for score in scores])
    return Decision(threshold=THRESHOLDS[best], ranker=ranker), scores[best]


def highest_plateau(values: Sequence[float], near: int = NEAR) -> int:
    """Where the average of so many neighbours on each side is highest; beyond the ends, the ends count again.

    >>> highest_plateau([0, 9, 0, 5, 6, 5, 0], near=1)
    4
    """
    last = len(values) - 1
    averages = [
        sum(values[min(max(other, 0), last)] for other in range(at - near, at + near + 1)) for at in range(last + 1)
    ]
    return max(range(last + 1), key=lambda at: (averages[at], -at))


Decided = tuple[Answers, str | None, float]


def _fit_ranker(held: Sequence[HeldOut], seed: int) -> Ranker | None:
    """A ranker, or None where there are no right or no wrong candidates to learn from."""
    priors = _priors(held)
    rows: list[list[float]] = []
    right: list[bool] = []
    for item in held:
        for attribute, answers in item.answers.items():
            prior = priors[item.proposals.category, attribute]
            rows += [[*features, *prior] for features in item.proposals.features.get(attribute, [])]
            right += [answers.accepts(value.value) for value in item.proposals.values.get(attribute, [])]
    return Ranker(fit_trees(rows, right, seed=seed), priors) if any(right) and not all(right) else None


def _priors(held: Sequence[HeldOut]) -> dict[Key, Prior]:
    """How often each attribute is stated, and how often its likeliest value is right, as log odds."""
    counts: Counter[tuple[Key, str]] = Counter()
    for item in held:
        for attribute, answers in item.answers.items():
            key = (item.proposals.category, attribute)
            counts[key, "rows"] += 1
            counts[key, "stated"] += bool(answers.values)
            if listed := item.proposals.values.get(attribute):
                counts[key, "found"] += 1
                counts[key, "right"] += answers.accepts(listed[0].value)
    keys = sorted({key for key, _ in counts})
    return {
        key: (
            _log_odds(counts[key, "stated"], counts[key, "rows"], 1),
            _log_odds(counts[key, "right"], counts[key, "found"], 2),
        )
        for key in keys
    }


def _log_odds(part: int, whole: int, doubt: int) -> float:
    """Of a share, drawn towards one half by `doubt` made-up cases on each side."""
    return round(log((part + doubt) / (whole - part + doubt)), 6)


def _decided(held: Sequence[HeldOut], ranker: Ranker | None) -> list[Decided]:
    rule = Decision(threshold=0.0, ranker=ranker)
    predictions = decide([item.proposals for item in held], rule)
    return [
        (answers, (found := row.get(attribute, NOT_LOOKED_FOR)).value, found.probability)
        for item, row in zip(held, predictions, strict=True)
        for attribute, answers in item.answers.items()
    ]


def _score(decided: Sequence[Decided], threshold: float) -> Score:
    return Score(**Counter(classify(a, value if chance >= threshold else None) for a, value, chance in decided))
