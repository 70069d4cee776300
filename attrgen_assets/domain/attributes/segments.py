"""Which part of a product a text speaks of: "blue kurta | with white printed palazzos | and dupatta".

In an English noun phrase the head comes last, so a word that names a part takes what stands before it, back to the
part before or to a connecting word, and what follows it up to the next one. By rule:

- A text is cut before connecting words and after words that name a part, so each segment has one of them at most.
- A segment without such a word belongs, before an "and" ("white and gold palazzos"), to what follows; else, as in
  "palazzos in blue" and "palazzos with thread work", to the part before. A text begins with the product.
- Details of the product (its neck, its sleeves) are the product, but do not name it.
- A part named right before the product ("zari border saree") is its modifier: the segment belongs to the product.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.product_types.model import DETAIL, PRODUCT
from attrgen_assets.domain.text import normalise_all, normalise_text

AND: Final = ("and", "n")
WITH: Final = (
    "with", "without", "has", "have", "having", "features", "featuring", "comes", "along", "plus", "while", "whereas",
)  # fmt: skip

_CUT, _WITH, _AND, _BEHIND = "\x1f", "\x1e", "\x1d", "\x1c"
_FIRST_HEAD: Final = 0xE000  # a private code point for each part
_BETWEEN: Final = " | "  # no word, so that no phrase is found across it


@dataclass(frozen=True, eq=False)
class Segments:
    """Segments of some texts, in order.

    text: i64, ascending, the text of each segment; mask: u64, bit p for each part p that it belongs to;
    named: i64, the part that is named in it, or -1; segments: as `text.spaced` writes texts.
    """

    text: np.ndarray
    mask: np.ndarray
    named: np.ndarray
    segments: pl.Series

    def subjects(self, *, texts: int) -> np.ndarray:
        """The part that each of `texts` texts names first (i64), or -1; the product where it is named right behind."""
        subject = np.full(texts, -1)
        naming = np.flatnonzero(self.named >= 0)[::-1]
        subject[self.text[naming]] = np.where(self.mask[naming] & np.uint64(1) == 1, 0, self.named[naming])
        return subject

    def of_part(self, part: int, *, texts: int) -> pl.Series:
        """What each of `texts` texts says of a part, spaced; "" where it says nothing."""
        kept = (self.mask >> np.uint64(part)) & np.uint64(1) == 1
        frame = pl.DataFrame({"text": self.text[kept], "segment": self.segments.filter(pl.Series(kept))})
        joined = frame.group_by("text", maintain_order=True).agg(pl.col("segment").str.join(_BETWEEN))
        result = pl.Series("segment", [""], dtype=pl.String).new_from_index(0, texts)
        return result.scatter(joined["text"], joined["segment"])


class PartWords:
    """The words that name the parts of a product type.

    names: the parts; the product itself is number 0.
    """

    def __init__(self, parts: Mapping[str, tuple[str, ...]], *, labels: str = "") -> None:
        """labels: a regular expression of labels that a capital does not tell the begin of."""
        self._labels = labels
        self.names = (PRODUCT, *(name for name in parts if name not in (PRODUCT, DETAIL)))
        self._words = {name: parts.get(name, ()) for name in (*self.names, DETAIL)}
        self._normal = {name: normalise_all(words) for name, words in self._words.items()}

    @property
    def foreign(self) -> tuple[str, ...]:
        """The words that name a part other than the product."""
        return tuple(word for name in self.names[1:] for word in self._words[name])

    @cached_property
    def label(self) -> str:
        """What a label that begins a clause looks like, as a regular expression: "Neck:", "Dupatta Fabric:".

        A part's name belongs to its label; that of a detail may be the end of a value ("Short Sleeves Pattern:").
        """
        parts = sorted({_literal(word) for name in self.names for word in self._words[name]})
        details = sorted({_literal(word) for word in self._words[DETAIL]})
        named = [rf"(?i:{'|'.join(parts)})(?: [A-Za-z]+){{1,2}}"] if parts else []
        named += [rf"(?i:(?:{'|'.join(details)}) (?:length|type|style))"] if details else []
        named += [rf"(?i:{self._labels})"] if self._labels else []
        return rf"(?:^| )((?:{'|'.join([*named, '[A-Z][A-Za-z]+'])}):)"

    def words(self, part: str) -> tuple[str, ...]:
        """The words that name a part."""
        return self._words[part]

    def normal(self, part: str) -> list[str]:
        """The same, normalised."""
        return self._normal[part]

    def cut(self, spaced: pl.Series) -> Segments:
        """Cut texts, as `text.spaced` writes them, into segments.

        >>> from attrgen_assets.domain.text import spaced
        >>> words = PartWords({"product": ("kurta",), "bottom": ("palazzos",)})
        >>> found = words.cut(spaced(pl.Series(["blue kurta with white and gold palazzos in silk"])))
        >>> [" ".join(found.of_part(part, texts=1)[0].split()) for part in (0, 1)]
        ['blue kurta', 'with white | and gold palazzos | in silk']
        """
        marked = spaced.str.replace_many(*self._marks, leftmost=True).str.split(_CUT)
        text = np.repeat(np.arange(len(spaced)), marked.list.len().to_numpy())
        pieces = marked.explode(empty_as_null=False, keep_nulls=False)
        bare = pieces.str.strip_chars(_WITH + _AND + _BEHIND + self._heads)
        kept = bare.str.contains(r"\S")
        pieces, bare, text = pieces.filter(kept), bare.filter(kept), text[kept.to_numpy()]
        links = pieces.str.slice(0, 1)
        last = pieces.str.tail(1)
        named = np.full(len(pieces), -1)
        for part, mark in enumerate(self._heads[:-1]):
            named[(last == mark).to_numpy()] = part
        head = np.where((last == self._heads[-1]).to_numpy(), 0, named)
        mask = _parts(text, head, (links == _AND).to_numpy(), (links == _BEHIND).to_numpy())
        return Segments(text, mask, named, bare)

    @property
    def _heads(self) -> str:
        return "".join(chr(_FIRST_HEAD + part) for part in range(len(self.names) + 1))

    @cached_property
    def _marks(self) -> tuple[list[str], list[str]]:
        """What is searched for, and what stands there then; longer ones first, so that they win."""
        marks = {f" {word} ": f"{_CUT}{_WITH} {word} " for word in normalise_all(WITH)}
        marks |= {f" {word} ": f"{_CUT}{_AND} {word} " for word in normalise_all(AND)}
        for part, name in enumerate((*self.names, DETAIL)):
            for word in self._normal[name]:
                spelled = f" {word.replace(' ', '  ')} "
                marks[spelled] = f"{spelled}{self._heads[part]}{_CUT}{_BEHIND}"
        order = sorted(marks, key=lambda word: (-len(word), word))
        return order, [marks[word] for word in order]


def _literal(word: str) -> str:
    """A word as it is written in a regular expression; normalised words have no other sign than these."""
    return normalise_text(word).replace(".", r"\.")


def _parts(text: np.ndarray, head: np.ndarray, after_and: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """The mask of parts of each segment.

    text: ascending, the text of each segment.  head: the part that is named in it, or -1.
    after_and: whether it begins with an "and".  behind: whether it stands right behind a word that names a part.
    """
    part = head.copy()
    follows = np.zeros(len(text), dtype=bool)
    follows[1:] = text[1:] == text[:-1]
    modifier = (head[:-1] > 0) & (head[1:] == 0) & behind[1:] & follows[1:]
    part[:-1][modifier] = 0
    trailing = np.flatnonzero((part == -1) & behind & follows)
    part[trailing] = part[trailing - 1]
    for segment in np.flatnonzero((part == -1)[:-1] & (after_and & follows)[1:])[::-1]:
        part[segment] = part[segment + 1]
    for segment in np.flatnonzero(part == -1):
        part[segment] = part[segment - 1] if follows[segment] else 0
    mask = np.uint64(1) << part.astype(np.uint64)
    mask[~follows & (head == -1)] |= np.uint64(1)
    return mask
