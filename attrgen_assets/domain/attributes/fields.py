"""The fields of one batch of raw products, each read, cut and encoded once."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial, reduce
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import DistinctTexts, Encoded, Mentions, encode, is_one_of, starts_of_runs
from attrgen_assets.domain.attributes.cutting import cut_into_clauses, denials_joined
from attrgen_assets.domain.attributes.labels import SIGNS, by_field
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.segments import Segments
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import PRODUCT

_ENTITIES: Final = {"&amp;": "&", "&nbsp;": " ", "&quot;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "\x00": ""}
_CUT: Final = "\x1f"  # in no text


class Fields:
    """The fields of one batch of raw products.

    texts: one string column per field that the feed carries; the others are simply not there.
    plan: how texts are read, for every attribute of the type.
    """

    def __init__(self, texts: pl.DataFrame, plan: Plan) -> None:
        self._texts = texts
        self._reading = plan.product_type.texts
        self._context, self._evidence = plan.context, plan.evidence
        self._words = plan.parts
        self._labels, self._silent = plan.labels, plan.silent
        self._spelled = [vocabulary.spelled for vocabulary in plan.vocabularies.values()]
        self._cells: dict[str, Encoded] = {}
        self._labelled: dict[str, tuple[Encoded, dict[str, dict[int, str]]]] = {}
        self._clauses: dict[str, tuple[Encoded, Mentions]] = {}
        self._proven: dict[str, tuple[Encoded, Mentions]] = {}
        self._segments: dict[tuple[str, bool], tuple[np.ndarray, Segments]] = {}
        self._parts: dict[tuple[str, str, bool], tuple[Encoded, Mentions]] = {}
        self._spellings: dict[tuple[str, str | None, bool, int], tuple[np.ndarray, np.ndarray]] = {}

    def has(self, field: str) -> bool:
        """Whether the feed carries this field."""
        return field in self._texts.columns

    def cells(self, field: str) -> Encoded:
        """Distinct cells of a field, as they came but for HTML entities; cells that state nothing are left out."""
        if field not in self._cells:
            encoded = encode(self._texts[field])
            encoded = replace(encoded, texts=DistinctTexts(_unescaped(encoded.texts.raw)))
            self._cells[field] = encoded.without(is_one_of(encoded.texts.raw, self._reading.missing))
        return self._cells[field]

    def labelled(self, field: str) -> tuple[Encoded, dict[str, dict[int, str]]]:
        """The texts of a field that may have labels, and what stands behind these.

        By field that a label names, and by the text's number.
        """
        if field not in self._labelled:
            signed = np.flatnonzero(self._texts[field].str.contains(SIGNS).fill_null(value=False).to_numpy())
            encoded = encode(_unescaped(self._texts[field].gather(signed)), signed.astype(np.uint32))
            having = np.flatnonzero(encoded.texts.raw.str.contains(self._labels.pattern).to_numpy())
            missing = {text.lower() for text in self._reading.missing}
            read = {at: self._labels.read(encoded.texts.raw[at], missing=missing) for at in having.tolist()}
            self._labelled[field] = encoded, by_field(read)
        return self._labelled[field]

    def clauses(self, field: str) -> tuple[Encoded, Mentions]:
        """Distinct clauses of a field, in reading order per row, and the context words in them.

        Boilerplate and what may be worn with the product are left out, and so is the brand.
        """
        if field not in self._clauses:
            cells = _unescaped(self._texts[field])
            if field != "brand" and self.has("brand"):
                cells = _without_brand(cells, self._texts["brand"])
            labels = (self._words.label, self._silent) if field in self._reading.run_on else None
            cells = denials_joined(cells, self._reading.negations)
            encoded = cut_into_clauses(cells, self._spelled, labels)
            mentions = self._context.mentions(encoded.texts)
            told = _without_styling(encoded, mentions.of_any(self._reading.styling))
            self._clauses[field] = told.without(mentions.of_any(self._reading.boilerplate)), mentions
        return self._clauses[field]

    def proven(self, field: str) -> tuple[Encoded, Mentions]:
        """The same without what is denied and without names, and the context words that are left."""
        if field not in self._proven:
            clauses, mentions = self.clauses(field)
            mentioned = np.flatnonzero(mentions.of_any((*self._reading.negations, *self._reading.names)))
            doubtful = mentioned[self._evidence.doubtful(clauses.texts.spaced.gather(mentioned))]
            if len(doubtful):
                raw, read = (texts.gather(doubtful) for texts in (clauses.texts.raw, clauses.texts.spaced))
                texts = clauses.texts.replaced(doubtful, self._evidence.of(raw, read))
                clauses = replace(clauses, texts=texts)
                mentions = self._context.mentions_again(mentions, doubtful, texts)
            self._proven[field] = clauses, mentions
        return self._proven[field]

    def part(self, field: str, part: str | None, *, proven: bool = True) -> tuple[Encoded, Mentions]:
        """The same, of each clause only what it says of a part, or of the product itself; None for all of it.

        Clauses that name no part but the product are what they were: most texts are never cut.
        proven: without what is denied and without names.
        """
        if part is None or not self._words.foreign:
            return self.proven(field) if proven else self.clauses(field)
        if (field, part, proven) not in self._parts:
            clauses, mentions = self.part(field, None, proven=proven)
            cut, segments = self._cut(field, proven=proven)
            number = self._words.names.index(part)
            of_part = segments.of_part(number, texts=len(cut))
            goes_on = self._goes_on_about(clauses, mentions, cut, segments)
            if part == PRODUCT:
                clauses = clauses.only(goes_on <= 0)
            else:
                names_a_part = np.zeros(len(clauses.texts.raw), dtype=bool)
                names_a_part[cut] = True
                clauses = clauses.only(names_a_part.take(clauses.codes) | (goes_on == number))
            texts = clauses.texts.replaced(cut, of_part)
            again = self._context.mentions_again(mentions, cut, texts)
            self._parts[field, part, proven] = replace(clauses, texts=texts), again
        return self._parts[field, part, proven]

    def named(self, field: str, parts: Sequence[str], not_near: tuple[str, ...]) -> Encoded:
        """For each row in which all of these parts are named, the first word for each, together: "palazzo dupatta".

        Clauses in which one of `not_near` stands are skipped.
        """
        clauses, mentions = self.proven(field)
        wanted = ~mentions.of_any(not_near)
        found = []
        for part in parts:
            text, word = mentions.where(self._words.words(part))
            rows, hits = clauses.spread(text[wanted[text]])
            first = starts_of_runs(rows)
            found.append((rows[first], word[wanted[text]][hits[first]]))
        rows = reduce(partial(np.intersect1d, assume_unique=True), (rows for rows, _ in found))
        words = tuple(word[np.searchsorted(of, rows)] for of, word in found)
        names = [self._words.normal(part) for part in parts]
        shape = tuple(map(len, names))
        distinct, codes = np.unique(np.ravel_multi_index(words, shape), return_inverse=True)
        each = zip(*(place.tolist() for place in np.unravel_index(distinct, shape)), strict=True)
        texts = [" ".join(name[word] for name, word in zip(names, one, strict=True)) for one in each]
        return Encoded(rows, codes, DistinctTexts(pl.Series("text", texts, dtype=pl.String)))

    def spellings(
        self, field: str, part: str | None, vocabulary: Vocabulary, *, proven: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        """(text, spelling) index pairs of a vocabulary in the clauses of `part`, whichever source asks."""
        key = field, part, proven, id(vocabulary)
        if key not in self._spellings:
            self._spellings[key] = vocabulary.phrases.find(self.part(field, part, proven=proven)[0].texts.spaced)
        return self._spellings[key]

    def _goes_on_about(self, clauses: Encoded, mentions: Mentions, cut: np.ndarray, segments: Segments) -> np.ndarray:
        """The part (i64, per occurrence) that a sentence began with, of its clauses that name nothing; else -1.

        "Blue palazzos, has a waistband, button closure": the buttons are the palazzos'.
        """
        subject = np.where(mentions.of_any(self._words.words(PRODUCT)), 0, -1)
        subject[cut] = segments.subjects(texts=len(cut))
        of_clause = subject.take(clauses.codes)
        nowhere = np.zeros(len(of_clause), dtype=bool)
        begins = nowhere if clauses.sentences is None else starts_of_runs(clauses.sentences)
        if not (of_clause[begins] > 0).any():
            return np.full(len(of_clause), -1)
        of_sentence = of_clause[begins].take(np.cumsum(begins) - 1)
        return np.where(of_clause == -1, of_sentence, -1)

    def _cut(self, field: str, *, proven: bool) -> tuple[np.ndarray, Segments]:
        """The clauses that name a part other than the product, and these cut into segments."""
        if (field, proven) not in self._segments:
            clauses, mentions = self.part(field, None, proven=proven)
            cut = np.flatnonzero(mentions.of_any(self._words.foreign))
            self._segments[field, proven] = cut, self._words.cut(clauses.texts.spaced.gather(cut))
        return self._segments[field, proven]


def _without_styling(clauses: Encoded, styling: np.ndarray) -> Encoded:
    """Without each clause that tells what to wear with the product (bool, per text), and the rest of its sentence.

    "Pair it with red palazzos, a golden dupatta and juttis": none of them is sold.
    """
    told = styling.take(clauses.codes)
    if clauses.sentences is None or not told.any():
        return clauses
    begins = np.maximum.accumulate(np.where(starts_of_runs(clauses.sentences), np.arange(len(told)), 0))
    last = np.maximum.accumulate(np.where(told, np.arange(len(told)), -1))
    return clauses.only(last < begins)


def _unescaped(cells: pl.Series) -> pl.Series:
    """Without NUL bytes, and with the HTML entities that feeds leave in their texts resolved."""
    if not cells.str.contains_any(["&", "\x00"]).any():
        return cells
    return cells.str.replace_many(_ENTITIES)


def _without_brand(cells: pl.Series, brands: pl.Series) -> pl.Series:
    """A brand is no evidence: "Rajesh Silk Mills" at the start of a title does not make the saree silk.

    A brand of one word is taken away at the start only ("W" and "Blue" are brands, too).
    """
    text, brand = pl.col("text"), pl.col("brand")
    start = text.str.slice(0, brand.str.len_chars() + 1)
    starts = start.str.to_lowercase() == brand.str.to_lowercase() + " "
    behind = pl.when(starts).then(text.str.slice(brand.str.len_chars())).otherwise(text)
    inside = brand.str.contains(" ", literal=True) & text.str.contains(brand, literal=True)
    frame = pl.DataFrame({"text": cells, "brand": brands.str.strip_chars()})
    frame = frame.with_columns(text=behind).with_columns(inside=inside.fill_null(value=False))
    if frame["inside"].any():
        masked = text.str.split(pl.when("inside").then("brand").otherwise(pl.lit(_CUT))).list.join(_CUT)
        frame = frame.with_columns(text=masked)
    return frame["text"]
