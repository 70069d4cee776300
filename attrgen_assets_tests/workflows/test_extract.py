"""Learning, predicting, measuring and explaining, with real training on made-up products."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from attrgen_assets.adapters.crfsuite import CrfSuite
from attrgen_assets.adapters.extraction_models import FILES, MANIFEST, ModelFolder
from attrgen_assets.adapters.extraction_workers import ENOUGH_ROWS, predicted_lines
from attrgen_assets.adapters.labelled_products import read_labelled_products
from attrgen_assets.domain.extraction.examples import LabelledProduct
from attrgen_assets.domain.extraction.learning import ENCODERS, train
from attrgen_assets.domain.extraction.model import FORMAT, Predictor, TrainingConfig
from attrgen_assets.domain.extraction.opinions import KeptOpinion, Lesson, Opinion, PlacedSpans
from attrgen_assets.domain.extraction.training import Row
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES
from attrgen_assets.errors import FeedError, ModelError
from attrgen_assets.workflows.extract import evaluate_extractor, explain_product, predict_products
from attrgen_assets.workflows.train_extractor import TrainReport, bench_extractor, train_extractor
from attrgen_assets_tests.labelled import make_lines, make_normalised_lines, make_product, write_lines

CONFIG = TrainingConfig(folds=2, max_iterations=30)
TRAINER = CrfSuite(max_iterations=30)


def _read(path: Path, lines: list[dict[str, object]]) -> list[LabelledProduct]:
    return read_labelled_products(write_lines(path, lines))


def _train(folder: Path, products: list[LabelledProduct]) -> TrainReport:
    return train_extractor(
        products, trainer=TRAINER, config=CONFIG, classes=NO_CLASSES, store=ModelFolder(folder), data_hash="abc"
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of made-up teas and soaps."""
    folder = tmp_path_factory.mktemp("models")
    report = _train(folder / "m", _read(folder / "train.jsonl", make_lines(80)))
    assert (report.rows, report.categories, report.attributes) == (80, 2, 4)
    assert report.scores["f1"] > 0.8
    return folder / "m"


@pytest.fixture
def predictor(model: Path) -> Predictor:
    return Predictor(ModelFolder(model).load())


def test_new_products_are_read_right(predictor: Predictor, tmp_path: Path) -> None:
    evaluation = evaluate_extractor(predictor, _read(tmp_path / "new.jsonl", make_lines(60, seed=2)))
    assert evaluation.rows == 60
    assert evaluation.total.f1 > 0.95
    assert evaluation.by_attribute["Pack"].nn > 0, "what is not stated is not predicted"
    assert list(evaluation.by_attribute) == ["Brand", "Form", "Pack", "Size"]


def test_values_stand_in_the_text_where_they_are_said_to(predictor: Predictor) -> None:
    products = [make_product(line["input"], category=line["category"]) for line in make_lines(20, seed=3)]
    for product, row in zip(products, predict_products(predictor, products, batch_rows=7), strict=True):
        for found in row.values():
            assert 0 <= found.probability <= 1
            for candidate in found.candidates:
                for span in candidate.spans:
                    assert product.texts[span.field][span.start : span.end] == span.value == candidate.value


def test_predictions_do_not_depend_on_their_company(predictor: Predictor) -> None:
    products = [make_product(line["input"], category=line["category"]) for line in make_lines(12, seed=4)]
    together = [{n: f.value for n, f in row.items()} for row in predict_products(predictor, products)]
    alone = [{n: f.value for n, f in row.items()} for row in predict_products(predictor, products, batch_rows=1)]
    assert together == alone


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "🫖🧼👩‍👩‍👧",
        "\x00\x1f\u202e",
        "x" * 100_000,
        "Acme Red 2 oz, " * 7_000,
        "(((((]]]]" * 500,
        "１２ oz",
    ],
)
@pytest.mark.parametrize("category", ["Tea", "never seen", ""])
def test_any_text_has_an_answer(predictor: Predictor, text: str, category: str) -> None:
    (row,) = predict_products(predictor, [make_product(text, category=category)])
    assert set(row) == {"Brand", "Form", "Pack", "Size"}
    assert all(found.value is None or found.value in text for found in row.values())


def test_training_twice_gives_the_same_bytes(model: Path, tmp_path: Path) -> None:
    _train(tmp_path / "again", _read(tmp_path / "train.jsonl", make_lines(80)))
    for name in (MANIFEST, *FILES):
        assert (tmp_path / "again" / name).read_bytes() == (model / name).read_bytes()


def test_the_manifest_says_where_the_model_is_from(model: Path) -> None:
    manifest = json.loads((model / MANIFEST).read_text())
    assert manifest["config"] == {
        "tier": "fast", "encoder": "", "words": "", "seed": 17, "folds": 2, "l1": CONFIG.l1, "l2": CONFIG.l2,
        "max_iterations": 30,
    }  # fmt: skip
    assert manifest["data_hash"] == "abc"
    assert manifest["versions"]["python-crfsuite"]
    assert set(manifest["scores"]) == {"f1", "precision", "recall"}


def test_normalised_values_are_learned_from_pairs(tmp_path: Path) -> None:
    raw, normal = (_read(tmp_path / name, lines) for name, lines in zip("rn", make_normalised_lines(90), strict=True))
    for name in ("m", "again"):
        train_extractor(
            normal, raw=raw, trainer=TRAINER, config=CONFIG, classes=NO_CLASSES, store=ModelFolder(tmp_path / name)
        )
    assert all((tmp_path / "m" / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in FILES)
    predictor = Predictor(ModelFolder(tmp_path / "m").load())
    _, unseen = make_normalised_lines(40, seed=5)
    evaluation = evaluate_extractor(predictor, _read(tmp_path / "new", unseen))
    assert set(evaluation.by_attribute) == {"Brand", "Part", "Width"}
    assert evaluation.total.f1 > 0.95
    width = next(predict_products(predictor, _read(tmp_path / "one", unseen[:1])))["Width"]
    assert width.candidates[0].spans[0].value.endswith('"'), "the span is what is written, the value what it means"


class _SeesColors:
    """An opinion, and the trainer of it: whatever is asked, the first token is a brand and a color."""

    def __init__(self) -> None:
        self.lessons: list[Lesson] = []

    def train(self, lessons: Sequence[Lesson]) -> "list[_SeesColors]":
        self.lessons = list(lessons)
        return [self for _ in lessons]

    def average(self, opinions: Sequence[Opinion], rows: Sequence[Row]) -> Opinion:
        assert all("Color" in row.spans for row in rows)
        return opinions[0]

    def spans(self, products: Sequence[LabelledProduct]) -> list[PlacedSpans]:
        return [{name: {(next(iter(p.texts)), 0, 0): 0.9} for name in ("Brand", "Color")} for p in products]

    def kept(self) -> KeptOpinion:
        return KeptOpinion(files={})


def test_what_is_only_labelled_as_written_is_taught_but_not_predicted(tmp_path: Path) -> None:
    raw, normal = (_read(tmp_path / name, lines) for name, lines in zip("rn", make_normalised_lines(20), strict=True))
    encoders = _SeesColors()
    model = train(normal, TRAINER, CONFIG, classes=NO_CLASSES, raw=raw, encoders=encoders)
    assert len(encoders.lessons) == CONFIG.folds + ENCODERS
    for lesson in encoders.lessons:
        assert set(lesson.attributes["Shelves"]) == {"Brand", "Part", "Width", "Color"}
        assert all(set(row.spans) == {"Brand", "Part", "Width", "Color"} for row in lesson.rows)
    (found,) = Predictor(model).predict(normal[:1])
    assert set(found) == {"Brand", "Part", "Width"}
    assert max(value.encoder or 0.0 for value in found["Brand"].candidates) == 0.9


def test_an_explanation_shows_spans_and_features(predictor: Predictor) -> None:
    product = make_product("Acme Red Label Tea Bags, 9 oz (Pack of 6)")
    (found,) = explain_product(predictor, product, ["Pack"])
    assert found.prediction.value == "Pack of 6"
    best = found.spans[0]
    assert (best.span.start, best.span.end) == (31, 40)
    assert best.reasons[0].weight >= best.reasons[-1].weight > 0 or abs(best.reasons[0].weight) > 0
    shares = [share for _, share in found.by_similar_rows]
    assert 0 < sum(shares) < 1
    assert shares == sorted(shares, reverse=True)
    with pytest.raises(FeedError, match="no attribute 'Colour' in category 'Tea'; there are Brand, Form, Pack, Size"):
        explain_product(predictor, product, ["Colour"])


def test_data_without_labels_trains_nothing(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="none has a labelled value"):
        _train(tmp_path / "m", [make_product("Acme Tea", Brand=None)])
    assert not (tmp_path / "m").exists()


def test_one_row_is_enough_to_train(tmp_path: Path) -> None:
    report = _train(tmp_path / "m", [make_product("Acme Tea", Brand="Acme")])
    assert report.scores == {}
    (row,) = predict_products(Predictor(ModelFolder(tmp_path / "m").load()), [make_product("Acme Tea")])
    assert row["Brand"].value == "Acme"


def test_what_is_labelled_nowhere_in_a_category_is_looked_for_there_as_well(tmp_path: Path) -> None:
    """Rows of an export that nobody has labelled yet: their category is as good as never seen."""
    unlabelled = [make_product(f"Acme Mug {at}", category="Mugs") for at in range(3)]
    products = _read(tmp_path / "train.jsonl", make_lines(40))
    _train(tmp_path / "m", [*products, *unlabelled])
    _train(tmp_path / "n", products)
    with_them, without = (Predictor(ModelFolder(tmp_path / name).load()) for name in "mn")
    assert [row["Brand"].value for row in predict_products(with_them, unlabelled)] == ["Acme"] * 3
    assert set(*predict_products(with_them, unlabelled[:1])) == set(*predict_products(without, unlabelled[:1]))


def test_parts_of_the_cross_validation_may_teach_nothing(tmp_path: Path) -> None:
    """One labelled row of a few: without it nothing can be learned, and its part is not measured."""
    others = [make_product(text, category="Mugs") for text in ("Zeta Red Mug, blue", "Other thing 44", "A third one")]
    report = _train(tmp_path / "m", [make_product("Acme Tea", Brand="Acme"), *others])
    assert report.scores.get("f1", 0.0) == 0.0
    (row,) = predict_products(Predictor(ModelFolder(tmp_path / "m").load()), [make_product("Acme Tea")])
    assert row["Brand"].candidates[0].value == "Acme"


def test_the_development_split_is_not_trained_on(tmp_path: Path) -> None:
    row = bench_extractor(_read(tmp_path / "d", make_lines(100)), trainer=TRAINER, config=CONFIG, classes=NO_CLASSES)
    assert row.train_rows + row.evaluation.rows == 100
    assert row.evaluation.rows > 0
    assert row.evaluation.total.f1 > 0.8


class TestModelFolder:
    """Models that cannot be used say why."""

    def _copy(self, model: Path, folder: Path) -> Path:
        folder.mkdir()
        for path in model.iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
        return folder

    @pytest.mark.parametrize("name", FILES)
    def test_a_changed_file_is_noticed(self, model: Path, tmp_path: Path, name: str) -> None:
        path = self._copy(model, tmp_path / "m") / name
        path.write_bytes(path.read_bytes()[:-1] + b" ")
        for read in (ModelFolder.load, ModelFolder.check):
            with pytest.raises(ModelError, match=f"{name}: was changed since the model was trained"):
                read(ModelFolder(path.parent))

    @pytest.mark.parametrize("name", FILES)
    def test_a_missing_file_is_noticed(self, model: Path, tmp_path: Path, name: str) -> None:
        path = self._copy(model, tmp_path / "m") / name
        path.unlink()
        for read in (ModelFolder.load, ModelFolder.check):
            with pytest.raises(ModelError, match="the model is incomplete"):
                read(ModelFolder(path.parent))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"{", "the model is damaged"),
            (b"[]", "found format 'list'"),
            (b'{"format": 99}', "found format 99, this release reads format"),
            (b'{"format": %d}' % FORMAT, "was changed since"),
        ],
    )
    def test_a_bad_manifest_is_refused(self, model: Path, tmp_path: Path, content: bytes, said: str) -> None:
        folder = self._copy(model, tmp_path / "m")
        (folder / MANIFEST).write_bytes(content)
        for read in (ModelFolder.load, ModelFolder.check):
            with pytest.raises(ModelError, match=said):
                read(ModelFolder(folder))

    def test_pickles_are_never_read(self, model: Path, tmp_path: Path) -> None:
        import hashlib

        folder = self._copy(model, tmp_path / "m")
        with (folder / "weights.npz").open("wb") as file:
            np.savez(file, allow_pickle=True, **{"0.values": np.array([print], dtype=object)})
        manifest = json.loads((folder / MANIFEST).read_text())
        manifest["files"]["weights.npz"] = hashlib.sha256((folder / "weights.npz").read_bytes()).hexdigest()
        (folder / MANIFEST).write_text(json.dumps(manifest))
        with pytest.raises(ModelError, match="not a model that can be read"):
            ModelFolder(folder).load()
        products = [make_product("Acme Tea")] * ENOUGH_ROWS
        with pytest.raises(ModelError, match="not a model that can be read"):  # where other processes read it, too
            list(predicted_lines(folder, products, details=False, workers=2))

    def test_no_model_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="give a folder that training wrote"):
            ModelFolder(tmp_path).load()

    def test_other_files_are_not_replaced(self, model: Path, tmp_path: Path) -> None:
        (tmp_path / "thesis.txt").write_text("years of work")
        with pytest.raises(ModelError, match="holds files but no model"):
            ModelFolder(tmp_path).save(ModelFolder(model).load())
        assert (tmp_path / "thesis.txt").read_text() == "years of work"

    def test_a_former_model_is_replaced_whole(self, model: Path, tmp_path: Path) -> None:
        folder = self._copy(model, tmp_path / "m")
        (folder / "gazetteer.json").write_text("[]")
        ModelFolder(folder).save(ModelFolder(model).load())
        assert sorted(path.name for path in tmp_path.iterdir()) == ["m"]
        again = ModelFolder(folder).load()
        assert again.decision.threshold == ModelFolder(model).load().decision.threshold


def test_values_that_no_text_explains_teach_nothing(tmp_path: Path) -> None:
    products = [make_product(f"Tea number {number}", Color=f"Zq{number * 7}x") for number in range(12)]
    with pytest.raises(FeedError, match="none of the labelled values stands in its text, or can be inferred from it"):
        _train(tmp_path / "m", products)
    assert not (tmp_path / "m").exists()


def test_normalised_values_alone_are_enough(tmp_path: Path) -> None:
    _, normal = make_normalised_lines(120)
    products = [replace(product, key=None) for product in _read(tmp_path / "n", normal)]
    said: list[str] = []
    for name in ("m", "again"):
        store = ModelFolder(tmp_path / name)
        train_extractor(products, trainer=TRAINER, config=CONFIG, classes=NO_CLASSES, store=store, report=said.append)
    assert said[0].startswith("note: only 0% of the labelled values stand in the texts as they are")
    assert said[1:4] == ["cross-validation 1 of 2", "cross-validation 2 of 2", "all rows"]
    assert all((tmp_path / "m" / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in FILES)
    _, unseen = make_normalised_lines(40, seed=5)
    evaluation = evaluate_extractor(Predictor(ModelFolder(tmp_path / "m").load()), _read(tmp_path / "new", unseen))
    assert evaluation.total.f1 > 0.9
    assert evaluation.by_attribute["Width"].f1 > 0.9


def test_values_as_written_must_be_of_the_same_products(tmp_path: Path) -> None:
    raw, normal = (_read(tmp_path / name, lines) for name, lines in zip("rn", make_normalised_lines(10), strict=True))
    others = [replace(product, key=f"other {product.key}") for product in raw]
    store = ModelFolder(tmp_path / "m")
    with pytest.raises(FeedError, match="both need `id`"):
        train_extractor(normal, raw=others, trainer=TRAINER, config=CONFIG, classes=NO_CLASSES, store=store)
