"""The one spelling rule: two texts that normalise to the same string are the same text.

Library defaults differ between builds (rapidfuzz with and without its C extension, databases by collation), so
this project owns its rule and has it once, as a polars expression; the scalar form runs the same expression.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import polars as pl

_STEPS: Final = (
    (r"[\x{300}-\x{36F}\p{Cf}]", ""),  # accents of Latin letters (Indic vowel signs stay), invisible characters
    (r"[^\p{L}\p{M}\p{N}./% ]+", " "),
    (r"(^|[^0-9])[./%]+", "$1 "),  # a dot, slash or percent sign counts only behind a digit ...
    (r"[./]+([^0-9]|$)", " $1"),  # ... and a dot or slash only before one: 3/4, 1.25, 100%
    (r" {2,}", " "),
)


def normalised(text: pl.Expr, *, ascii_only: bool = False) -> pl.Expr:
    """Lower case, no accents, one space between words, numbers such as 3/4, 1.25 and 100% kept whole.

    With `ascii_only` the Unicode steps are left out: a third of the time, the same answer for ASCII text.
    """
    if not ascii_only:
        text = text.str.normalize("NFKD").str.replace_all("\u2044", "/", literal=True)
    text = text.str.to_lowercase()
    if not ascii_only:
        text = text.str.replace_all("ß", "ss", literal=True)
    for pattern, replacement in _STEPS[ascii_only:]:
        text = text.str.replace_all(pattern, replacement)
    return text.str.strip_chars(" ")


def normalise_series(texts: pl.Series) -> pl.Series:
    """Normalise many texts; nulls stay null.

    >>> normalise_series(pl.Series(["Off-White", None, "3/4th  Sleeve"])).to_list()
    ['off white', None, '3/4th sleeve']
    """
    ascii_only = bool((texts.str.len_bytes() == texts.str.len_chars()).all())
    return texts.alias("text").to_frame().select(normalised(pl.col("text"), ascii_only=ascii_only))["text"]


@lru_cache(maxsize=65_536)  # every spelling of the shipped vocabularies many times over
def normalise_text(text: str) -> str:
    """Normalise one text.

    >>> normalise_text("  Crêpe—de–Chine, 100% (PURE) ")
    'crepe de chine 100% pure'
    """
    return str(normalise_series(pl.Series([text], dtype=pl.String))[0])


def normalise_all(texts: Iterable[str]) -> list[str]:
    """Normalise a handful of texts, in order.

    >>> normalise_all(["V-Neck", "M10x1.25"])
    ['v neck', 'm10x1.25']
    """
    return [str(text) for text in normalise_series(pl.Series(list(texts), dtype=pl.String))]


def spaced(texts: pl.Series) -> pl.Series:
    """Normalised texts with each word between two spaces of its own, so that whole words can be searched for.

    A search for " navy  blue " then cannot match inside a word, and two neighbours never compete for one space.

    >>> spaced(pl.Series(["navy blue"])).to_list()
    [' navy  blue ']
    """
    doubled = pl.col("text").str.replace_all(" ", "  ", literal=True)
    return texts.alias("text").to_frame().select(text=pl.format(" {} ", doubled))["text"]
