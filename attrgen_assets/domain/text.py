"""The one spelling rule: two texts that normalise to the same string are the same text.

Library defaults differ between builds (rapidfuzz with and without its C extension, databases by collation), so
this project owns its rule and has it once, for whole series; the scalar form runs the same.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import polars as pl

_MARKS: Final = r"[\x{300}-\x{36F}\p{Cf}]"  # accents of Latin letters (Indic vowel signs stay), invisible characters
_NO_WORD: Final = r"[^\p{L}\p{M}\p{N}./% ]+"
_NO_ASCII_WORD: Final = r"[^a-z0-9./% ]+"  # the same for lower-case ASCII, in half the time
_AT_NUMBERS: Final = (
    (r"(^|[^0-9])[./%]+", "$1 "),  # a dot, slash or percent sign counts only behind a digit ...
    (r"[./]+([^0-9]|$)", " $1"),  # ... and a dot or slash only before one: 3/4, 1.25, 100%
)


def normalise_series(texts: pl.Series) -> pl.Series:
    """Normalise many texts; nulls stay null.

    Lower case, no accents, one space between words, numbers such as 3/4, 1.25 and 100% kept whole. For ASCII the
    Unicode steps are left out, which saves most of the time; the answer is the same.

    >>> normalise_series(pl.Series(["Off-White", None, "3/4th  Sleeve"])).to_list()
    ['off white', None, '3/4th sleeve']
    """
    if bool((texts.str.len_bytes() == texts.str.len_chars()).all()):
        words = texts.str.to_lowercase().str.replace_all(_NO_ASCII_WORD, " ")
    else:
        plain = texts.str.normalize("NFKD").str.replace_all("\u2044", "/", literal=True).str.to_lowercase()
        words = plain.str.replace_all("ß", "ss", literal=True).str.replace_all(_MARKS, "")
        words = words.str.replace_all(_NO_WORD, " ")
    special = words.str.contains_any([".", "/", "%"]).fill_null(value=False)
    if special.any():
        some = words.filter(special)
        for pattern, replacement in _AT_NUMBERS:
            some = some.str.replace_all(pattern, replacement)
        words = words.scatter(special.arg_true(), some)
    wide = words.str.contains("  ", literal=True).fill_null(value=False)
    if wide.any():
        words = words.scatter(wide.arg_true(), words.filter(wide).str.replace_all(r" {2,}", " "))
    return words.str.strip_chars(" ").alias("text")


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


def regex_literal(text: str) -> str:
    r"""A text as it is written in a regular expression.

    >>> print(regex_literal("3/4 length"))
    3\/4 length
    """
    return "".join(character if character.isalnum() or character == " " else f"\\{character}" for character in text)
