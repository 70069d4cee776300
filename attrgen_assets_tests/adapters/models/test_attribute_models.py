"""Versions of models on disk: never overwritten, and a pointer that is there or not."""

from dataclasses import replace
from pathlib import Path

import pytest

from attrgen_assets.adapters.crfsuite import CrfSuite
from attrgen_assets.adapters.models.attribute_models import AttributeModels
from attrgen_assets.domain.extraction.learning import train
from attrgen_assets.domain.extraction.model import TrainedExtractor, TrainingConfig
from attrgen_assets.domain.extraction.word_classes import NO_CLASSES
from attrgen_assets.errors import ModelError, NotFoundError
from attrgen_assets_tests.labelled import make_product


@pytest.fixture(scope="module")
def model() -> TrainedExtractor:
    """A small model."""
    rows = [make_product(f"{color} tea, number {at}", Color=color) for at, color in enumerate(["Red", "Blue"] * 6)]
    trained = train(rows, CrfSuite(), TrainingConfig(folds=0), classes=NO_CLASSES)
    return replace(trained, data_hash="ab" * 32)


def test_versions_count_up_and_none_is_in_force_before_it_is_promoted(tmp_path: Path, model: TrainedExtractor) -> None:
    models = AttributeModels(tmp_path / "models")
    assert (models.current("tea"), models.records("tea")) == (None, [])
    first = models.add("tea", model, {"decision": "promoted"})
    second = models.add("tea", model, {"decision": "kept the current model"})
    assert (first, second, models.current("tea")) == ("0001-abababab", "0002-abababab", None)
    models.promote("tea", first)
    assert models.current("tea") == first
    assert [record["version"] for record in models.records("tea")] == [first, second]
    assert models.load("tea", first).data_hash == model.data_hash
    assert models.current("coffee") is None


def test_only_what_is_there_is_promoted(tmp_path: Path, model: TrainedExtractor) -> None:
    models = AttributeModels(tmp_path)
    version = models.add("tea", model, {})
    models.promote("tea", version)
    for wrong in ("0009-00000000", "../tea", ""):
        with pytest.raises(NotFoundError, match=version):
            models.promote("tea", wrong)
    assert models.current("tea") == version


@pytest.mark.parametrize("content", [b"", b"../../etc", b"\xff\xfe", b"0001"])
def test_a_pointer_that_names_no_version_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "current").write_bytes(content)
    with pytest.raises(ModelError, match="promote a version again"):
        AttributeModels(tmp_path).current("tea")


def test_a_model_without_its_files_is_told(tmp_path: Path, model: TrainedExtractor) -> None:
    models = AttributeModels(tmp_path)
    version = models.add("tea", model, {})
    (tmp_path / "tea" / version / "weights.npz").write_bytes(b"changed")
    with pytest.raises(ModelError, match=r"weights\.npz"):
        models.load("tea", version)


def test_a_record_without_a_model_is_no_version_and_its_number_is_not_used_again(
    tmp_path: Path, model: TrainedExtractor
) -> None:
    models = AttributeModels(tmp_path)
    models.add("tea", model, {})
    (tmp_path / "tea" / "0002-abababab.json").write_text("{}")  # as a kill leaves it
    assert [record["version"] for record in models.records("tea")] == ["0001-abababab"]
    assert models.add("tea", model, {}) == "0003-abababab"
