"""Training with its own measurement: cross-validation chooses the decision rule, then all rows are learned from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from attrgen_assets.domain.extraction.crf import CrfTrainer
from attrgen_assets.domain.extraction.examples import Answers, LabelledProduct
from attrgen_assets.domain.extraction.extractor import Extractor
from attrgen_assets.domain.extraction.model import (
    Decision,
    Prediction,
    Proposals,
    TrainedExtractor,
    TrainingConfig,
    decide,
    propose,
)
from attrgen_assets.domain.extraction.normalise.fitting import learn_normaliser
from attrgen_assets.domain.extraction.normalise.learned import Normaliser
from attrgen_assets.domain.extraction.normalise.pairs import align, stated_classes
from attrgen_assets.domain.extraction.ranking import fit_ranker
from attrgen_assets.domain.extraction.scoring import Score, classify
from attrgen_assets.domain.extraction.splits import fold_of, groups
from attrgen_assets.domain.extraction.training import Row, fit, make_rows

THRESHOLDS: Final = tuple(step / 40 for step in range(29))  # 0 to 0.7
NOTHING: Final = Prediction(None, 0.0, ())

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a fold's models propose for a product that they have not seen, its answers, and its group."""

    group: str
    answers: Mapping[str, Answers]
    proposals: Proposals


def train(
    products: Sequence[LabelledProduct],
    trainer: CrfTrainer,
    config: TrainingConfig,
    *,
    raw: Sequence[LabelledProduct] | None = None,
    report: Report = lambda _: None,
) -> TrainedExtractor:
    """Train an extractor; with `raw`, values as they are written for the same products, also a normaliser.

    With fewer than two groups of rows, or `folds` below 2, the decision rule is the default one.
    """
    rows, targets = _rows(products, raw)
    held: list[HeldOut] = []
    for fold in range(config.folds if config.folds > 1 else 0):
        report(f"cross-validation {fold + 1} of {config.folds}")
        held += _held_out(rows, targets, trainer, config, fold)
    decision, score = choose_decision(held, seed=config.seed)
    report("all rows")
    parts = fit(rows, trainer, joint=True)
    normaliser = None if targets is None else _normaliser(rows, targets, config.seed)
    scores = {"f1": score.f1, "precision": score.precision, "recall": score.recall} if held else {}
    return TrainedExtractor(
        config=config, parts=parts, decision=decision, normaliser=normaliser, scores=scores, rows=len(products)
    )


Targets = dict[str, LabelledProduct]


def _rows(
    products: Sequence[LabelledProduct], raw: Sequence[LabelledProduct] | None
) -> tuple[list[Row], Targets | None]:
    """Rows whose answers stand in their texts, and by key the products with normalised answers."""
    if raw is None:
        return make_rows(products, groups(products)), None
    targets = {product.key: product for product in products if product.key is not None}
    written = [product for product in raw if product.key in targets]
    kept = [
        replace(product, answers={n: a for n, a in product.answers.items() if n in targets[product.key or ""].answers})
        for product in written
    ]
    return make_rows(kept, groups(kept)), targets


def _normaliser(rows: Sequence[Row], targets: Targets, seed: int) -> Normaliser:
    by_key = {row.product.key or "": row.group for row in rows}
    pairs = align([row.product for row in rows], [targets[key] for key in by_key], by_key)
    texts = stated_classes(targets[key] for key in by_key)
    return learn_normaliser(pairs, texts, seed=seed)


def _held_out(
    rows: Sequence[Row], targets: Targets | None, trainer: CrfTrainer, config: TrainingConfig, fold: int
) -> list[HeldOut]:
    out = [fold_of(row.group, folds=config.folds, seed=config.seed) == fold for row in rows]
    inside = [row for row, held in zip(rows, out, strict=True) if not held]
    outside = [row for row, held in zip(rows, out, strict=True) if held]
    if not inside or not outside:
        return []
    extractor = Extractor(fit(inside, trainer, joint=True))
    normaliser = None if targets is None else _normaliser(inside, targets, config.seed)
    found = extractor.candidates([row.product for row in outside])
    return [
        HeldOut(row.group, _answers(row.product, targets), propose(extractor, row.product, candidates, normaliser))
        for row, candidates in zip(outside, found, strict=True)
    ]


def _answers(product: LabelledProduct, targets: Targets | None) -> Mapping[str, Answers]:
    return product.answers if targets is None else targets[product.key or ""].answers


def choose_decision(held: Sequence[HeldOut], *, seed: int) -> tuple[Decision, Score]:
    """The ranker, the threshold with the best F1 (the lowest of equals), and that score.

    Threshold and score come from rankers of one half of the rows, measured on the other; the final one has all rows.
    """
    ranker = _fit_ranker(held)
    if ranker is None:
        return Decision(), Score()
    halves = [fold_of(f"ranker:{item.group}", folds=2, seed=seed) for item in held]
    decided: list[Decided] = []
    for half in range(2):
        other = [item for item, place in zip(held, halves, strict=True) if place != half]
        mine = [item for item, place in zip(held, halves, strict=True) if place == half]
        decided += _decided(mine, _fit_ranker(other))
    scores = [(_score(decided, threshold), threshold) for threshold in THRESHOLDS]
    best, threshold = max(scores, key=lambda item: (item[0].f1, -item[1]))
    return Decision(threshold=threshold, ranker=ranker), best


Decided = tuple[Answers, str | None, float]


def _fit_ranker(held: Sequence[HeldOut]) -> tuple[float, ...] | None:
    """Weights, or None where there are no right or no wrong candidates to learn from."""
    rows: list[list[float]] = []
    right: list[bool] = []
    for item in held:
        for attribute, answers in item.answers.items():
            rows += item.proposals.features.get(attribute, [])
            right += [answers.accepts(value.value) for value in item.proposals.values.get(attribute, [])]
    return fit_ranker(rows, right) if any(right) and not all(right) else None


def _decided(held: Sequence[HeldOut], ranker: tuple[float, ...] | None) -> list[Decided]:
    rule = Decision(threshold=0.0, ranker=ranker)
    result: list[Decided] = []
    for item in held:
        predictions = decide(item.proposals, rule)
        for attribute, answers in item.answers.items():
            found = predictions.get(attribute, NOTHING)
            result.append((answers, found.value, found.probability))
    return result


def _score(decided: Sequence[Decided], threshold: float) -> Score:
    counts = dict.fromkeys(("nn", "nv", "vn", "vc", "vw"), 0)
    for answers, value, probability in decided:
        counts[classify(answers, value if probability >= threshold else None)] += 1
    return Score(**counts)
