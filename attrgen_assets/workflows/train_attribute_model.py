"""Train a product type's model from its stored documents and corrections; keep it; promote it if it is better."""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter
from typing import Any, Final, Protocol

import polars as pl

from attrgen_assets.domain.attributes.lessons import Lesson, chosen_skus, is_held_out, lessons
from attrgen_assets.domain.attributes.model_score import ModelScore, score_model
from attrgen_assets.domain.attributes.promotion import Decision, decide_promotion, score_figures
from attrgen_assets.domain.attributes.proposals import asked_fields, asking_sources, texts_of
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.model import TrainedExtractor
from attrgen_assets.domain.ports import Document, OverrideStore, TableStore
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.errors import MissingExtra, ModelError

LEAST_PRODUCTS: Final = 100
"""Labelled products below which nothing is trained: a fifth of them is too few to compare two models on."""

MOST_PRODUCTS: Final = 5_000
"""Products that are looked at, in an order by hash; corrected ones always are. More cost minutes and teach little."""

_DEFAULT_FIELDS: Final = ("title", "description")


Learn = Callable[[Sequence[LabelledProduct]], TrainedExtractor]
"""Trains a model. Passed in, because what trains is installed with an extra and slow to import."""


class StoredDocuments(Protocol):
    """Documents to learn from."""

    def content_hashes(self, product_type: str) -> Mapping[str, str]:
        """{sku: content_hash} of what is stored."""
        ...

    def documents_of(self, product_type: str, skus: Sequence[str]) -> Iterator[Document]:
        """The stored documents of these SKUs; one that is not there is left out."""
        ...


class AttributeModelStore(Protocol):
    """Where the models of product types are kept: versions, never overwritten, and which one is in force."""

    def current(self, product_type: str) -> str | None:
        """The version in force."""
        ...

    def load(self, product_type: str, version: str) -> TrainedExtractor:
        """A kept model. Raises ModelError; MissingExtra for one of the accurate tier."""
        ...

    def add(self, product_type: str, model: TrainedExtractor, record: Mapping[str, Any]) -> str:
        """Keep a model and what is known of it under a new version, which is returned."""
        ...

    def promote(self, product_type: str, version: str) -> None:
        """Put a kept model in force. Raises NotFoundError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeModelReport:
    """What came of training. Without `version` nothing was trained, and `reasons` say why."""

    products: int
    held_out: int
    corrected: int
    labels: Mapping[str, int]
    version: str | None = None
    former: str | None = None
    promoted: bool = False
    reasons: tuple[str, ...] = ()
    score: ModelScore | None = None
    former_score: ModelScore | None = None
    seconds: float = 0.0

    @property
    def decision(self) -> str:
        """What became of the new model, in a word or two."""
        if self.version is None and self.score is None:
            return "not trained"
        return "promoted" if self.promoted else "kept the current model" if self.former else "not promoted"

    @property
    def in_force(self) -> str | None:
        """The version that generation uses from now on."""
        return self.version if self.promoted else self.former


def train_attribute_model(
    product_type: ProductType,
    *,
    documents: StoredDocuments,
    overrides: OverrideStore,
    tables: TableStore,
    models: AttributeModelStore,
    learn: Learn,
    now: datetime,
    batch_rows: int,
    least_products: int = LEAST_PRODUCTS,
    most_products: int = MOST_PRODUCTS,
) -> AttributeModelReport:
    """Learn from the products that are not held out, measure on those that are, promote what is better.

    Both the new and the current model are measured on the same held-out products with their labels of today. With too
    few labelled products nothing is trained. The training data name no SKU of the held-out part, whatever the seed.
    """
    started = perf_counter()
    corrections = overrides.overrides(product_type.name)
    corrected = {override.sku for override in corrections}
    skus = chosen_skus(documents.content_hashes(product_type.name), corrected=corrected, limit=most_products)
    texts = _texts(product_type, tables, set(skus), batch_rows)
    known = list(lessons(documents.documents_of(product_type.name, skus), texts, product_type, overrides=corrections))
    known.sort(key=lambda lesson: lesson.sku)
    held_out = [lesson for lesson in known if is_held_out(lesson.sku)]
    taught = [lesson for lesson in known if not is_held_out(lesson.sku)]
    found = AttributeModelReport(
        products=len(known),
        held_out=len(held_out),
        corrected=sum(bool(lesson.corrected) for lesson in known),
        labels=_label_counts(known),
    )
    if why_not := _too_few(taught, held_out, least_products):
        return replace(found, reasons=why_not, former=models.current(product_type.name))
    model = replace(learn([lesson.product for lesson in taught]), data_hash=lessons_hash(known))
    score = score_model(model, held_out, product_type)
    former, former_score, why_none = _current(models, held_out, product_type)
    decision = decide_promotion(score, former_score, held_out=len(held_out), why_none=why_none)
    found = replace(found, former=former, score=score, former_score=former_score, **_said(decision))
    version = models.add(product_type.name, model, _record(found, model, product_type, now))
    if decision.promoted:
        models.promote(product_type.name, version)
    return replace(found, version=version, seconds=perf_counter() - started)


def lessons_hash(known: Iterable[Lesson]) -> str:
    """SHA-256 over everything that a model learns from and is measured on."""
    digest = hashlib.sha256()
    for lesson in known:
        answers = {
            name: [sorted(answer.value for answer in found.values), found.absent]
            for name, found in sorted(lesson.product.answers.items())
        }
        digest.update(json.dumps([lesson.sku, dict(lesson.product.texts), answers], ensure_ascii=False).encode())
    return digest.hexdigest()


def _said(decision: Decision) -> dict[str, Any]:
    return {"promoted": decision.promoted, "reasons": decision.reasons}


def _texts(product_type: ProductType, tables: TableStore, skus: set[str], batch_rows: int) -> dict[str, dict[str, str]]:
    """By SKU, the texts that the config's model sources read; without such sources title and description."""
    fields = asked_fields(asking_sources(product_type, "model").values()) or _DEFAULT_FIELDS
    texts: dict[str, dict[str, str]] = {}
    for batch in tables.read_batches("raw_products", product_type=product_type.name, batch_rows=batch_rows):
        rows = batch.filter(pl.col("refused").is_null() & pl.col("sku").is_in(list(skus)))
        texts.update(zip(rows["sku"].to_list(), texts_of(rows, product_type, fields), strict=True))
    return texts


def _label_counts(known: Sequence[Lesson]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for lesson in known:
        for name in lesson.expected:
            counts[name] = counts.get(name, 0) + 1
    return dict(sorted(counts.items()))


def _too_few(taught: Sequence[Lesson], held_out: Sequence[Lesson], least: int) -> tuple[str, ...]:
    """Why nothing is trained; nothing where there is enough."""
    count = len(taught) + len(held_out)
    if count < least:
        return (f"{count:,} labelled products, and {least:,} are needed: products whose values stand in their texts",)
    if not taught or not held_out:
        return ("by their SKUs all labelled products are in one part; two parts are needed, to train and to measure",)
    return ()


def _current(
    models: AttributeModelStore, held_out: Sequence[Lesson], product_type: ProductType
) -> tuple[str | None, ModelScore | None, str]:
    """The version in force, its score, and why it has none."""
    version = models.current(product_type.name)
    if version is None:
        return None, None, "there is no current model"
    try:
        model = models.load(product_type.name, version)
    except (MissingExtra, ModelError) as error:
        return version, None, f"the current model {version} cannot be used: {error}"
    return version, score_model(model, held_out, product_type), ""


def _record(
    found: AttributeModelReport, model: TrainedExtractor, product_type: ProductType, now: datetime
) -> dict[str, Any]:
    return {
        "product_type": product_type.name,
        "trained_at": now.isoformat(),
        "config_version": product_type.config_version,
        "data_hash": model.data_hash,
        "seed": model.config.seed,
        "tier": model.config.tier,
        "products": found.products,
        "held_out": found.held_out,
        "corrected": found.corrected,
        "labels": dict(found.labels),
        "decision": found.decision,
        "reasons": list(found.reasons),
        "score": score_figures(found.score) if found.score else None,
        "compared_with": found.former,
        "compared_score": score_figures(found.former_score) if found.former_score else None,
    }
