"""Texts of a column that its attribute cannot read: which are new spellings, which look like missing legal values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.coerce import Outcome, reader_for
from attrgen_assets.domain.attributes.matching import match_texts
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.slips import is_slip
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, Matching
from attrgen_assets.domain.schema_matching.clustering import cluster
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.domain.text import normalise_text

_CLUSTERED: Final = 1_000  # distinct texts, the most frequent: a matrix of 1,000,000
_WORDS_OF_A_SYNONYM: Final = 4
_SURE_ENOUGH: Final = 0.75
_OTHER_FIRST_LETTER: Final = 0.15  # writers rarely miss the first letter: see `attributes.slips`
_A_SLIP: Final = 0.1
_NO_SLIP: Final = 0.2  # so much alike, and yet the matcher took it for another word
_CELLS_OF_A_VALUE: Final = 3  # a legal value that is missing comes more than once or twice


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueGroup:
    """Texts that seem to mean the same, the most frequent first.

    cells: that have one of them.  nearest: the legal value that is most alike (None: none is at all).
    sure: how likely the texts are spellings of it, 0-1: a guide for a reader, and no probability.
    several: legal values that the text names among other words, for a person to decide.
    """

    texts: tuple[str, ...]
    cells: int
    nearest: str | None
    sure: float
    several: tuple[str, ...] = ()

    @property
    def is_synonym(self) -> bool:
        """Whether the texts are to be suggested as synonyms of the nearest value."""
        short = all(len(text.split()) <= _WORDS_OF_A_SYNONYM and not _has_digit(text) for text in self.texts)
        return self.nearest is not None and self.sure >= _SURE_ENOUGH and short and not self.several

    @property
    def is_missing_value(self) -> bool:
        """Whether the texts look like a legal value that the config lacks."""
        return not self.is_synonym and not self.several and self.cells >= _CELLS_OF_A_VALUE


def group_unread(profile: ColumnProfile, attribute: EnumAttribute | EnumListAttribute, plan: Plan) -> list[ValueGroup]:
    """The texts of a column that are no legal value, clustered, most cells first."""
    vocabulary = plan.vocabularies[attribute.name]
    counts: dict[str, int] = {}
    spelled_as: dict[str, str] = {}
    for text, count in _parts(profile, attribute, plan):
        normal = normalise_text(text)
        if normal:
            counts[normal] = counts.get(normal, 0) + count
            spelled_as.setdefault(normal, text)
    texts = sorted(counts, key=lambda text: (-counts[text], text))[:_CLUSTERED]
    if not texts:
        return []
    matches = match_texts(texts, vocabulary, matching=Matching(fuzzy=False))
    alone = [i for i, match in enumerate(matches) if match.reason is not RefusalReason.AMBIGUOUS and not match.codes]
    groups = [
        _group([texts[alone[i]] for i in members], counts, spelled_as, vocabulary)
        for members in cluster([texts[i] for i in alone])
    ]
    for index in sorted(set(range(len(texts))) - set(alone)):
        text, match = texts[index], matches[index]
        several = tuple(vocabulary.values[code] for code in match.codes) or match.nearest
        groups.append(
            ValueGroup(texts=(spelled_as[text],), cells=counts[text], nearest=None, sure=0.0, several=several)
        )
    return sorted(groups, key=lambda group: (-group.cells, group.texts))


def _parts(profile: ColumnProfile, attribute: EnumAttribute | EnumListAttribute, plan: Plan) -> list[tuple[str, int]]:
    """The refused texts, and of lists the refused parts, with their counts."""
    common = profile.common(_CLUSTERED)
    read = reader_for(attribute, plan.product_type.texts, vocabulary=plan.vocabularies[attribute.name])
    readings = read(pl.Series([text for text, _ in common], dtype=pl.String))
    found = []
    for index, (text, count) in enumerate(common):
        refusal = readings.refusals.get(index)
        if refusal is not None and (readings.outcome[index] == Outcome.REFUSED or refusal.part):
            found.append((refusal.part or text, count))
    return found


def _group(
    texts: Sequence[str], counts: dict[str, int], spelled_as: dict[str, str], vocabulary: Vocabulary
) -> ValueGroup:
    value, sure = max((_nearest(text, vocabulary) for text in texts), key=lambda found: found[1])
    return ValueGroup(
        texts=tuple(spelled_as[text] for text in texts),
        cells=sum(counts[text] for text in texts),
        nearest=value,
        sure=sure,
    )


def _nearest(text: str, vocabulary: Vocabulary) -> tuple[str | None, float]:
    """The nearest legal value and how sure it is: the likeness, less where it is no slip of the value's spellings."""
    match = match_texts([text], vocabulary, matching=Matching(fuzzy=False, phrases=False))[0]
    if not match.nearest:
        return None, 0.0
    value = match.nearest[0]
    spellings = [spelling for spelling, code in vocabulary.spelled.items() if vocabulary.values[code] == value]
    sure = match.score / 100
    if any(is_slip(text, spelling) for spelling in spellings):
        sure += _A_SLIP
    elif all(spelling[0] != text[0] for spelling in spellings):
        sure -= _OTHER_FIRST_LETTER
    elif match.score >= Matching().threshold:
        sure -= _NO_SLIP
    return value, round(min(max(sure, 0.0), 1.0), 2)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
