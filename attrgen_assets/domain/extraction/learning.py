"""Training with its own measurement: cross-validation chooses the decision rule, then all rows are learned from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from attrgen_assets.domain.extraction.crf import CrfTrainer
from attrgen_assets.domain.extraction.deciding import HeldOut, choose_decision
from attrgen_assets.domain.extraction.distant.alignment import written_products
from attrgen_assets.domain.extraction.examples import Answers, LabelledProduct, attributes_by_category
from attrgen_assets.domain.extraction.extractor import Extractor
from attrgen_assets.domain.extraction.model import (
    TrainedExtractor,
    TrainingConfig,
    propose,
)
from attrgen_assets.domain.extraction.normalise.fitting import learn_normaliser
from attrgen_assets.domain.extraction.normalise.learned import Normaliser
from attrgen_assets.domain.extraction.normalise.pairs import align, stated_classes
from attrgen_assets.domain.extraction.opinions import Lesson, Opinion, OpinionTrainer, joined
from attrgen_assets.domain.extraction.splits import fold_of, groups
from attrgen_assets.domain.extraction.training import Parts, Row, fit, make_rows
from attrgen_assets.domain.extraction.word_classes import WordClasses

ENCODERS: Final = 2  # trained on all rows; a third one adds less than it costs in time
FOUND_SHARE: Final = 0.8  # of the answers that stand in their texts; data sets of values as written reach 0.99

Report = Callable[[str], None]


def train(
    products: Sequence[LabelledProduct],
    trainer: CrfTrainer,
    config: TrainingConfig,
    *,
    raw: Sequence[LabelledProduct] | None = None,
    encoders: OpinionTrainer | None = None,
    classes: WordClasses,
    report: Report = lambda _: None,
) -> TrainedExtractor:
    """Train an extractor that knows the words of `classes`; with `encoders`, also a fine-tuned encoder that has a say.

    With `raw`, values as they are written for the same products, also a normaliser. It is trained without `raw` as well
    where most answers do not stand in their texts: then what they are in the texts is found by `distant`.
    With fewer than two groups of rows, or `folds` below 2, the decision rule is the default one.
    """
    labels = _labels(products, raw)
    folds = _folds(labels, config)
    rows = labels.learnable(labels.rows)
    opinions: list[Opinion | None] = [None] * (len(folds) + 1)
    if encoders is not None:
        opinions = [*_opinions(folds, rows, labels, encoders, config)]
    learn = partial(fit, trainer=trainer, joint=True, answers=labels.answers, classes=classes)
    held: list[HeldOut] = []
    for at, fold in enumerate(folds):
        report(f"cross-validation {at + 1} of {len(folds)}")
        held += _held_out(labels, fold, learn, opinions[at], seed=config.seed)
    decision, score = choose_decision(held, seed=config.seed)
    report("all rows")
    return TrainedExtractor(
        config=config,
        parts=learn(rows),
        decision=decision,
        normaliser=labels.normaliser(rows, config.seed),
        opinion=opinions[-1],
        scores={"f1": score.f1, "precision": score.precision, "recall": score.recall} if held else {},
        rows=len(products),
    )


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of the cross-validation: rows to learn from, with answers that stand in their texts, and rows held out."""

    inside: list[Row]
    outside: list[Row]


def _folds(labels: "Labels", config: TrainingConfig) -> list[Fold]:
    """Those with rows on both sides, and with something to learn."""
    places = [fold_of(row.group, folds=max(config.folds, 1), seed=config.seed) for row in labels.rows]
    parts = [
        tuple(
            [row for row, place in zip(labels.rows, places, strict=True) if (place == fold) is held]
            for held in (False, True)
        )
        for fold in range(config.folds if config.folds > 1 else 0)
    ]
    folds = [Fold(labels.learnable(inside), outside) for inside, outside in parts if inside and outside]
    return [fold for fold in folds if any(found is not None for row in fold.inside for found in row.spans.values())]


def _opinions(
    folds: Sequence[Fold], rows: Sequence[Row], labels: "Labels", encoders: OpinionTrainer, config: TrainingConfig
) -> list[Opinion]:
    """One for each fold, and the average of those on all rows from different seeds."""
    taught = labels.as_written(rows)
    known, learned = (
        attributes_by_category([row.product for row in some]) for some in (labels.as_written(labels.rows), taught)
    )
    lessons = [
        Lesson(rows=labels.as_written(fold.inside), attributes=known, seed=config.seed + at)
        for at, fold in enumerate(folds)
    ] + [Lesson(rows=taught, attributes=learned, seed=config.seed + config.folds + at) for at in range(ENCODERS)]
    found = encoders.train(lessons)
    return [*found[: len(folds)], encoders.average(found[len(folds) :], taught)]


def share_in_texts(products: Iterable[LabelledProduct]) -> float:
    """The share of labelled values that stand in their product's texts as they are; 1 where there are none."""
    found = [
        answer.value in product.text
        for product in products
        for answers in product.answers.values()
        for answer in answers.values
    ]
    return sum(found) / len(found) if found else 1.0


@dataclass(frozen=True, slots=True)
class Labels:
    """What there is to learn from: rows, and by key the products with normalised answers (None: there are none).

    With `distant` the rows' answers are the normalised ones, and what stands in the texts has to be found. `written`
    are the rows by key with all that is labelled as written, also attributes that have no normalised answers.
    """

    rows: list[Row]
    targets: dict[str, LabelledProduct] | None
    distant: bool = False
    written: Mapping[str, Row] = field(default_factory=dict)

    def learnable(self, rows: Sequence[Row]) -> list[Row]:
        """These rows with answers that stand in the texts. Only these rows are used to find them."""
        if not self.distant:
            return list(rows)
        return make_rows(written_products([row.product for row in rows]), [row.group for row in rows])

    def as_written(self, rows: Sequence[Row]) -> list[Row]:
        """These rows with all that is labelled: of what is not asked for, encoders learn to read as well."""
        return [self.written.get(row.product.key or "", row) for row in rows]

    def answers(self, product: LabelledProduct) -> Mapping[str, Answers]:
        """The answers that a prediction should give."""
        return product.answers if self.targets is None else self.targets[product.key or ""].answers

    def normaliser(self, rows: Sequence[Row], seed: int) -> Normaliser | None:
        """Learned from rows that are `learnable`."""
        if self.targets is None:
            return None
        by_key = {row.product.key or "": row.group for row in rows}
        normal = [self.targets[key] for key in by_key]
        pairs = align([row.product for row in rows], normal, by_key)
        return learn_normaliser(pairs, stated_classes(normal), seed=seed)


def _labels(products: Sequence[LabelledProduct], raw: Sequence[LabelledProduct] | None) -> Labels:
    if raw is None:
        if share_in_texts(products) >= FOUND_SHARE:
            return Labels(make_rows(products, groups(products)), None)
        numbered = [replace(product, key=str(at)) for at, product in enumerate(products)]
        targets = {product.key or "": product for product in numbered}
        return Labels(make_rows(numbered, groups(numbered)), targets, distant=True)
    targets = {product.key: product for product in products if product.key is not None}
    written = [product for product in raw if product.key in targets]
    kept = [
        replace(product, answers={n: a for n, a in product.answers.items() if n in targets[product.key or ""].answers})
        for product in written
    ]
    found = groups(kept)
    rows = {row.product.key or "": row for row in make_rows(written, found)}
    return Labels(make_rows(kept, found), targets, written=rows)


def _held_out(
    labels: Labels, fold: Fold, learn: Callable[[list[Row]], Parts], opinion: Opinion | None, *, seed: int
) -> list[HeldOut]:
    """What models of the other folds say of this one."""
    extractor = Extractor(learn(fold.inside))
    normaliser = labels.normaliser(fold.inside, seed)
    products = [row.product for row in fold.outside]
    found = extractor.candidates(products)
    if opinion is not None:
        found = joined(products, found, opinion, extractor.attributes)
    proposals = [
        propose(extractor, product, candidates, normaliser, encoder=opinion is not None)
        for product, candidates in zip(products, found, strict=True)
    ]
    return [
        HeldOut(row.group, labels.answers(row.product), proposal)
        for row, proposal in zip(fold.outside, proposals, strict=True)
    ]
