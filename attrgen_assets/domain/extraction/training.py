"""From labelled products to models."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from attrgen_assets.domain.extraction.crf import OUTSIDE, CrfTrainer, CrfWeights, pack
from attrgen_assets.domain.extraction.examples import Answers, LabelledProduct, attributes_by_category
from attrgen_assets.domain.extraction.gazetteers import Gazetteer, Mention, build_gazetteer
from attrgen_assets.domain.extraction.inputs import TextInputs, other_texts, sequence_inputs, written_out
from attrgen_assets.domain.extraction.similar_rows import LabelledRow, place_of, words_of
from attrgen_assets.domain.extraction.spans import Span, answer_spans, label
from attrgen_assets.domain.extraction.tokens import Tokens, tokenise
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES, WordClasses

Spans = dict[str, list[Span]]


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled product with its tokens by field and, by attribute, its spans by field (None: unknown)."""

    product: LabelledProduct
    group: str
    tokens: dict[str, Tokens]
    spans: dict[str, Spans | None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What training makes: a model per attribute, a joint model per category, the values seen, and the rows.

    `classes` are those of the words that the models know by their features.
    """

    attributes: dict[str, list[str]]
    pooled: dict[str, CrfWeights]
    joint: dict[str, CrfWeights]
    mentions: list[Mention]
    rows: list[LabelledRow]
    classes: WordClasses = NO_CLASSES


@lru_cache(maxsize=5_000)  # a batch is looked at twice, training data in every fold; a description takes 100 kB
def _tokens(text: str) -> Tokens:
    return tokenise(text)


def tokens_of(product: LabelledProduct) -> dict[str, Tokens]:
    """Tokens of each of a product's texts."""
    return {name: _tokens(text) for name, text in product.texts.items()}


def make_rows(products: Sequence[LabelledProduct], groups: Sequence[str]) -> list[Row]:
    """Find every product's answers in its texts."""
    rows = []
    for product, group in zip(products, groups, strict=True):
        tokens = tokens_of(product)
        spans = {name: answer_spans(product, tokens, answers) for name, answers in product.answers.items()}
        rows.append(Row(product, group, tokens, spans))
    return rows


def mentions_of(rows: Sequence[Row]) -> list[Mention]:
    """All values of all rows, as they stand in the texts."""
    return sorted(
        {
            Mention(row.group, row.product.category, attribute, _entry(row.tokens[name], span))
            for row in rows
            for attribute, by_field in row.spans.items()
            for name, spans in (by_field or {}).items()
            for span in spans
        },
        key=lambda m: (m.group, m.category, m.attribute, m.entry),
    )


def labelled_row(row: Row, answers: Mapping[str, Answers]) -> LabelledRow:
    """What is kept of a row; `answers` are those that a prediction should give."""
    return LabelledRow(
        row.product.category,
        words_of(row.tokens),
        {name: tuple(answer.value for answer in answers[name].values) for name in row.spans if name in answers},
        {
            name: tuple(
                place_of(row.tokens[field], span.first, span.last)
                for field, spans in (by_field or {}).items()
                for span in spans
            )
            for name, by_field in row.spans.items()
            if name in answers
        },
    )


def _entry(tokens: Tokens, span: Span) -> tuple[str, ...]:
    return tokens.lower[span.first : span.last + 1]


def product_inputs(
    tokens: Mapping[str, Tokens], category: str, gazetteer: Gazetteer, *, without: str | None = None
) -> dict[str, TextInputs]:
    """Features of every token of every text of a product."""
    return {
        name: sequence_inputs(
            found,
            category=category,
            field=name,
            others=other_texts([text for other, text in tokens.items() if other != name]) if len(tokens) > 1 else None,
            gazetteer=gazetteer,
            without=without,
        )
        for name, found in tokens.items()
    }


def fit(
    rows: Sequence[Row],
    trainer: CrfTrainer,
    *,
    joint: bool,
    answers: Callable[[LabelledProduct], Mapping[str, Answers]] = lambda product: product.answers,
    classes: WordClasses = NO_CLASSES,
) -> Parts:
    """Train the model of every attribute and, with `joint`, of every category.

    `answers` gives a product's answers as a prediction should give them, where values are normalised.
    """
    mentions = mentions_of(rows)
    gazetteer = build_gazetteer(mentions, leave_out=True)
    prepared = []
    for row in rows:
        inputs = product_inputs(row.tokens, row.product.category, gazetteer, without=row.group)
        prepared.append(
            {
                name: trainer.prepare(_written_out(found, row.product.category, classes))
                for name, found in inputs.items()
                if len(found)
            }
        )
    attributes = attributes_by_category([row.product for row in rows])
    names = sorted({name for found in attributes.values() for name in found})
    pooled = {name: _fit_attribute(name, rows, prepared, trainer) for name in names}
    categories = (
        {category: _fit_category(category, names, rows, prepared, trainer) for category, names in attributes.items()}
        if joint
        else {}
    )
    kept = [labelled_row(row, answers(row.product)) for row in rows]
    return Parts(attributes, pooled, categories, mentions, kept, classes)


def _written_out(inputs: TextInputs, category: str, classes: WordClasses) -> list[list[str]]:
    return [written_out(inputs, at, category, classes) for at in range(len(inputs))]


def _fit_attribute(
    attribute: str, rows: Sequence[Row], prepared: Sequence[Mapping[str, object]], trainer: CrfTrainer
) -> CrfWeights:
    """One model from all rows, of any category, in which somebody looked at the attribute."""
    sequences, labels = [], []
    for row, ready in zip(rows, prepared, strict=True):
        spans = row.spans.get(attribute)
        if spans is None:
            continue
        for name, sequence in ready.items():
            sequences.append(sequence)
            labels.append(label(len(row.tokens[name]), spans[name], begin=f"B:{attribute}", inside=f"I:{attribute}"))
    return _trained([attribute], sequences, labels, trainer)


def _fit_category(
    category: str,
    attributes: Sequence[str],
    rows: Sequence[Row],
    prepared: Sequence[Mapping[str, object]],
    trainer: CrfTrainer,
) -> CrfWeights:
    """One model of all attributes of a category: what it labels as one attribute cannot be another."""
    sequences, labels = [], []
    for row, ready in zip(rows, prepared, strict=True):
        if row.product.category == category:
            for name, sequence in ready.items():
                sequences.append(sequence)
                labels.append(_joint_labels(row, name))
    return _trained(attributes, sequences, labels, trainer)


def _joint_labels(row: Row, name: str) -> list[str]:
    """Labels of all attributes; where two claim a token, the one with the longer span has it."""
    labels = [OUTSIDE] * len(row.tokens[name])
    found = [(attribute, span) for attribute, by_field in row.spans.items() if by_field for span in by_field[name]]
    for attribute, span in sorted(found, key=lambda item: (-len(item[1]), item[1].first, item[0])):
        here = slice(span.first, span.last + 1)
        if all(text == OUTSIDE for text in labels[here]):
            labels[here] = [f"B:{attribute}"] + [f"I:{attribute}"] * (len(span) - 1)
    return labels


def _trained(
    attributes: Sequence[str], sequences: Sequence[object], labels: Sequence[Sequence[str]], trainer: CrfTrainer
) -> CrfWeights:
    if not any(name != OUTSIDE for names in labels for name in names):
        return pack(attributes, {}, {})  # never stated: nothing to learn, and nothing will be found
    return pack(attributes, *trainer.train(sequences, labels))
