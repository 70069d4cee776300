"""Words that are used alike, and what models make of them."""

import numpy as np
import pytest

from attrgen_assets.adapters.crfsuite import CrfSuite
from attrgen_assets.domain.extraction.explain import explain
from attrgen_assets.domain.extraction.learning import train
from attrgen_assets.domain.extraction.model import Predictor, TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.word_class_fitting import learn_word_classes
from attrgen_assets.domain.extraction.word_classes import GRAINS, NO_CLASSES, WordClasses
from attrgen_assets_tests.labelled import make_product

SHADES = ("red", "green", "black", "white", "violet", "maroon", "ochre", "teal")
CLOTHS = ("cotton", "silk", "linen", "wool", "velvet", "denim", "satin", "muslin")
NUMBERS = np.repeat(np.array([[0] * 3, [1] * 3], dtype=np.int16), 8, axis=0)
KINDS = WordClasses((*SHADES, *CLOTHS), NUMBERS, (("red", "silk"),) * 3)


def test_words_whose_vectors_point_the_same_way_are_of_one_class() -> None:
    random = np.random.default_rng(1)
    kinds = np.arange(400) % 8
    vectors = random.normal(size=(8, 20))[kinds] * random.uniform(1, 9, (400, 1)) + random.normal(size=(400, 20)) * 0.01
    words = [f"word{at}" for at in range(400)]
    classes = learn_word_classes(words, vectors, seed=1)
    for grain, names in enumerate(classes.names):
        for word, kind, number in zip(words, kinds, classes.numbers[:, grain].tolist(), strict=True):
            named = words.index(names[number])
            assert kinds[named] == kind, f"{word} is in a class of words of another kind"
            assert classes.numbers[named, grain] == number, "a class is named by one of its words"
    again = learn_word_classes(words, vectors, seed=1)
    assert (again.numbers == classes.numbers).all()
    assert again.names == classes.names


def test_there_are_as_many_classes_as_the_grains_say() -> None:
    random = np.random.default_rng(2)
    words = [f"word{at}" for at in range(3_000)]
    numbers = learn_word_classes(words, random.normal(size=(len(words), 5)), seed=1).numbers
    assert [len(np.unique(column)) for column in numbers.T] == list(GRAINS)


def test_a_word_without_a_direction_of_its_own_is_no_error() -> None:
    classes = learn_word_classes(["red", "blue", "mean"], np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]]), seed=1)
    assert len(classes.features("mean")) == len(GRAINS)


def test_classes_need_a_word() -> None:
    with pytest.raises(ValueError, match="there is no word to group"):
        learn_word_classes([], np.zeros((0, 2)), seed=1)


def _trained(classes: WordClasses) -> TrainedExtractor:
    """Rows that show the first four shades and cloths, each in either place."""
    rows = [
        make_product(f"Meva {left} {right} throw", Color=shade.title(), Cloth=cloth.title())
        for shade in SHADES[:4]
        for cloth in CLOTHS[:4]
        for left, right in ((shade.title(), cloth.title()), (cloth.title(), shade.title()))
    ]
    return train(rows, CrfSuite(), TrainingConfig(folds=2), classes=classes)


def _share_found(model: TrainedExtractor) -> float:
    """Of shades and cloths that no row has shown, the share that is read right."""
    unseen = [
        (shade.title(), cloth.title(), f"Meva {left} {right} throw")
        for shade in SHADES[4:]
        for cloth in CLOTHS[4:]
        for left, right in ((shade.title(), cloth.title()), (cloth.title(), shade.title()))
    ]
    predictions = Predictor(model).predict([make_product(text) for _, _, text in unseen])
    right = [
        found["Color"].value == shade and found["Cloth"].value == cloth
        for (shade, cloth, _), found in zip(unseen, predictions, strict=True)
    ]
    return sum(right) / len(right)


def test_a_value_that_no_row_has_shown_is_found_by_its_class() -> None:
    assert _share_found(_trained(NO_CLASSES)) < 0.5, "by shape and place alone it may be either"
    assert _share_found(_trained(KINDS)) == 1


def test_a_reason_names_the_class_by_a_word() -> None:
    product = make_product("Meva Maroon Satin throw")
    (found,) = explain(Predictor(_trained(KINDS)), product, ["Color"], reasons=100)
    best = found.spans[0]
    assert best.span.value == "Maroon"
    assert next(reason.weight for reason in best.reasons if reason.feature == "0:as1024=red") > 0
