"""What an answer for a missing field has to be found in."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from attrgen_assets.domain.parts.claims import Claim, value_text
from attrgen_assets.domain.parts.fields import Field
from attrgen_assets.domain.parts.part_numbers import same_part
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.verdicts.texts import stated

_STRUCTURED: Final = ("manufacturer", "part_title", "primary_category", "sub_categories", "specification_table")
_PROSE: Final = ("long_description", "installation_suggestions")
_SOURCES_FOR_PROSE: Final = 2
"""What stands in the prose of a single source alone is no evidence: anybody can write anything into a description."""
_LONGEST: Final = 1_500  # characters of one text
_MOST_TEXTS: Final = 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of one field. shown: (source, field, text), what a model gets to see. words and numbers: what may be answered.

    numbers: in the field's unit. part_number: the only answer to what the part's own number is; empty for other fields.
    """

    shown: tuple[tuple[str, str, str], ...]
    words: frozenset[str]
    numbers: frozenset[float]
    part_number: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts alone."""
        return tuple(text for _, _, text in self.shown)

    @property
    def any(self) -> bool:
        """Whether anything could be answered at all."""
        return bool(self.words or self.numbers or self.part_number)

    def has_text(self, text: str) -> bool:
        """Whether every word of the text is in the evidence."""
        words = words_of(text)
        return same_part(text, self.part_number) if self.part_number else bool(words) and words <= self.words

    def has_number(self, number: float) -> bool:
        """Whether the number is in the evidence."""
        return any(abs(number - one) <= 1e-6 * max(abs(number), abs(one)) for one in self.numbers)


def evidence_for(field: Field, record: PartRecord, claims: Sequence[Claim]) -> Evidence:
    """What the claims say of a field that has no value: its own claims as written, titles, categories, tables; and of
    prose what at least two sources have.
    """
    own = [(one.source, one.attribute, one.raw) for one in claims if one.attribute == field.name and one.raw]
    told = [
        (one.source, one.attribute, value_text(one.value) or "")
        for one in claims
        if one.attribute in _STRUCTURED and one.attribute != field.name and one.publishable and one.value is not None
    ]
    prose = [
        (one.source, one.attribute, value_text(one.value) or "")
        for one in claims
        if one.attribute in _PROSE and one.publishable and one.value is not None
    ]
    shown = tuple((source, name, text[:_LONGEST]) for source, name, text in [*own, *told, *prose][:_MOST_TEXTS])
    if field.name == "mpn":
        return Evidence(shown, frozenset(), frozenset(), record.mpn)
    if field.kind == "number":
        return Evidence(shown, frozenset(), frozenset(_numbers(field, own, told, prose)))
    words = frozenset(word for _, _, text in [*own, *told] for word in words_of(text))
    return Evidence(shown, words | _shared((source, words_of(text)) for source, _, text in prose), frozenset())


def _numbers(
    field: Field, own: Sequence[tuple[str, str, str]], told: Sequence[tuple[str, str, str]],
    prose: Sequence[tuple[str, str, str]],
) -> Iterable[float]:  # fmt: skip
    """Every number of the field's own claims that could be it; of other texts those with the field's unit."""
    low, high = field.plausible or (float("-inf"), float("inf"))

    def of(text: str, *, with_unit: bool) -> frozenset[float]:
        return frozenset(
            one.number
            for one in stated(text)
            if one.number is not None and low <= one.number <= high and (one.unit == field.unit or not with_unit)
        )

    yield from (number for _, _, text in own for number in of(text, with_unit=False))
    yield from (number for _, _, text in told for number in of(text, with_unit=True))
    yield from _shared((source, of(text, with_unit=True)) for source, _, text in prose)


def _shared(said: Iterable[tuple[str, frozenset[Any]]]) -> frozenset[Any]:
    """What at least two sources say."""
    pairs = {(source, one) for source, several in said for one in several}
    counts = Counter(one for _, one in pairs)
    return frozenset(one for one, count in counts.items() if count >= _SOURCES_FOR_PROSE)


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded.

    >>> sorted(words_of("GE, Temp. Sensor"))
    ['ge', 'sensor', 'temp']
    """
    return frozenset(re.findall(r"[^\W_]+", text.casefold()))


def shown_as_data(evidence: Evidence) -> list[dict[str, str]]:
    """The texts as they stand in a question."""
    return [{"source": source, "field": name, "text": text} for source, name, text in evidence.shown]
