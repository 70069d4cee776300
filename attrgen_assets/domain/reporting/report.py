"""All that the report page tells of one product type, and what to do about what was refused."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from attrgen_assets.domain.attributes.scoring import Judged, Score, scores_of, total
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, ProductType
from attrgen_assets.domain.quarantine.synonyms import Synonym, suggest_synonyms
from attrgen_assets.domain.reporting.calibration import Calibration, calibration
from attrgen_assets.domain.reporting.drift import Drift
from attrgen_assets.domain.reporting.profile import Profile, RefusedText
from attrgen_assets.domain.tables import RefusalReason

WHOLE_ROW: Final = "(row)"
"""In place of an attribute where the row as such was refused."""

ADVICE: Final[Mapping[str, str]] = {
    RefusalReason.UNPARSEABLE_ROW: "correct the row in the feed",
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
    """A refused text, what to do about it, and the synonym to add where one is near."""

    refused: RefusedText
    advice: str
    synonym: Synonym | None


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
    def synonyms(self) -> list[Synonym]:
        """Those that the refused texts suggest."""
        return [line.synonym for line in self.refusals if line.synonym is not None]

    @property
    def unmatched(self) -> dict[str, tuple[RefusedText, ...]]:
        """{attribute: texts that no legal value was found for}, most rows first."""
        spelled = (RefusalReason.NOT_IN_VOCABULARY, RefusalReason.AMBIGUOUS)
        texts = [one for one in self.run.profile.refusals if one.reason in spelled]
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
    """What to do about a refused text. The synonym is a guess, the nearest value: a person decides."""
    synonym = _synonym(refused, product_type)
    advice = ADVICE.get(refused.reason, "correct the row in the feed")
    return RefusalLine(refused, advice, synonym)


def _synonym(refused: RefusedText, product_type: ProductType) -> Synonym | None:
    known = {attribute.name: attribute for attribute in product_type.attributes}
    attribute = known.get(refused.attribute)
    if not refused.nearest or not isinstance(attribute, EnumAttribute | EnumListAttribute):
        return None
    legal = [value.value for value in attribute.values if refused.nearest.startswith(value.value)]
    if not legal:
        return None
    # `nearest` is joined by commas, and a legal value may hold one: the longest that stands in front is meant.
    refusal: dict[str, Any] = {"attribute": refused.attribute, "reason": refused.reason, "text": refused.text}
    found: Sequence[Synonym] = suggest_synonyms(
        product_type, refusals=[refusal], values={refused.attribute: max(legal, key=len)}
    )
    return found[0] if found else None
