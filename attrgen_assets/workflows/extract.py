"""Let an extractor learn, predict, be measured, and explain itself."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter
from typing import Final, Protocol

from attrgen_assets.domain.extraction.crf import CrfTrainer
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.explain import Explanation, explain
from attrgen_assets.domain.extraction.learning import train
from attrgen_assets.domain.extraction.model import Prediction, Predictor, TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.scoring import Score, score_rows
from attrgen_assets.domain.extraction.splits import development_split
from attrgen_assets.errors import FeedError

BATCH_ROWS: Final = 500  # products scored together: more saves nothing and takes memory


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
    data_hash: str = "",
    report: Callable[[str], None] = lambda _: None,
) -> TrainReport:
    """Train and keep an extractor. Raises FeedError when the data labels nothing."""
    started = perf_counter()
    if not any(answers.values for product in products for answers in product.answers.values()):
        message = (
            f"{len(products)} products, and none has a labelled value in `target_scores`; "
            "training needs rows that say what the right answers are"
        )
        raise FeedError(message)
    model = train(products, trainer, config, raw=raw, report=report)
    store.save(replace(model, data_hash=data_hash))
    return TrainReport(
        rows=len(products),
        categories=len(model.parts.attributes),
        attributes=len(model.parts.pooled),
        scores=dict(model.scores),
        seconds=perf_counter() - started,
    )


def predict_products(
    predictor: Predictor, products: Iterable[LabelledProduct], *, batch_rows: int = BATCH_ROWS
) -> Iterator[dict[str, Prediction]]:
    """Answers for each product, in order, a batch at a time."""
    rows = iter(products)
    while batch := list(islice(rows, batch_rows)):
        yield from predictor.predict(batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The micro score over all listed attributes, the score of each, and how fast prediction was."""

    rows: int
    total: Score
    by_attribute: dict[str, Score]
    seconds: float

    @property
    def rows_per_second(self) -> float:
        """Products predicted each second."""
        return self.rows / self.seconds if self.seconds else 0.0


def evaluate_extractor(predictor: Predictor, products: Sequence[LabelledProduct]) -> Evaluation:
    """Compare predictions with the answers. Raises FeedError when there are none to compare with."""
    if not any(product.answers for product in products):
        message = f"{len(products)} products, and none has `target_scores`; there is nothing to compare with"
        raise FeedError(message)
    started = perf_counter()
    predictions = list(predict_products(predictor, products))
    seconds = perf_counter() - started
    total, by_attribute = score_rows(
        (product.answers, {name: found.value for name, found in row.items()})
        for product, row in zip(products, predictions, strict=True)
    )
    return Evaluation(rows=len(products), total=total, by_attribute=by_attribute, seconds=seconds)


def explain_product(
    predictor: Predictor, product: LabelledProduct, attributes: Sequence[str] | None
) -> list[Explanation]:
    """Why these values. Raises FeedError for an attribute that the product's category does not have."""
    known = predictor.extractor.attributes(product.category)
    unknown = [name for name in attributes or () if name not in known]
    if unknown:
        raise FeedError(f"no attribute {unknown[0]!r} in category {product.category!r}; there are {', '.join(known)}")
    return explain(predictor, product, attributes)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchRow:
    """One data set's measurement on its development split."""

    train_rows: int
    train_seconds: float
    evaluation: Evaluation
    cross_validated_f1: float


def bench_extractor(
    products: Sequence[LabelledProduct],
    *,
    raw: Sequence[LabelledProduct] | None = None,
    trainer: CrfTrainer,
    config: TrainingConfig,
) -> BenchRow:
    """Train on the training part of a data set and measure on its development split."""
    started = perf_counter()
    inside, outside = development_split(products, seed=config.seed)
    model = train([products[at] for at in inside], trainer, config, raw=raw)
    seconds = perf_counter() - started
    predictor = Predictor(model)
    evaluation = evaluate_extractor(predictor, [products[at] for at in outside])
    return BenchRow(
        train_rows=len(inside),
        train_seconds=seconds,
        evaluation=evaluation,
        cross_validated_f1=model.scores.get("f1", 0.0),
    )
