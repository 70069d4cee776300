"""Let an extractor predict, be measured, and explain itself."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.explain import Explanation, explain
from attrgen_assets.domain.extraction.model import BATCH_ROWS, Prediction, Predictor
from attrgen_assets.domain.extraction.scoring import Score, score_rows
from attrgen_assets.errors import FeedError


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
