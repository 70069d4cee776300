"""All that the report page tells of one product type, and what to do about what was refused."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from attrgen_assets.domain.attributes.scoring import Judged, Score, scores_of, total
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, ProductType
from attrgen_assets.domain.reporting.calibration import Calibration, calibration
from attrgen_assets.domain.reporting.drift import Drift
from attrgen_assets.domain.reporting.profile import Profile, RefusedText
from attrgen_assets.domain.tables import RefusalReason

WHOLE_ROW: Final = "(row)"
"""In place of an attribute where the row as such was refused."""

SPELLED: Final = (RefusalReason.NOT_IN_VOCABULARY, RefusalReason.AMBIGUOUS)
"""Refusals that another spelling in the config can cure."""
LONGEST_SYNONYM: Final = 60
"""In characters; a longer cell is a sentence, and no synonym."""

_CORRECT: Final = "correct the row in the feed"

ADVICE: Final[Mapping[str, str]] = {
    RefusalReason.UNPARSEABLE_ROW: _CORRECT,
    RefusalReason.EXTRA_CELLS: "quote the cell that holds the delimiter, in the feed",
    RefusalReason.MISSING_SKU: "give it one in the feed, or: attrgen quarantine fix ID sku=...",
    RefusalReason.DUPLICATE_SKU: "give each product its own SKU in the feed; feed.duplicates says which row is kept",
    RefusalReason.NOT_IN_VOCABULARY: "add it as a synonym, or as a value of its own",
    RefusalReason.AMBIGUOUS: "add it as a synonym of the one that is meant",
    RefusalReason.NOT_A_NUMBER: "correct the cell, or map another column to the field",
    RefusalReason.WRONG_UNIT: "correct the unit in the feed; the attribute's unit is of another dimension",
    RefusalReason.OUT_OF_RANGE: "correct the cell, or widen the attribute's range",
    RefusalReason.NOT_A_BOOLEAN: "add the text to the attribute's true_texts or false_texts",
    RefusalReason.TOO_LONG: "shorten the text, or raise the attribute's max_length",
    RefusalReason.NA_NOT_ALLOWED: "set na: true where not applicable is a legal answer",
    RefusalReason.RULE_BROKEN: "correct the row; attrgen config show has the rule and its reason",
}
"""What to do about a refusal, by its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as it was recorded."""

    run_id: str
    at: datetime
    config_version: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """A refused text and what to do about it; `config_line` has the synonym to add, "" where none would help."""

    refused: RefusedText
    advice: str
    config_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldReport:
    """Answers held against labels given by hand.

    labelled: products of the feed that have labels.  without_document: those of them whose row was refused; they
    answer nothing.  not_in_feed: labelled products that the feed does not have; they are left out.
    """

    labelled: int
    without_document: int
    not_in_feed: int
    judged: tuple[Judged, ...]

    @property
    def scores(self) -> dict[str, Score]:
        """By attribute, in the order of the labels."""
        return scores_of(self.judged)

    @property
    def total(self) -> Score:
        """Of all attributes together."""
        return total(self.scores.values())

    @property
    def calibration(self) -> Calibration:
        """Of all values that were given and have a label."""
        return calibration_of(self.judged)

    @property
    def misses(self) -> tuple[Judged, ...]:
        """Answers that are not right."""
        return tuple(one for one in self.judged if one.is_miss)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeReport:
    """One product type: its last run, the one before, what has changed, and how right it is.

    former, drift: None where there is nothing to compare with.  gold: None where no product of the feed has labels.
    """

    product_type: ProductType
    run: RunRecord
    former: RunRecord | None
    drift: Drift | None
    gold: GoldReport | None

    @property
    def refusals(self) -> tuple[RefusalLine, ...]:
        """The refused texts, most frequent first."""
        return tuple(refusal_line(one, self.product_type) for one in self.run.profile.refusals)

    @property
    def unmatched(self) -> dict[str, tuple[RefusedText, ...]]:
        """{attribute: texts that no legal value was found for}, most rows first."""
        texts = [one for one in self.run.profile.refusals if one.reason in SPELLED]
        rows = Counter[str]()
        for one in texts:
            rows[one.attribute] += one.rows
        return {name: tuple(one for one in texts if one.attribute == name) for name, _ in rows.most_common()}

    @property
    def generators(self) -> dict[str, int]:
        """{generator: answers it gave, over all attributes}, most first."""
        counts = Counter[str]()
        for attribute in self.run.profile.attributes:
            for count in attribute.generators:
                counts[count.name] += count.rows
        return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def calibration_of(judged: Iterable[Judged]) -> Calibration:
    """Confidence against verdict, of the values that were given with one."""
    given = [one for one in judged if one.is_given]
    return calibration((one.confidence, not one.is_miss) for one in given if one.confidence is not None)


def refusal_line(refused: RefusedText, product_type: ProductType) -> RefusalLine:
    """What to do about a refused text.

    The line for the config leaves the value open, as MEANT: the nearest by spelling need not be the one that is
    meant, and only a person can tell.
    """
    return RefusalLine(refused, ADVICE.get(refused.reason, _CORRECT), _config_line(refused, product_type))


def _config_line(refused: RefusedText, product_type: ProductType) -> str:
    text = " ".join((refused.text or "").split())
    if refused.reason not in SPELLED or not 0 < len(text) <= LONGEST_SYNONYM:
        return ""
    named = [one for one in product_type.attributes if one.name == refused.attribute]
    if not named or not isinstance(named[0], EnumAttribute | EnumListAttribute):
        return ""
    # JSON is YAML, and quotes whatever a feed may contain
    return f'{refused.attribute}: {{add_values: {{"MEANT": [{json.dumps(text, ensure_ascii=False)}]}}}}'
