"""The attributes of a batch while they are being decided: arrays, one element a row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import GENERATOR_VERSION, CandidateGroup
from attrgen_assets.domain.attributes.clauses import starts_of_runs
from attrgen_assets.domain.attributes.coerce import METHOD_CODE, Outcome, Readings, TextRefusal
from attrgen_assets.domain.attributes.confidence import calibrated
from attrgen_assets.domain.attributes.refusals import Refusals, list_proposals, proposals
from attrgen_assets.domain.attributes.sets import distinct_sets, texts_together, unions
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.learned import HOLDING_NO_ROW, PROPOSING
from attrgen_assets.domain.product_types.model import NOT_APPLICABLE as NA
from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    TextAttribute,
)
from attrgen_assets.domain.product_types.trust import Calibration
from attrgen_assets.domain.tables import STATUS_DTYPE, RefusalReason, Status

FOUND: Final = STATUS_DTYPE.categories.to_list().index(Status.FOUND)
NOT_APPLICABLE: Final = STATUS_DTYPE.categories.to_list().index(Status.NOT_APPLICABLE)
NOT_FOUND: Final = STATUS_DTYPE.categories.to_list().index(Status.NOT_FOUND)

HUMAN: Final = "human"
"""The generator of corrections: no machine and no rule overrules it."""

Answer = str | bool | float | tuple[str, ...]
"""A value as a rule, a fallback or a person states it; "NA" is NOT_APPLICABLE."""


class AttributeState:
    """One attribute of every row of a batch.

    status: u8, STATUS_DTYPE's codes.  value: as Readings has it (text: position in `texts`).
    confidence: f32, 0-1.  method: u8, into METHODS.  origin: i16, position in `origins`, or -1.
    text: i32, position in the concatenation of `texts`, the raw text that the value came from, or -1.
    refused: bool, whether something was stated and refused (and nothing accepted since).
    proposals: what was read, and is not sure enough to be accepted.
    """

    def __init__(
        self, attribute: Attribute, rows: int, vocabulary: Vocabulary | None, calibration: Calibration | None = None
    ) -> None:
        self.attribute = attribute
        self.vocabulary = vocabulary
        self._calibration = calibration
        self.status = np.full(rows, NOT_FOUND, dtype=np.uint8)
        self.value = _no_values(attribute, rows, vocabulary)
        self.confidence = np.zeros(rows, dtype=np.float32)
        self.method = np.zeros(rows, dtype=np.uint8)
        self.origin = np.full(rows, -1, dtype=np.int16)
        self.text = np.full(rows, -1, dtype=np.int32)
        self.refused = np.zeros(rows, dtype=bool)
        self.refusals: list[Refusals] = []
        self.proposals: list[Refusals] = []
        self.origins: list[tuple[str, str, str]] = []  # generator, field, version
        self.texts: list[pl.Series] = []
        self.clean_texts: list[pl.Series] = []
        self._text_count = 0

    def take(self, group: CandidateGroup, readings: Readings) -> None:
        """Let one source speak, for rows that no earlier one has answered; a broader answer may be narrowed."""
        self.origins.append((group.generator, group.field, group.version))
        sure = self._confidence(group.confidence * readings.factor, group.generator)
        accepted = readings.outcome != Outcome.REFUSED
        if self.attribute.accept is not None:
            unsure = (readings.outcome == Outcome.ACCEPTED) & (sure < self.attribute.accept.min_precision)
            noted = unsure[group.codes] & (self.status[group.rows] == NOT_FOUND)
            if isinstance(self.attribute, EnumListAttribute) and self.vocabulary is not None:
                self.proposals += list_proposals(group, noted, readings.value, self.vocabulary.values)
            else:
                self.proposals += proposals(group, noted, self._spelled(readings))
            accepted &= ~unsure
        answered = accepted[group.codes]
        rows, codes = group.rows[answered], group.codes[answered]
        self._note_refusals(group, readings, answered)
        texts = group.texts
        if isinstance(self.attribute, EnumListAttribute):
            told, texts = texts_together(rows, codes, readings.value, texts)
            rows, codes, values = unions(rows, codes, readings.value)
        else:
            first = starts_of_runs(rows)
            rows, codes = rows[first], codes[first]
            told, values = codes, readings.value[codes]
        open_rows = (self.status[rows] == NOT_FOUND) | self._narrows(rows, values)
        if group.replaces_below:
            open_rows |= self._gives_way(rows, sure[codes], group.replaces_below)
        self._set(rows[open_rows], values[open_rows], codes[open_rows], readings, sure)
        self.text[rows[open_rows]] = told[open_rows] + self._text_count
        self._keep_texts(texts, readings)

    def is_one_of(self, values: tuple[str | bool, ...]) -> np.ndarray:
        """Rows whose value is (for lists: includes) one of these; "NA" asks for NOT_APPLICABLE."""
        wanted = [value for value in values if value != NA]
        matches = np.zeros(len(self.status), dtype=bool)
        if self.vocabulary is None or isinstance(self.attribute, BooleanAttribute):
            matches = np.isin(self.value, wanted)
        elif isinstance(self.attribute, EnumAttribute):
            matches = np.isin(self.value, [self._code(str(value)) for value in wanted])
        else:
            for code in (self._code(str(value)) for value in wanted):
                matches |= (self.value[:, code // 64] & np.uint64(1 << (code % 64))) != 0
        matches &= self.status == FOUND
        return matches | (self.status == NOT_APPLICABLE) if NA in values else matches

    def by_human(self) -> np.ndarray:
        """Rows whose answer a person gave."""
        human = [index for index, (generator, _, _) in enumerate(self.origins) if generator == HUMAN]
        return np.isin(self.origin, human)

    def entry_numbers(self, rows: np.ndarray) -> np.ndarray:
        """A number >= 0 for each of these rows: rows with the same number have the same answer, word for word.

        The text and the source that an answer came from decide it, or the rule or person that gave it; with lists, the
        values as well: of texts that say the same value one is on record.
        """
        text, origin = self.text[rows].astype(np.int64), self.origin[rows].astype(np.int64)
        numbers: np.ndarray = np.where(text >= 0, text, self._text_count + 1 + origin)
        if isinstance(self.attribute, EnumListAttribute):
            sets, of_row = distinct_sets(self.value[rows])
            numbers = numbers * len(sets) + of_row
        return numbers

    def refuse(self, rows: np.ndarray, *, where: str, nearest: tuple[str, ...]) -> None:
        """Take the answers of these rows away because a rule is broken; the refusal keeps their raw text."""
        texts = self.raw_texts(rows)
        refusal = TextRefusal(RefusalReason.RULE_BROKEN, nearest)
        distinct = texts.fill_null("").unique(maintain_order=True)
        codes = texts.fill_null("").replace_strict(distinct, pl.Series(range(len(distinct)))).to_numpy()
        by_text = dict.fromkeys(range(len(distinct)), refusal)
        self.refusals.append(Refusals(self.attribute.name, where, rows, codes, distinct, by_text))
        self.status[rows] = NOT_FOUND
        self.origin[rows] = -1
        self.text[rows] = -1
        self.confidence[rows] = 0
        self.refused[rows] = True

    def keep_proposals(self) -> None:
        """Put the first proposal on record of each row that has no answer; of lists, every one."""
        open_rows = self.status == NOT_FOUND
        for proposal in self.proposals:
            kept = open_rows[proposal.rows] | isinstance(self.attribute, EnumListAttribute)
            if kept.any():
                self.refusals.append(replace(proposal, rows=proposal.rows[kept], codes=proposal.codes[kept]))
                open_rows[proposal.rows] = False

    def fill(self, rows: np.ndarray, value: Answer, *, generator: str, where: str, confidence: float) -> None:
        """Give these rows an answer that a rule, a fallback or a person knows; "NA" gives NOT_APPLICABLE.

        confidence: a score like those of sources, 0-1; what a person says is sure.
        """
        self.origins.append((generator, where, GENERATOR_VERSION))
        self.origin[rows] = len(self.origins) - 1
        self.method[rows] = METHOD_CODE[generator]
        self.confidence[rows] = self._confidence(np.array([confidence]), generator)[0]
        self.text[rows] = -1
        self.refused[rows] = False
        self.status[rows] = NOT_APPLICABLE if value == NA else FOUND
        if value == NA:
            return
        if isinstance(self.attribute, EnumListAttribute):
            self.value[rows] = self._mask(value if isinstance(value, tuple) else (str(value),))
        elif isinstance(self.attribute, EnumAttribute):
            self.value[rows] = self._code(str(value))
        elif isinstance(self.attribute, TextAttribute):
            self.value[rows] = sum(map(len, self.clean_texts))
            self.clean_texts.append(pl.Series([value], dtype=pl.String))
        else:
            self.value[rows] = value

    def _code(self, value: str) -> int:
        return self.vocabulary.values.index(value) if self.vocabulary is not None else -1

    def _mask(self, values: tuple[str, ...]) -> np.ndarray:
        mask = np.zeros(self.value.shape[1], dtype=np.uint64)
        for code in map(self._code, values):
            mask[code // 64] |= np.uint64(1 << (code % 64))
        return mask

    def raw_texts(self, rows: np.ndarray) -> pl.Series:
        """The raw text each row's answer came from; null where none did."""
        parts = [*self.texts, pl.Series([None], dtype=pl.String)]
        codes = np.where(self.text[rows] < 0, self._text_count, self.text[rows])
        return pl.concat(parts).gather(codes) if self._text_count else pl.Series([None] * len(rows), dtype=pl.String)

    def _spelled(self, readings: Readings) -> Callable[[int], tuple[str, ...]]:
        """How the value of a text is spelled, by the text's position."""
        match self.attribute, self.vocabulary:
            case EnumAttribute(), Vocabulary(values=values):
                return lambda text: (values[readings.value[text]],)
            case BooleanAttribute(), _:
                return lambda text: ("true" if readings.value[text] else "false",)
            case TextAttribute(), _:
                return lambda text: (str(readings.texts[text]) if readings.texts is not None else "",)
            case _:
                return lambda text: (f"{readings.value[text]:.15g}",)

    def _confidence(self, scores: np.ndarray, generator: str) -> np.ndarray:
        """Calibrated, but for people, who are sure, and models, whose probabilities were measured with themselves."""
        if self._calibration is None or generator == HUMAN or generator in PROPOSING:
            return scores
        return calibrated(scores, self.attribute.name, self._calibration)

    def _note_refusals(self, group: CandidateGroup, readings: Readings, answered: np.ndarray) -> None:
        """Put on record what was refused in rows that nothing has answered: all of it, or a part of a list."""
        if not readings.refusals:
            return
        has_refusal = np.zeros(len(group.texts), dtype=bool)
        has_refusal[list(readings.refusals)] = True
        noted = has_refusal[group.codes] & (self.status[group.rows] == NOT_FOUND)
        if not isinstance(self.attribute, EnumListAttribute):
            noted &= ~np.isin(group.rows, group.rows[answered])
        rows, codes = group.rows[noted], group.codes[noted]
        first = starts_of_runs(rows)
        rows, codes = rows[first], codes[first]
        if len(rows):
            self.refusals.append(Refusals(group.attribute, group.field, rows, codes, group.texts, readings.refusals))
            if group.generator not in HOLDING_NO_ROW:
                self.refused[rows] = True

    def _gives_way(self, rows: np.ndarray, sure: np.ndarray, limit: float) -> np.ndarray:
        """Rows whose answer, by a machine, is less sure than `limit` and than the new one."""
        present = self.confidence[rows]
        less_sure = (self.status[rows] == FOUND) & (present < limit) & (present < sure)
        gives_way: np.ndarray = less_sure & ~self.by_human()[rows]
        return gives_way

    def _narrows(self, rows: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Rows answered by the machine with a broader value than this one: Silk before, Pure Silk now."""
        if (
            not isinstance(self.attribute, EnumAttribute)
            or self.vocabulary is None
            or not any(parent >= 0 for parent in self.vocabulary.parents)
        ):
            return np.zeros(len(rows), dtype=bool)
        narrower = self.vocabulary.narrower_than
        old, new = self.value[rows], values
        known = (self.status[rows] == FOUND) & (old >= 0) & (new >= 0) & ~self.by_human()[rows]
        result: np.ndarray = known & narrower[new, old]
        return result

    def _set(
        self, rows: np.ndarray, values: np.ndarray, codes: np.ndarray, readings: Readings, sure: np.ndarray
    ) -> None:
        found = readings.outcome[codes] == Outcome.ACCEPTED
        self.status[rows] = np.where(found, FOUND, NOT_APPLICABLE)
        self.value[rows] = values + sum(map(len, self.clean_texts)) if readings.texts is not None else values
        self.confidence[rows] = sure[codes]
        self.method[rows] = readings.method[codes]
        self.origin[rows] = len(self.origins) - 1
        self.refused[rows] = False

    def _keep_texts(self, texts: pl.Series, readings: Readings) -> None:
        self.texts.append(texts)
        self._text_count += len(texts)
        if readings.texts is not None:
            self.clean_texts.append(readings.texts)


def _no_values(attribute: Attribute, rows: int, vocabulary: Vocabulary | None) -> np.ndarray:
    match attribute.kind:
        case "enum_list":
            words = (len(vocabulary.values) + 63) // 64 if vocabulary else 1
            return np.zeros((rows, words), dtype=np.uint64)
        case "number":
            return np.full(rows, np.nan)
        case "boolean":
            return np.zeros(rows, dtype=bool)
        case _:
            return np.full(rows, -1, dtype=np.int32)
