"""Training with its own measurement: cross-validation chooses the decision rule, then all rows are learned from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from attrgen_assets.domain.extraction.crf import CrfTrainer
from attrgen_assets.domain.extraction.examples import Answers, LabelledProduct
from attrgen_assets.domain.extraction.extractor import Candidates, Extractor
from attrgen_assets.domain.extraction.model import Decision, TrainedExtractor, TrainingConfig, decide
from attrgen_assets.domain.extraction.normalise.learned import Normaliser, learn_normaliser
from attrgen_assets.domain.extraction.normalise.pairs import align
from attrgen_assets.domain.extraction.scoring import Score, classify
from attrgen_assets.domain.extraction.splits import fold_of, groups
from attrgen_assets.domain.extraction.training import Row, fit, make_rows

JOINT_WEIGHTS: Final = (0.0, 0.25, 0.5, 0.75)
THRESHOLDS: Final = (0.0, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _HeldOut:
    """What a fold's models propose for products that they have not seen, and the answers."""

    product: LabelledProduct
    answers: Mapping[str, Answers]
    candidates: Candidates
    normaliser: Normaliser | None


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
    held: list[_HeldOut] = []
    for fold in range(config.folds if config.folds > 1 else 0):
        report(f"cross-validation {fold + 1} of {config.folds}")
        held += _held_out(rows, targets, trainer, config, fold)
    decision, score = choose_decision(held)
    report("all rows")
    parts = fit(rows, trainer, joint=True)
    if decision.joint_weight == 0:
        parts = replace(parts, joint={})
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
    return learn_normaliser(pairs, seed=seed)


def _held_out(
    rows: Sequence[Row], targets: Targets | None, trainer: CrfTrainer, config: TrainingConfig, fold: int
) -> list[_HeldOut]:
    out = [fold_of(row.group, folds=config.folds, seed=config.seed) == fold for row in rows]
    inside = [row for row, held in zip(rows, out, strict=True) if not held]
    products = [row.product for row, held in zip(rows, out, strict=True) if held]
    if not inside or not products:
        return []
    extractor = Extractor(fit(inside, trainer, joint=True))
    normaliser = None if targets is None else _normaliser(inside, targets, config.seed)
    return [
        _HeldOut(product, _answers(product, targets), candidates, normaliser)
        for product, candidates in zip(products, extractor.candidates(products), strict=True)
    ]


def _answers(product: LabelledProduct, targets: Targets | None) -> Mapping[str, Answers]:
    return product.answers if targets is None else targets[product.key or ""].answers


def choose_decision(held: Sequence[_HeldOut]) -> tuple[Decision, Score]:
    """The decision rule with the best F1 on held-out rows; the first of equals."""
    best, best_score = Decision(), Score()
    for weight in JOINT_WEIGHTS:
        decided = list(_decided(held, weight))
        for threshold in THRESHOLDS:
            score = _score(decided, threshold)
            if score.f1 > best_score.f1:
                best, best_score = Decision(joint_weight=weight, threshold=threshold), score
    return best, best_score


def _decided(held: Sequence[_HeldOut], weight: float) -> list[tuple[Answers, str | None, float]]:
    rule = Decision(joint_weight=weight, threshold=0.0)
    result = []
    for item in held:
        for attribute, answers in item.answers.items():
            spans = item.candidates.get(attribute, [])
            found = decide(item.product.category, attribute, spans, rule, item.normaliser)
            result.append((answers, found.value, found.probability))
    return result


def _score(decided: Sequence[tuple[Answers, str | None, float]], threshold: float) -> Score:
    counts = dict.fromkeys(("nn", "nv", "vn", "vc", "vw"), 0)
    for answers, value, probability in decided:
        counts[classify(answers, value if probability >= threshold else None)] += 1
    return Score(**counts)
