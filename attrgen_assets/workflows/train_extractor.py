"""Let an extractor learn from labelled products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from attrgen_assets.domain.extraction.crf import CrfTrainer
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.learning import FOUND_SHARE, share_in_texts, train
from attrgen_assets.domain.extraction.model import Predictor, TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.opinions import OpinionTrainer
from attrgen_assets.domain.extraction.splits import development_split
from attrgen_assets.domain.extraction.word_classes import WordClasses
from attrgen_assets.errors import FeedError
from attrgen_assets.workflows.extract import Evaluation, evaluate_extractor


class ModelStore(Protocol):
    """Where a trained extractor is kept."""

    def save(self, model: TrainedExtractor) -> None:
        """Keep the model, all of it or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainReport:
    """What training made: products, attributes, and scores by cross-validation."""

    rows: int
    categories: int
    attributes: int
    scores: dict[str, float]
    seconds: float


def train_extractor(
    products: Sequence[LabelledProduct],
    *,
    raw: Sequence[LabelledProduct] | None = None,
    trainer: CrfTrainer,
    config: TrainingConfig,
    store: ModelStore,
    encoders: OpinionTrainer | None = None,
    classes: WordClasses,
    data_hash: str = "",
    report: Callable[[str], None] = lambda _: None,
) -> TrainReport:
    """Train and keep an extractor; `report` hears of each step. Raises FeedError when the data labels nothing."""
    started = perf_counter()
    if not any(answers.values for product in products for answers in product.answers.values()):
        message = (
            f"{len(products)} products, and none has a labelled value in `target_scores`; "
            "training needs rows that say what the right answers are"
        )
        raise FeedError(message)
    keys = {product.key for product in products} - {None}
    if raw is not None and not any(product.key in keys for product in raw):
        raise FeedError("no product with values as written has the id of one with normalised values; both need `id`")
    if raw is None and (found := share_in_texts(products)) < FOUND_SHARE:
        report(
            f"note: only {found:.0%} of the labelled values stand in the texts as they are; what stands for the others "
            "is inferred. The same products labelled with values as written (--raw) teach more"
        )
    model = train(products, trainer, config, raw=raw, encoders=encoders, classes=classes, report=report)
    if not model.parts.mentions:
        message = "none of the labelled values stands in its text, or can be inferred from it"
        raise FeedError(message)
    store.save(replace(model, data_hash=data_hash))
    return TrainReport(
        rows=len(products),
        categories=len(model.parts.attributes),
        attributes=len(model.parts.pooled),
        scores=dict(model.scores),
        seconds=perf_counter() - started,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRow:
    """One data set's measurement on its development split."""

    train_rows: int
    train_seconds: float
    evaluation: Evaluation
    cross_validated_f1: float


def bench_extractor(
    products: Sequence[LabelledProduct],
    raw: Sequence[LabelledProduct] | None = None,
    *,
    trainer: CrfTrainer,
    config: TrainingConfig,
    encoders: OpinionTrainer | None = None,
    classes: WordClasses,
) -> BenchRow:
    """Train on the training part of a data set and measure on its development split."""
    started = perf_counter()
    inside, outside = development_split(products, seed=config.seed)
    model = train([products[at] for at in inside], trainer, config, raw=raw, encoders=encoders, classes=classes)
    seconds = perf_counter() - started
    predictor = Predictor(model)
    evaluation = evaluate_extractor(predictor, [products[at] for at in outside])
    return BenchRow(
        train_rows=len(inside),
        train_seconds=seconds,
        evaluation=evaluation,
        cross_validated_f1=model.scores.get("f1", 0.0),
    )
