"""Reading distinct texts as values of one attribute: accepted, not applicable, or refused with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache, partial
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import is_one_of
from attrgen_assets.domain.attributes.matching import Match, Remember, match_texts
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
    TextAttribute,
    Texts,
)
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.domain.text import normalise_all, normalise_series
from attrgen_assets.domain.units import conversion_factor, parse_quantity

METHODS: Final = (
    "exact",
    "synonym",
    "fuzzy",
    "phrase",
    "parsed",
    "as_written",
    "not_applicable",
    "rule",
    "fallback",
    "human",
)
"""How a text became a value, on record in its provenance; codes of arrays are positions here."""

METHOD_CODE: Final = {method: code for code, method in enumerate(METHODS)}
_SYNONYM_FACTOR: Final = 0.99  # someone wrote the synonym down: nearly as good as the value itself
_PHRASE_FACTOR: Final = 0.93  # other words stand beside the value


class Outcome(IntEnum):
    """What reading one text came to."""

    ACCEPTED = 0
    NOT_APPLICABLE = 1
    REFUSED = 2


@dataclass(frozen=True, slots=True)
class TextRefusal:
    """Why a text was refused; `part` is the part of the text that was, where only a part was."""

    reason: RefusalReason
    nearest: tuple[str, ...] = ()
    part: str | None = None


@dataclass(frozen=True, eq=False)
class Readings:
    """The readings of distinct texts, all arrays as long as the texts.

    outcome: u8, an Outcome.  value: per kind - enum i32 code; enum_list u64 (texts, words) bit mask of codes;
    number f64; boolean bool; text i32 position in `texts`.  factor: f32, multiplies the candidate's confidence.
    method: u8 into METHODS.  refusals: by position; an accepted list may have one for a refused part, too.
    texts: the cleaned texts (text attributes only).
    """

    outcome: np.ndarray
    value: np.ndarray
    factor: np.ndarray
    method: np.ndarray
    refusals: dict[int, TextRefusal] = field(default_factory=dict)
    texts: pl.Series | None = None


Reader = Callable[[pl.Series], Readings]
"""Reads the distinct texts of one attribute."""


def reader_for(
    attribute: Attribute, texts: Texts, *, vocabulary: Vocabulary | None, remember: Remember | None = None
) -> Reader:
    """The reader of an attribute: the texts for "not applicable" are taken out first, the rest is read by kind."""
    match attribute:
        case EnumAttribute() if vocabulary is not None:
            by_kind = _enum_reader(attribute, vocabulary, remember)
        case EnumListAttribute() if vocabulary is not None:
            by_kind = _enum_list_reader(attribute, vocabulary, remember)
        case NumberAttribute():
            by_kind = _number_reader(attribute)
        case BooleanAttribute():
            by_kind = _boolean_reader(attribute)
        case TextAttribute():
            by_kind = _text_reader(attribute)
        case _:
            raise ValueError(f"attribute {attribute.name!r} of kind {attribute.kind} needs a vocabulary")

    def read(distinct: pl.Series) -> Readings:
        readings = by_kind(distinct)
        for index in np.flatnonzero(is_one_of(distinct, texts.not_applicable)).tolist():
            if readings.outcome[index] != Outcome.REFUSED and attribute.kind != "text":
                continue  # the config gave this spelling to a value
            readings.outcome[index] = Outcome.NOT_APPLICABLE if attribute.na else Outcome.REFUSED
            readings.method[index] = METHOD_CODE["not_applicable"]
            readings.factor[index] = 1.0
            readings.refusals.pop(index, None)
            if not attribute.na:
                readings.refusals[index] = TextRefusal(RefusalReason.NA_NOT_ALLOWED)
        return readings

    return read if vocabulary is None else _spellings_read_once(read, vocabulary)


def _spellings_read_once(read: Reader, vocabulary: Vocabulary) -> Reader:
    """The same: every lexicon hands in the texts of its vocabulary, batch after batch."""
    known: list[Readings] = []

    def read_or_remember(distinct: pl.Series) -> Readings:
        if distinct is not vocabulary.spelling_texts:
            return read(distinct)
        if not known:
            known.append(read(distinct))
        return known[0]

    return read_or_remember


def _empty(count: int, value: np.ndarray, method: str) -> Readings:
    """Readings that refuse everything, to be filled in."""
    return Readings(
        outcome=np.full(count, Outcome.REFUSED, dtype=np.uint8),
        value=value,
        factor=np.ones(count, dtype=np.float32),
        method=np.full(count, METHOD_CODE[method], dtype=np.uint8),
    )


def _accept_match(readings: Readings, index: int, match: Match) -> None:
    readings.outcome[index] = Outcome.ACCEPTED
    readings.method[index] = METHOD_CODE[match.method or "exact"]
    readings.factor[index] = _factor(match)


def _factor(match: Match) -> float:
    if match.method == "fuzzy":
        return match.score / 100
    return {"synonym": _SYNONYM_FACTOR, "phrase": _PHRASE_FACTOR}.get(match.method or "", 1.0)


def _matcher(
    attribute: EnumAttribute | EnumListAttribute, vocabulary: Vocabulary, remember: Remember | None
) -> "Callable[[Sequence[str]], list[Match]]":
    """Matching with a memory for the life of the reader, so that a text of many batches is matched once."""
    known: dict[str, Match] = {}

    def match(texts: Sequence[str]) -> list[Match]:
        unknown = [text for text in dict.fromkeys(texts) if text not in known]
        if unknown:
            matches = match_texts(unknown, vocabulary, matching=attribute.matching, remember=remember)
            known.update(zip(unknown, matches, strict=True))
        return [known[text] for text in texts]

    return match


def _enum_reader(attribute: EnumAttribute, vocabulary: Vocabulary, remember: Remember | None) -> Reader:
    match = _matcher(attribute, vocabulary, remember)

    def read(distinct: pl.Series) -> Readings:
        readings = _empty(len(distinct), np.full(len(distinct), -1, dtype=np.int32), "exact")
        for index, found in enumerate(match(distinct.to_list())):
            if len(found.codes) == 1 or (found.codes and attribute.matching.several == "first"):
                readings.value[index] = found.codes[0]
                _accept_match(readings, index, found)
            elif found.codes:
                named = tuple(vocabulary.values[code] for code in found.codes)
                readings.refusals[index] = TextRefusal(RefusalReason.AMBIGUOUS, named)
            else:
                readings.refusals[index] = TextRefusal(found.reason or RefusalReason.NOT_IN_VOCABULARY, found.nearest)
        return readings

    return read


def _enum_list_reader(attribute: EnumListAttribute, vocabulary: Vocabulary, remember: Remember | None) -> Reader:
    match = _matcher(attribute, vocabulary, remember)
    words = (len(vocabulary.values) + 63) // 64

    def read(distinct: pl.Series) -> Readings:
        cells = distinct.to_list()
        parts = [_parts(cell, attribute.separators) for cell in cells]
        matches = iter(match([part for cell_parts in parts for part in cell_parts]))
        readings = _empty(len(cells), np.zeros((len(cells), words), dtype=np.uint64), "exact")
        for index, cell_parts in enumerate(parts):
            for part in cell_parts:
                found = next(matches)
                for code in found.codes:
                    readings.value[index, code // 64] |= np.uint64(1 << (code % 64))
                    _accept_match(readings, index, found)
                if not found.codes and index not in readings.refusals:
                    reason = found.reason or RefusalReason.NOT_IN_VOCABULARY
                    readings.refusals[index] = TextRefusal(reason, found.nearest, part)
        return readings

    return read


def _parts(cell: str, separators: Sequence[str]) -> list[str]:
    for separator in separators[1:]:
        cell = cell.replace(separator, separators[0])
    parts = [part.strip() for part in (cell.split(separators[0]) if separators else [cell])]
    return [part for part in parts if part] or [cell]


def _number_reader(attribute: NumberAttribute) -> Reader:
    read_one = lru_cache(maxsize=1 << 17)(partial(_number, attribute=attribute))  # prices repeat from batch to batch

    def read(distinct: pl.Series) -> Readings:
        readings = _empty(len(distinct), np.full(len(distinct), np.nan), "parsed")
        for index, text in enumerate(distinct.to_list()):
            value = read_one(text)
            if isinstance(value, TextRefusal):
                readings.refusals[index] = value
            else:
                readings.value[index] = value
                readings.outcome[index] = Outcome.ACCEPTED
        return readings

    return read


def _number(text: str, attribute: NumberAttribute) -> float | TextRefusal:
    quantity = parse_quantity(text)
    if quantity is None:
        return TextRefusal(RefusalReason.NOT_A_NUMBER)
    factor: float | None = 1.0
    if quantity.unit is not None:
        factor = conversion_factor(quantity.unit, attribute.unit) if attribute.unit else None
    if factor is None:
        return TextRefusal(RefusalReason.WRONG_UNIT, (attribute.unit or "no unit",))
    value = round(quantity.value * factor, attribute.decimals)
    if not attribute.minimum <= value <= attribute.maximum:
        return TextRefusal(RefusalReason.OUT_OF_RANGE, (f"{attribute.minimum:g} to {attribute.maximum:g}",))
    return value


def _boolean_reader(attribute: BooleanAttribute) -> Reader:
    truth = dict.fromkeys(normalise_all(attribute.true_texts), True)
    truth |= dict.fromkeys(normalise_all(attribute.false_texts), False)

    def read(distinct: pl.Series) -> Readings:
        readings = _empty(len(distinct), np.zeros(len(distinct), dtype=bool), "exact")
        for index, text in enumerate(normalise_series(distinct).to_list()):
            if text in truth:
                readings.value[index] = truth[text]
                readings.outcome[index] = Outcome.ACCEPTED
            else:
                allowed = (*attribute.true_texts, *attribute.false_texts)
                readings.refusals[index] = TextRefusal(RefusalReason.NOT_A_BOOLEAN, allowed)
        return readings

    return read


def _text_reader(attribute: TextAttribute) -> Reader:
    """Free text: control characters and surplus spaces go, too long a text is refused. Vectorised: titles differ."""

    def read(distinct: pl.Series) -> Readings:
        cleaned = distinct.str.strip_chars()
        untidy = cleaned.str.contains(r"[^\S ]|\p{Cc}|  ")
        if untidy.any():
            tidied = cleaned.filter(untidy).str.replace_all(r"[\p{Cc}\s]+", " ").str.strip_chars()
            cleaned = cleaned.scatter(untidy.arg_true(), tidied)
        lengths = cleaned.str.len_chars().to_numpy()
        readings = _empty(len(distinct), np.arange(len(distinct), dtype=np.int32), "as_written")
        readings.outcome[:] = np.where((lengths > 0) & (lengths <= attribute.max_length), 0, Outcome.REFUSED)
        for index in np.flatnonzero(readings.outcome).tolist():
            limit = f"1 to {attribute.max_length} characters, found {lengths[index]}"
            readings.refusals[index] = TextRefusal(RefusalReason.TOO_LONG, (limit,))
        return Readings(
            readings.outcome, readings.value, readings.factor, readings.method, readings.refusals, texts=cleaned
        )

    return read
