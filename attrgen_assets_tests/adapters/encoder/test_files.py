"""Where pretrained encoders come from; none of this needs torch."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from attrgen_assets.adapters.encoder.files import needs_accurate, read_pretrained
from attrgen_assets.errors import ModelError


def test_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert", "hidden_size": 4}))
    (tmp_path / "vocab.txt").write_text("[PAD]\n[UNK]\ntea\n")
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    found = read_pretrained(str(tmp_path))
    assert (found.config["hidden_size"], found.pieces[2], found.weights) == (4, "tea", b"weights")


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("no_such_package", "neither a folder nor an installed Python package"),
        ("json", "has no config.json"),
    ],
)
def test_a_place_without_an_encoder_is_refused(place: str, message: str) -> None:
    with pytest.raises(ModelError, match=message):
        read_pretrained(place)


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"model_type": "gpt2"}, "only bert encoders"),
        ({"model_type": "bert", "hidden_act": "relu"}, "only encoders with gelu"),
    ],
)
def test_another_architecture_is_refused(config: dict[str, str], message: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "vocab.txt").write_text("[PAD]\n")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=message):
        read_pretrained(str(tmp_path))


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(ModelError, match=r'pip install "attrgen\[accurate\]"'), needs_accurate():
        import_module("no_such_library_at_all")
