"""The fields of one batch of raw products, each read, cut and encoded once."""

from collections.abc import Container, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import DistinctTexts, Encoded, Mentions, encode, is_one_of, starts_of_runs
from attrgen_assets.domain.attributes.labels import SIGNS, by_field
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.segments import Segments
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import PRODUCT
from attrgen_assets.domain.text import normalise_all, normalise_series

_CUT: Final = "\x1f"
_ENTITIES: Final = {"&amp;": "&", "&nbsp;": " ", "&quot;": '"', "&#39;": "'", "&lt;": "<", "&gt;": ">", "\x00": ""}
_GOES_ON: Final = "\x1e"  # at the beginning of a clause that is not its sentence's first
_CUTS: Final = (
    {", ": _CUT + _GOES_ON}
    | dict.fromkeys((";", "|", "\n", "\r", "\t", "•", "·", "] [", ". ", "! ", "? ", " - ", " – ", " — "), _CUT)
    | {f"{short}. ": f"{short} " for short in ("Rs", "rs", "RS", "No", "no", "NO")}
)
_ONE_OR_TWO_WORDS: Final = "^[A-Za-z-]+( [A-Za-z-]+)?$"
_DASHED_LABEL: Final = r"((?:^|[.;,|•·\n]\s*)[A-Z][A-Za-z]*(?: [A-Za-z]+){0,2}) [-–—] "
_TAG: Final = r"<[^<>]{0,40}>"
_LAST_BRACKETS: Final = r"\(([A-Za-z][^()]*)\)$"
_GLUED_COMMA: Final = r"([^0-9]),"
_INNER_CAPITAL: Final = r"([a-z0-9).?!])([A-Z][a-z])"


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
        self._labelled: dict[str, dict[str, dict[int, str]]] = {}
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

    def labelled(self, field: str) -> dict[str, dict[int, str]]:
        """By field that a label names, and number of the text in `cells(field)`: what stands behind the label there."""
        if field not in self._labelled:
            texts = self.cells(field).texts.raw
            signed = np.flatnonzero(texts.str.contains(SIGNS).to_numpy())
            having = signed[texts.gather(signed).str.contains(self._labels.pattern).to_numpy()].tolist()
            missing = {text.lower() for text in self._reading.missing}
            self._labelled[field] = by_field({at: self._labels.read(texts[at], missing=missing) for at in having})
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
            encoded = _cut_into_clauses(cells, self._spelled, labels)
            mentions = self._context.mentions(encoded.texts)
            told = _without_styling(encoded, mentions.of_any(self._reading.styling))
            self._clauses[field] = told.without(mentions.of_any(self._reading.boilerplate)), mentions
        return self._clauses[field]

    def proven(self, field: str) -> tuple[Encoded, Mentions]:
        """The same without what is denied and without names, and the context words that are left."""
        if field not in self._proven:
            clauses, mentions = self.clauses(field)
            unproven = np.flatnonzero(mentions.of_any((*self._reading.negations, *self._reading.names)))
            if len(unproven):
                texts = clauses.texts.replaced(unproven, self._evidence.of(clauses.texts.spaced.gather(unproven)))
                clauses = replace(clauses, texts=texts)
                mentions = self._context.mentions_again(mentions, unproven, texts)
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
                clauses = clauses.only(names_a_part[clauses.codes] | (goes_on == number))
            texts = clauses.texts.replaced(cut, of_part)
            again = self._context.mentions_again(mentions, cut, texts)
            self._parts[field, part, proven] = replace(clauses, texts=texts), again
        return self._parts[field, part, proven]

    def named(self, field: str, parts: Sequence[str], not_near: tuple[str, ...]) -> dict[int, str]:
        """By row in which all of these parts are named, the first word for each, together: "palazzo dupatta".

        Clauses in which one of `not_near` stands are skipped.
        """
        clauses, mentions = self.proven(field)
        unwanted = mentions.of_any(not_near)
        found: list[dict[int, str]] = []
        for part in parts:
            text, word = mentions.where(self._words.words(part))
            text, word = text[~unwanted[text]], word[~unwanted[text]]
            rows, hits = clauses.spread(text)
            words = normalise_all(self._words.words(part))
            found.append({row: words[word[hit]] for row, hit in zip(rows[::-1].tolist(), hits[::-1], strict=True)})
        named_in = sorted(set(found[0]).intersection(*found[1:]))
        return {row: " ".join(words[row] for words in found) for row in named_in}

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
        of_clause = subject[clauses.codes]
        if clauses.sentences is None or not (of_clause > 0).any():
            return np.full(len(of_clause), -1)
        begins = starts_of_runs(clauses.sentences)
        of_sentence = of_clause[begins][np.cumsum(begins) - 1]
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
    told = styling[clauses.codes]
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


def _cut_into_clauses(cells: pl.Series, spelled: Sequence[Container[str]], labels: tuple[str, str] | None) -> Encoded:
    """Cut at commas (not inside numbers), ends of sentences, bullets, tags and, in run-on texts, inner capitals.

    Words in brackets at the end speak of the whole and not of the part before: "saree with blouse piece (wine, EX-1)".
    In run-on texts a dash after a label ("Blouse Type - Unstitched") is a colon.
    What needs no neighbour to be decided is decided per distinct clause: descriptions repeat each other's clauses.
    spelled: the normalised spellings of each vocabulary.  labels: of run-on texts, what a label looks like, and those
    that are no values, as regular expressions.
    """
    text = pl.col("text")
    if labels is not None and cells.str.contains(r" [-–—] ").any():
        text = text.str.replace_all(_DASHED_LABEL, "${1}: ")
    text = text.str.replace_many(_CUTS, leftmost=True)
    if cells.str.ends_with(")").any():
        text = text.str.replace(_LAST_BRACKETS, f"{_CUT}${{1}}")
    if cells.str.contains("<", literal=True).any():
        text = text.str.replace_all(_TAG, _CUT)
    if cells.str.contains(r",\S").any():
        text = text.str.replace_all(_GLUED_COMMA, f"${{1}}{_CUT}{_GOES_ON}")
    cut = cells.alias("text").to_frame().select(text.str.split(_CUT))["text"]
    rows = np.repeat(np.arange(len(cells), dtype=np.uint32), cut.list.len().fill_null(0).to_numpy())
    clauses = encode(cut.explode(empty_as_null=False, keep_nulls=False), rows)
    goes_on = clauses.texts.raw.str.starts_with(_GOES_ON).to_numpy()
    clauses = replace(clauses, texts=DistinctTexts(clauses.texts.raw.str.strip_prefix(_GOES_ON)))
    if labels is not None:
        clauses, goes_on = _cut_at_capitals(clauses, goes_on, *labels)
    clauses, goes_on = _enumerations_joined(clauses, goes_on, spelled)
    starts = ~goes_on[clauses.codes] | starts_of_runs(clauses.rows)
    return replace(clauses, sentences=np.cumsum(starts))


def _cut_at_capitals(clauses: Encoded, goes_on: np.ndarray, label: str, silent: str) -> tuple[Encoded, np.ndarray]:
    """Cut "white floral printHas a round neck" in two, and "Fabric: cotton Dupatta fabric: net".

    goes_on: whether each of the texts continues a sentence; returned for the new texts.
    """
    raw = clauses.texts.raw
    labelled = np.flatnonzero(raw.str.contains(": ", literal=True).to_numpy())
    if len(labelled):
        parted = raw.gather(labelled).str.replace_all(label, f"{_CUT}${{1}}").str.strip_prefix(_CUT)
        raw = raw.clone().scatter(labelled, parted)
    elif not raw.str.contains(_INNER_CAPITAL).any():
        return clauses, goes_on
    pieces = raw.str.replace_all(_INNER_CAPITAL, f"${{1}}{_CUT}$2").str.split(_CUT)
    whole = np.repeat(np.arange(len(pieces)), pieces.list.len().to_numpy())
    rows, codes = clauses.spread(whole)
    texts = pieces.explode(empty_as_null=False, keep_nulls=False)
    if len(labelled):
        texts = texts.str.replace(rf"(?i)^\s*(?:{silent})\s*:", "")
    return Encoded(rows, codes, DistinctTexts(texts)), goes_on[whole] & starts_of_runs(whole)


def _enumerations_joined(
    clauses: Encoded, goes_on: np.ndarray, spelled: Sequence[Container[str]]
) -> tuple[Encoded, np.ndarray]:
    """Put what begins a sentence before what follows its comma, if it is a word, or a value before one of its kind.

    "Navy, pink printed kurta" and "Navy blue, pink printed kurta" name two colours; "Round neck, pink kurta" does not.
    """
    texts, codes, rows = clauses.texts.raw, clauses.codes, clauses.rows
    alone = texts.str.contains(_ONE_OR_TWO_WORDS).to_numpy() & ~goes_on
    first = np.flatnonzero(alone[codes[:-1]] & goes_on[codes[1:]] & (rows[:-1] == rows[1:]))
    pairs, pair_of = np.unique(codes[first] * np.int64(len(texts)) + codes[first + 1], return_inverse=True)
    ones, others = texts.gather(pairs // len(texts)), texts.gather(pairs % len(texts))
    forms = (each.to_list() for each in (ones, normalise_series(ones), normalise_series(others)))
    together = [" " not in one or _are_of_a_kind(value, text, spelled) for one, value, text in zip(*forms, strict=True)]
    first, pair_of = (every[np.array(together, dtype=bool)[pair_of]] for every in (first, pair_of))
    if not len(first):
        return clauses, goes_on
    codes = codes.copy()
    codes[first] = len(texts) + pair_of
    kept = np.ones(len(codes), dtype=bool)
    kept[first + 1] = False
    every = DistinctTexts(pl.concat([texts, ones + ", " + others]))
    return Encoded(rows[kept], codes[kept], every), np.append(goes_on, np.zeros(len(ones), dtype=bool))


def _are_of_a_kind(value: str, text: str, spelled: Sequence[Container[str]]) -> bool:
    """Whether a text begins with a value of a vocabulary that has the first one, too; both normalised."""
    words = text.split(" ")
    beginnings = " ".join(words[:2]), words[0]
    return any(value in one and any(beginning in one for beginning in beginnings) for one in spelled)
