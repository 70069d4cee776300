"""`attrgen extractor`: an extractor trained from a team's own labelled products."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from attrgen_assets.cli.encoder import Encoder, encoder_name, encoder_trainer
from attrgen_assets.cli.showing import aside, wide_console

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from attrgen_assets.domain.extraction.examples import LabelledProduct
    from attrgen_assets.domain.extraction.explain import Explanation
    from attrgen_assets.domain.extraction.model import Predictor
    from attrgen_assets.domain.extraction.scoring import Score
    from attrgen_assets.workflows.train_extractor import TrainReport

app = typer.Typer(help="Train, use, measure and question an extractor.", no_args_is_help=True)

Model = Annotated[Path, typer.Option("--model", "-m", metavar="DIR", help="Folder of the trained model.")]
Data = Annotated[
    Path,
    typer.Option("--data", "-d", metavar="JSONL", help="Products: category, input (or input_title and -_description)."),
]
Labelled = Annotated[
    Path, typer.Option("--data", "-d", metavar="JSONL", help="Labelled products, one JSON object a line.")
]
Raw = Annotated[
    Path | None,
    typer.Option(
        metavar="JSONL",
        help="Where DATA has normalised values: the same products (by id) labelled with values as written. "
        "Without it, what the normalised values stand for in the texts is inferred.",
    ),
]
Tier = Annotated[
    Literal["fast", "accurate"],
    typer.Option(help="fast: linear-chain CRFs. accurate: these and fine-tuned encoders, several times as long."),
]
Seed = Annotated[int, typer.Option(help="Decides which rows are in which part of the cross-validation.")]
Folds = Annotated[int, typer.Option(min=0, max=20, help="Parts of the cross-validation; below 2 nothing is measured.")]
EncodersAtOnce = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=64,
        help="accurate tier: encoders trained at once, 2 to 4 GB each. Default: the cores, if memory is enough.",
    ),
]


@app.callback()
def extractor() -> None:
    """Train, use, measure and question an extractor."""


@app.command()
def train(
    *,
    data: Labelled,
    model: Model,
    raw: Raw = None,
    tier: Tier = "fast",
    encoder: Encoder = None,
    seed: Seed = 17,
    folds: Folds = 3,
    workers: EncodersAtOnce = None,
) -> None:
    """Learn from labelled products. Training twice gives the same bytes (accurate: the same scores)."""
    from attrgen_assets.adapters.extraction_models import ModelFolder, data_hash
    from attrgen_assets.adapters.labelled_products import read_labelled_products
    from attrgen_assets.adapters.word_vectors import installed_vectors, word_classes_of
    from attrgen_assets.domain.extraction.model import TrainingConfig

    products = read_labelled_products(data)
    written = read_labelled_products(raw) if raw is not None else None
    # First the encoders: their extra brings that of the chains, so that one message names all that is missing.
    encoders = encoder_trainer(tier, encoder, workers=workers, report=aside)
    train_extractor, trainer = _training()
    words = installed_vectors(aside)
    config = TrainingConfig(tier=tier, encoder=encoder_name(encoders), words=words, seed=seed, folds=folds)
    report = train_extractor(
        products,
        raw=written,
        trainer=trainer(l1=config.l1, l2=config.l2, max_iterations=config.max_iterations),
        config=config,
        store=ModelFolder(model),
        encoders=encoders,
        classes=word_classes_of(words),
        data_hash=data_hash(data, *([raw] if raw is not None else [])),
        report=aside,
    )
    _print_training(report, model)


@app.command()
def predict(
    *,
    model: Model,
    data: Data,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="JSONL", help="Where predictions go; - is stdout.")],
    details: Annotated[
        bool, typer.Option("--details", help="Also the probability, and where the value stands in the text.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that share the work. Default: one for each core.")
    ] = None,
) -> None:
    """Write one line a product, in order: {"index": n, "predictions": {attribute: value or null}}."""
    from collections import Counter
    from time import perf_counter

    from attrgen_assets.adapters.extraction_models import ModelFolder
    from attrgen_assets.adapters.extraction_workers import predicted_lines
    from attrgen_assets.adapters.labelled_products import iter_labelled_products
    from attrgen_assets.adapters.line_files import line_files

    counted: Counter[str] = Counter()
    started = perf_counter()
    with line_files(output) as (file,):
        products = _counting(iter_labelled_products(data), counted)
        file.write(predicted_lines(model, products, details=details, workers=workers))
    seconds, rows = perf_counter() - started, counted.total()
    known = ModelFolder(model).manifest()["attributes"]
    for category in sorted(set(counted) - set(known)):
        typer.echo(
            f"note: {counted[category]:,} products of category {category!r}, which the model was not trained on: every "
            f"attribute was looked for. It knows {', '.join(known)}",
            err=True,
        )
    typer.echo(f"{rows:,} products in {seconds:.1f} s ({rows / seconds if seconds else 0:,.0f} a second)", err=True)


@app.command()
def evaluate(
    *,
    model: Model,
    data: Data,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compare with labels: exact match, case-sensitive; precision, recall and micro F1."""
    from attrgen_assets.adapters.labelled_products import read_labelled_products
    from attrgen_assets.workflows.extract import evaluate_extractor

    found = evaluate_extractor(_load(model), read_labelled_products(data))
    if as_json:
        result = {
            "rows": found.rows,
            "rows_per_s": round(found.rows_per_second),
            **_figures(found.total),
            "attributes": {name: _figures(score) for name, score in found.by_attribute.items()},
        }
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1))
        return
    typer.echo(f"{found.rows:,} products, {found.rows_per_second:,.0f} a second")
    _print_scores({"all": found.total, **found.by_attribute})


@app.command()
def explain(
    *,
    model: Model,
    data: Data,
    index: Annotated[int, typer.Option(min=0, help="Which product: 0 is the first line.")] = 0,
    attribute: Annotated[
        list[str] | None, typer.Option("--attribute", "-a", help="Only this attribute; may be given again.")
    ] = None,
) -> None:
    """Say why these values: the spans, their probabilities, and the features that speak loudest."""
    from itertools import islice

    from attrgen_assets.adapters.labelled_products import iter_labelled_products
    from attrgen_assets.errors import NotFoundError
    from attrgen_assets.workflows.extract import explain_product

    product = next(islice(iter_labelled_products(data), index, None), None)
    if product is None:
        raise NotFoundError(f"{data}: has no product {index}; the first is 0")
    typer.echo(f"{product.category}: {product.text}")
    for found in explain_product(_load(model), product, attribute):
        _print_explanation(found)


def _counting(products: "Iterator[LabelledProduct]", counted: "Counter[str]") -> "Iterator[LabelledProduct]":
    """The same products; their categories are counted on the way."""
    for product in products:
        counted[product.category] += 1
        yield product


def _training() -> tuple[Any, Any]:
    """The workflow and the trainer, which need what only training needs. Raises MissingExtra."""
    from attrgen_assets.errors import needs_extra

    with needs_extra("extraction", "training"):
        from attrgen_assets.adapters.crfsuite import CrfSuite
        from attrgen_assets.workflows.train_extractor import train_extractor
    return train_extractor, CrfSuite


def _print_training(report: "TrainReport", model: Path) -> None:
    typer.echo(
        f"{report.rows:,} products, {report.categories} categories, {report.attributes} attributes"
        f" in {report.seconds:.0f} s: {model}"
    )
    if report.scores:
        figures = ", ".join(f"{name} {value:.1%}" for name, value in report.scores.items())
        typer.echo(f"by cross-validation: {figures}")


def _load(model: Path) -> "Predictor":
    from attrgen_assets.adapters.extraction_models import ModelFolder
    from attrgen_assets.domain.extraction.model import Predictor

    return Predictor(ModelFolder(model).load())


def _figures(score: "Score") -> dict[str, Any]:
    counts = {"NN": score.nn, "NV": score.nv, "VN": score.vn, "VC": score.vc, "VW": score.vw}
    figures = {"precision": score.precision, "recall": score.recall, "f1": score.f1}
    return {**{name: round(value, 4) for name, value in figures.items()}, **counts}


def _print_scores(scores: "dict[str, Score]") -> None:
    from rich.table import Table

    table = Table("attribute", "precision", "recall", "F1", "NN", "NV", "VN", "VC", "VW", box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, score in scores.items():
        shares = [f"{value:.1%}" for value in (score.precision, score.recall, score.f1)]
        table.add_row(name, *shares, *map(str, (score.nn, score.nv, score.vn, score.vc, score.vw)))
    wide_console().print(table)


def _print_explanation(found: "Explanation") -> None:
    value = json.dumps(found.prediction.value, ensure_ascii=False)
    typer.echo(
        f"\n{found.attribute}: {value} (probability {found.prediction.probability:.2f}, needed {found.threshold:.2f})"
    )
    for item in found.spans:
        span = item.span
        normalised = "" if item.normalised == span.value else f" -> {item.normalised!r}"
        joint = "" if span.joint is None else f", joint {span.joint:.2f}"
        joint += "" if span.encoder is None else f", encoder {span.encoder:.2f}"
        typer.echo(
            f"  {span.field}[{span.start}:{span.end}] {span.value!r}{normalised}: {item.probability:.2f}"
            f" (pooled {span.pooled:.2f}{joint})"
        )
        for reason in item.reasons:
            typer.echo(f"      {reason.weight:+.2f} {reason.feature!r}")
    if found.by_whole_text:
        shares = [f"{name!r} {share:.2f}" if name else f"none {share:.2f}" for name, share in found.by_whole_text]
        typer.echo(f"  by the whole text: {', '.join(shares)}")
    if found.by_similar_rows:
        shares = [f"{name!r} {share:.2f}" for name, share in found.by_similar_rows]
        typer.echo(f"  in similar rows: {', '.join(shares)}")
