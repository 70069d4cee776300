"""Encoders: their pieces, their training, what they add to the chains, and their files."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from itertools import product as every
from multiprocessing import active_children
from pathlib import Path
from random import Random
from threading import Thread
from time import sleep

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")
pytest.importorskip("safetensors")

from safetensors.torch import load, save  # noqa: E402

from attrgen_assets.adapters.crfsuite import CrfSuite  # noqa: E402
from attrgen_assets.adapters.encoder.architectures import ARCHITECTURES, _bucket  # noqa: E402
from attrgen_assets.adapters.encoder.examples import WINDOW, windows  # noqa: E402
from attrgen_assets.adapters.encoder.files import first_layers, read_pretrained  # noqa: E402
from attrgen_assets.adapters.encoder.fitting import LEAST_EPOCHS, Fitting, _Fit  # noqa: E402
from attrgen_assets.adapters.encoder.labels import SILENT, Example  # noqa: E402
from attrgen_assets.adapters.encoder.network import SpanNetwork, make_batch, new_network  # noqa: E402
from attrgen_assets.adapters.encoder.opinion import EncoderOpinion, fast_arithmetic  # noqa: E402
from attrgen_assets.adapters.encoder.pieces import WordPieces  # noqa: E402
from attrgen_assets.adapters.encoder.reading import bfloat16_is_fast, reading_network  # noqa: E402
from attrgen_assets.adapters.encoder.training import EncoderTrainer  # noqa: E402
from attrgen_assets.adapters.extraction_models import ENCODER_FILES, MANIFEST, ModelFolder  # noqa: E402
from attrgen_assets.adapters.extraction_workers import predicted_lines  # noqa: E402
from attrgen_assets.adapters.labelled_products import read_labelled_products  # noqa: E402
from attrgen_assets.domain.extraction.examples import LabelledProduct, attributes_by_category  # noqa: E402
from attrgen_assets.domain.extraction.gazetteers import build_gazetteer  # noqa: E402
from attrgen_assets.domain.extraction.model import Predictor, TrainingConfig  # noqa: E402
from attrgen_assets.domain.extraction.opinions import KeptOpinion, Lesson, PlacedSpans  # noqa: E402
from attrgen_assets.domain.extraction.splits import groups  # noqa: E402
from attrgen_assets.domain.extraction.tokens import tokenise  # noqa: E402
from attrgen_assets.domain.extraction.training import make_rows, tokens_of  # noqa: E402
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES  # noqa: E402
from attrgen_assets.errors import ModelError  # noqa: E402
from attrgen_assets.workflows.extract import evaluate_extractor, explain_product  # noqa: E402
from attrgen_assets.workflows.train_extractor import train_extractor  # noqa: E402
from attrgen_assets_tests.labelled import make_lines, make_product, write_lines  # noqa: E402
from attrgen_assets_tests.tiny_encoder import vocabulary, write_tiny_encoder  # noqa: E402

CONFIG = TrainingConfig(tier="accurate", folds=2, max_iterations=20)


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_encoder(tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def trainer(encoder: Path) -> EncoderTrainer:
    fitting = Fitting(epochs=12, rows=8, rate=1e-3, head_rate=5e-3)
    return EncoderTrainer(pretrained=read_pretrained(str(encoder)), fitting=fitting, workers=1)


def _products(folder: Path, count: int, seed: int = 1) -> list[LabelledProduct]:
    return read_labelled_products(write_lines(folder / f"{count}-{seed}.jsonl", make_lines(count, seed=seed)))


def _opinion(trainer: EncoderTrainer, products: list[LabelledProduct]) -> EncoderOpinion:
    (found,) = trainer.train([_lesson(products)])
    return found


def _lesson(products: list[LabelledProduct], seed: int = 3) -> Lesson:
    rows = make_rows(products, groups(products))
    return Lesson(rows=rows, attributes=attributes_by_category(products), seed=seed)


@pytest.fixture(scope="module")
def model(trainer: EncoderTrainer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the accurate tier."""
    folder = tmp_path_factory.mktemp("accurate")
    report = train_extractor(
        _products(folder, 60),
        trainer=CrfSuite(max_iterations=20),
        config=CONFIG,
        classes=NO_CLASSES,
        store=ModelFolder(folder / "m"),
        encoders=trainer,
    )
    assert report.scores["f1"] > 0.8
    return folder / "m"


def test_a_token_that_goes_on_with_a_word_gets_pieces_that_do() -> None:
    pieces = WordPieces(vocabulary())
    names = vocabulary()
    found = pieces.of_tokens(tokenise("Labels, ACME 2oz"))
    assert [[names[number] for number in token] for token in found] == [
        ["label"], ["##s"], [","], ["acme"], ["2"], ["##o", "##z"],
    ]  # fmt: skip


def test_windows_hold_every_token_once() -> None:
    text = "Acme Red Soap " * 100
    product = make_product(text, category="Soap")
    found = list(
        windows(0, product, tokens_of(product), build_gazetteer([], leave_out=False), WordPieces(vocabulary()))
    )
    assert [(window.offset, len(window)) for window in found] == [(0, WINDOW), (WINDOW, WINDOW), (2 * WINDOW, 60)]
    assert all(max(window.last) < len(window.ids) <= 512 for window in found)


@given(st.lists(st.text("aZ1- ", min_size=1, max_size=30), min_size=1, max_size=200))
def test_no_window_has_more_pieces_than_an_encoder_knows(words: list[str]) -> None:
    """Tokens of one piece, and of many; every token is in one window, in order."""
    product = make_product(" ".join(words) + "!", category="Soap " * 10)
    text = tokens_of(product)["text"]
    pieces = WordPieces(vocabulary())
    found = list(windows(0, product, {"text": text, "more": text}, build_gazetteer([], leave_out=False), pieces))
    assert all(len(window.ids) <= 512 and 1 <= len(window) <= WINDOW for window in found)
    for field in ("text", "more"):
        places = [at for w in found if w.field == field for at in range(w.offset, w.offset + len(w))]
        assert places == list(range(len(text)))


def test_the_loss_is_that_of_all_label_sequences_written_out(encoder: Path) -> None:
    network = new_network(json.loads((encoder / "config.json").read_bytes()), 1)
    torch.manual_seed(5)
    scores, lengths = torch.randn(2, 4, 3), torch.tensor([4, 3])
    labels = torch.tensor([[0, 1, 2, 0], [1, 1, 0, 0]])
    with torch.no_grad():
        network.parts["steps"].weight.copy_(torch.randn(3, 3))
        steps = network.transitions().numpy()
        found = float(network.loss(scores, labels, lengths, torch.ones(2)))
    losses = []
    for row, length in enumerate([4, 3]):

        def total(line: tuple[int, ...], row: int = row) -> float:
            moves = sum(steps[a, b] for a, b in pairwise(line))
            return float(sum(scores[row, at, label] for at, label in enumerate(line)) + moves)

        legal = [line for line in every(range(3), repeat=length) if line[0] != 2]
        losses.append(
            np.logaddexp.reduce([total(line) for line in legal]) - total(tuple(labels[row, :length].tolist()))
        )
    assert found == pytest.approx(np.mean(losses), rel=1e-4)


@pytest.mark.parametrize("kind", sorted(ARCHITECTURES))
def test_reading_gives_the_scores_of_the_network_that_was_trained(kind: str, tmp_path: Path) -> None:
    """The library's encoder is the oracle; texts of different length, also long ones, are padded."""
    pretrained = read_pretrained(str(write_tiny_encoder(tmp_path, kind, layers=2)))
    torch.manual_seed(2)
    trained = new_network(pretrained.config, 2)
    _spread(trained)
    trained.parts.eval()
    reader = reading_network(pretrained.config, trained.tensors())
    texts = ("Acme Soap", "Acme Red Soap, 2 oz", "4 oz", "Red Label Soap " * 40, "q" * 40 + "Z1" * 200)
    products = [make_product(text, category="Soap") for text in texts]
    pieces, gazetteer = WordPieces(pretrained.pieces), build_gazetteer([], leave_out=False)
    found = [w for at, p in enumerate(products) for w in windows(at, p, tokens_of(p), gazetteer, pieces)]
    asked = [(at, name, number) for at in range(len(found)) for number, name in enumerate("ab")]
    batch = make_batch(found, asked, pieces.pad)
    with torch.inference_mode(), fast_arithmetic():
        expected, scores = (network.scores(batch) for network in (trained, reader))
    inside = torch.arange(scores.shape[1])[None, :] < batch.lengths[batch.window][:, None]
    assert torch.allclose(scores[inside], expected[inside], atol=0.05 if bfloat16_is_fast() else 1e-5)
    assert expected[inside].std() > 0.1
    assert set(reader.tensors()) == set(trained.tensors())


def _spread(network: SpanNetwork) -> None:
    """Weights so large that attention and its bias for distances are seen in the scores."""
    with torch.no_grad():
        for name, weight in network.parts["encoder"].named_parameters():
            if "LayerNorm" not in name:
                weight.mul_(5)


def test_distances_have_the_numbers_of_the_library() -> None:
    from transformers.models.mpnet.modeling_mpnet import MPNetEncoder

    distance = torch.arange(-600, 601)
    expected = MPNetEncoder.relative_position_bucket(distance, num_buckets=32)
    assert torch.equal(_bucket(distance, 32), expected)


def test_of_a_deeper_encoder_the_first_layers_are_used(tmp_path: Path) -> None:
    whole = read_pretrained(str(write_tiny_encoder(tmp_path, "mpnet", layers=3)))
    cut = first_layers(whole, 2)
    assert (cut.config["num_hidden_layers"], first_layers(whole, 6).config["num_hidden_layers"]) == (2, 3)
    assert set(load(whole.weights)) - set(load(cut.weights)) == {
        name for name in load(whole.weights) if name.startswith("encoder.layer.2.")
    }
    with pytest.raises(ModelError, match="no weights of layers 2"):
        first_layers(replace(cut, config=whole.config), 3)


def test_weights_that_are_missing_are_named(encoder: Path, tmp_path: Path) -> None:
    whole = read_pretrained(str(encoder))
    kept = {name: tensor for name, tensor in load(whole.weights).items() if "word_embeddings" not in name}
    trainer = EncoderTrainer(pretrained=replace(whole, weights=save(kept)), workers=1)
    with pytest.raises(ModelError, match=r"has no weights embeddings\.word_embeddings"):
        _opinion(trainer, _products(tmp_path, 6))


def test_prediction_needs_no_transformers(model: Path, tmp_path: Path) -> None:
    """Importing it takes more than a second."""
    _products(tmp_path, 3)
    script = (
        "import sys; from pathlib import Path\n"
        "from attrgen_assets.adapters.extraction_workers import predicted_lines\n"
        "from attrgen_assets.adapters.labelled_products import read_labelled_products\n"
        "lines = list(predicted_lines(Path(sys.argv[1]), read_labelled_products(Path(sys.argv[2])), details=False))\n"
        "print(len(lines), 'torch' in sys.modules, 'transformers' in sys.modules)"
    )
    command = [sys.executable, "-c", script, str(model), str(tmp_path / "3-1.jsonl")]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["3", "True", "False"]


def test_what_a_row_does_not_list_is_not_learned_from(trainer: EncoderTrainer) -> None:
    """The same texts, once unlabelled for an attribute and once as not stating it, give different opinions."""
    known = [make_product(f"Acme Soap {n} oz", category="Soap", Size=f"{n} oz", Brand="Acme") for n in range(2, 12)]
    unknown = [make_product(f"Estrel Soap {n} oz", category="Soap", Size=f"{n} oz") for n in range(2, 12)]
    absent = [make_product(f"Estrel Soap {n} oz", category="Soap", Size=f"{n} oz", Brand=None) for n in range(2, 12)]
    asked = [make_product("Estrel Soap 5 oz", category="Soap")]
    chances = []
    for others in (unknown, absent):
        placed = _opinion(trainer, [*known, *others]).spans(asked)[0]
        chances.append(placed.get("Brand", {}).get(("text", 0, 0), 0.0))
    assert chances[0] > 2 * chances[1]


def test_rows_of_which_none_lists_an_attribute_teach_nothing(encoder: Path) -> None:
    """A part of the cross-validation may be like that where little is labelled."""
    trainer = EncoderTrainer(pretrained=read_pretrained(str(encoder)), fitting=Fitting(epochs=2), workers=1)
    products = [make_product("Acme Soap 2 oz", category="Soap", Brand="Acme"), make_product("Red Mug", category="Mug")]
    lesson = replace(_lesson(products), rows=_lesson(products[1:]).rows)
    (opinion,) = trainer.train([lesson])
    assert len(opinion.spans(products)) == 2


def test_a_pass_reads_what_a_window_states_and_some_attributes_that_stand_for_the_rest() -> None:
    product = make_product("Acme Soap", category="Soap")
    (window,) = windows(0, product, tokens_of(product), build_gazetteer([], leave_out=False), WordPieces(vocabulary()))
    example = Example(window, tuple((f"a{at}", at) for at in range(9)), ((0, 1), *(((0, 0),) * 8)))
    random, seen = Random(1), set()  # noqa: S311 - no secret is drawn
    for _ in range(60):
        drawn = example.drawn(random)
        assert drawn[0] == (0, 1.0)
        assert len(drawn) == 1 + SILENT
        assert sum(weight for _, weight in drawn) == pytest.approx(9)
        seen |= {at for at, _ in drawn}
    assert seen == set(range(9))


def test_long_texts_are_read_in_fewer_passes(encoder: Path, tmp_path: Path) -> None:
    said: list[str] = []
    trainer = EncoderTrainer(pretrained=read_pretrained(str(encoder)), fitting=Fitting(epochs=7), report=said.append)
    products = _products(tmp_path, 6)
    _opinion(trainer, products)
    assert [line.partition(":")[0] for line in said] == [
        "encoder 1 of 1", *(f"pass {at} of 7" for at in range(1, 8))
    ]  # fmt: skip
    said.clear()
    _opinion(replace(trainer, fitting=Fitting(epochs=7, pieces=10)), products)
    assert len(said) == 1 + LEAST_EPOCHS


def test_encoders_trained_at_once_are_those_trained_one_after_another(trainer: EncoderTrainer, tmp_path: Path) -> None:
    lessons = [_lesson(_products(tmp_path, 20), seed=seed) for seed in (3, 4)]
    short = replace(trainer, fitting=Fitting(epochs=2, rows=8))
    alone, together = ([found.kept().files for found in replace(short, workers=n).train(lessons)] for n in (1, 2))
    assert alone == together
    assert alone[0] != alone[1]


def test_a_process_that_dies_is_told_of(trainer: EncoderTrainer, tmp_path: Path) -> None:
    products = _products(tmp_path, 60)

    def kill_the_first() -> None:
        while not (found := active_children()):
            sleep(0.05)
        found[0].kill()

    killer = Thread(target=kill_the_first)
    killer.start()
    said: list[str] = []
    with pytest.raises(ModelError, match="a process that trained an encoder died"):
        replace(trainer, workers=2, report=said.append).train([_lesson(products, seed=seed) for seed in (3, 4)])
    killer.join()
    assert "encoder 2 of 2 is trained" not in said


def test_all_but_the_marks_between_texts_can_be_hidden(encoder: Path) -> None:
    fit, example = _fit_of(encoder, Fitting(hidden=1.0))
    pieces = WordPieces(vocabulary())
    ids = fit._question([example]).batch.ids[0].tolist()
    shown = [number for number in ids if number != pieces.hidden]
    assert shown == [number for number in example.window.ids if number in {pieces.start, pieces.end}]


def _fit_of(encoder: Path, fitting: Fitting) -> tuple[_Fit, Example]:
    product = make_product("Acme Red Soap, 2 oz", category="Soap")
    pieces = WordPieces(vocabulary())
    (window,) = windows(0, product, tokens_of(product), build_gazetteer([], leave_out=False), pieces)
    network = new_network(json.loads((encoder / "config.json").read_bytes()), 1)
    fit = _Fit(network, fitting, pieces, Random(1))  # noqa: S311 - no secret is drawn
    return fit, Example(window, (("Brand", 0),), ((1, *([0] * (len(window) - 1))),))


def test_training_twice_gives_the_same_opinion(trainer: EncoderTrainer, tmp_path: Path) -> None:
    products = _products(tmp_path, 20)
    first, second = (_opinion(trainer, products).kept().files for _ in range(2))
    assert first == second


def test_encoders_of_two_seeds_are_averaged(trainer: EncoderTrainer, tmp_path: Path) -> None:
    """What both learned is still known, and the mean of one encoder is that encoder."""
    products = _products(tmp_path, 40)
    both = trainer.train([_lesson(products, seed=seed) for seed in (3, 4)])
    mean = trainer.average(both, _lesson(products).rows)
    name = "encoder.encoder.layer.0.output.dense.weight"
    first, second, found = (opinion.network.tensors()[name] for opinion in (*both, mean))
    assert torch.allclose(found, (first + second) / 2)
    assert not torch.allclose(first, second)
    asked = make_product("Estrel Red Soap, 9 oz", category="Soap")
    chances = [opinion.spans([asked])[0]["Size"] for opinion in (*both, mean)]
    assert [max(placed, key=placed.__getitem__) for placed in chances] == [("text", 4, 5)] * 3
    alone = trainer.average(both[:1], _lesson(products).rows)
    assert alone.kept().files == both[0].kept().files


def test_only_opinions_of_encoders_are_averaged(trainer: EncoderTrainer) -> None:
    class Other:
        def spans(self, products: Sequence[LabelledProduct]) -> list[PlacedSpans]:
            return [{} for _ in products]

        def kept(self) -> KeptOpinion:
            return KeptOpinion(files={})

    with pytest.raises(TypeError, match="only opinions of encoders"):
        trainer.average([Other()], [])
    with pytest.raises(ValueError, match="nothing to average"):
        trainer.average([], [])


def test_new_products_are_read_right(model: Path, tmp_path: Path) -> None:
    predictor = Predictor(ModelFolder(model).load())
    assert evaluate_extractor(predictor, _products(tmp_path, 40, seed=2)).total.f1 > 0.9


def test_a_model_read_back_says_the_same(model: Path, tmp_path: Path) -> None:
    products = _products(tmp_path, 12, seed=5)
    kept = ModelFolder(model).load()
    ModelFolder(tmp_path / "copy").save(kept)
    assert all((tmp_path / "copy" / name).read_bytes() == (model / name).read_bytes() for name in ENCODER_FILES)
    lines = [list(predicted_lines(folder, products, details=True)) for folder in (model, tmp_path / "copy")]
    assert lines[0] == lines[1]
    manifest = json.loads((model / MANIFEST).read_bytes())
    assert {"torch", "transformers", "safetensors"} <= set(manifest["versions"])
    assert manifest["config"]["tier"] == "accurate"


def test_the_encoder_is_part_of_the_explanation(model: Path, tmp_path: Path) -> None:
    predictor = Predictor(ModelFolder(model).load())
    found = explain_product(predictor, _products(tmp_path, 1, seed=6)[0], ["Brand"])
    assert found[0].spans[0].span.encoder is not None


def test_an_unknown_category_is_left_to_the_chains(model: Path) -> None:
    predictor = Predictor(ModelFolder(model).load())
    product = make_product("Acme Mug, 4 oz", category="Mugs")
    assert predictor.model.opinion is not None
    assert predictor.model.opinion.spans([product]) == [{}]
    assert predictor.predict([product])[0]["Brand"].candidates


def test_damaged_weights_are_refused(model: Path, tmp_path: Path) -> None:
    for file in model.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / ENCODER_FILES[1]).write_bytes(b"\x00" * 100)
    with pytest.raises(ModelError, match="was changed since"):
        ModelFolder(tmp_path).load()
