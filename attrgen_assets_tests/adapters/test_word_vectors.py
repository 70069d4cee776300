"""The installed vectors of words."""

import shutil
from pathlib import Path

import pytest

from attrgen_assets.adapters.word_vectors import (
    MEASURED,
    PACKAGE,
    VECTORS,
    WORDS,
    folder_of,
    installed_vectors,
    read_word_classes,
    word_classes_of,
)
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES
from attrgen_assets.errors import ModelError

AGAIN = f"pip install --force-reinstall --no-deps {PACKAGE}=="


def _never(step: str) -> None:
    pytest.fail(step)


def test_words_that_are_used_alike_have_a_class_in_common() -> None:
    assert installed_vectors(_never) == PACKAGE
    classes = word_classes_of(PACKAGE)
    assert len(classes.words) > 100_000
    for one, other in (("red", "blue"), ("silk", "wool"), ("coffee", "tea"), ("sony", "intel")):
        assert set(classes.features(one)) & set(classes.features(other)), (one, other)
    assert not set(classes.features("red")) & set(classes.features("sony"))
    assert classes.features("9") == classes.features("oz") == (), "short words and numbers have other features"


def test_without_the_package_models_are_trained_as_well_and_it_is_said() -> None:
    said: list[str] = []
    assert not installed_vectors(said.append, "attrgen-no-such-package")
    assert said == [
        "note: attrgen-no-such-package is not installed, and training goes on without classes of words; "
        'pip install "attrgen[extraction]" brings it'
    ]
    assert word_classes_of("") is NO_CLASSES


@pytest.mark.parametrize("name", MEASURED)
def test_other_vectors_than_the_measured_ones_are_refused(tmp_path: Path, name: str) -> None:
    folder = folder_of(PACKAGE)
    assert folder is not None
    for file in (WORDS, VECTORS):
        shutil.copy(folder / file, tmp_path / file)
    with (tmp_path / name).open("ab") as changed:
        changed.write(b"x")
    with pytest.raises(ModelError, match=f"{name} has SHA-256 [0-9a-f]{{64}}, not {MEASURED[name]}; {AGAIN}"):
        read_word_classes(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(ModelError, match=f"{name}: cannot be read: No such file or directory; {AGAIN}"):
        read_word_classes(tmp_path)
