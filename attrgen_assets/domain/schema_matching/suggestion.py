"""What to add to a product type so that it reads another feed: columns, synonyms, missing legal values."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.attributes.matching import Remember
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.product_types.fields import spelling
from attrgen_assets.domain.product_types.model import (
    Attribute,
    ColumnSource,
    EnumAttribute,
    EnumListAttribute,
    ProductType,
)
from attrgen_assets.domain.schema_matching.assignment import assign
from attrgen_assets.domain.schema_matching.evidence import Evidence, Reading, Target, targets_of, weigh
from attrgen_assets.domain.schema_matching.mentions import mention_share
from attrgen_assets.domain.schema_matching.profiles import ColumnProfile
from attrgen_assets.domain.schema_matching.values import ValueGroup, group_unread

LEAST_SCORE: Final = 0.6  # of 0-1
LEAST_MARGIN: Final = 0.05  # over the next field: else a person decides
_LEAST_CELLS: Final = 3
_WORTH_SAYING: Final = 0.45
_UNMENTIONED: Final = 0.25  # what the likeness of columns is worth where titles speak of other product types alone
_WELL_NAMED: Final = 0.9  # a column called like a field deserves a word, whatever it holds


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMatch:
    """A column and the field that it seems to carry; `runner_up` is the next best field with its score."""

    column: str
    field: str
    evidence: Evidence
    runner_up: tuple[str, float] | None
    attribute: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """All that is suggested for a product type.

    mapped: columns that the config reads already, {column: field}.  matches: columns to add.  unsure: columns whose
    best field is not clearly the best.  unmatched: columns that match nothing, as far as they have three cells.
    values: by attribute, what its columns have and its vocabulary lacks.  fields: how many the product type has.
    mentions: share of the titles that say what the product type is called, 0-1.
    """

    product_type: str
    fields: int
    mapped: Mapping[str, str]
    matches: tuple[ColumnMatch, ...]
    unsure: tuple[ColumnMatch, ...]
    unmatched: tuple[str, ...]
    values: Mapping[str, tuple[ValueGroup, ...]]
    mentions: float = 0.0

    def columns_of(self, field: str) -> tuple[str, ...]:
        """The columns that carry a field, those that the config names first."""
        matched = (match.column for match in self.matches if match.field == field)
        return (*(name for name, carried in self.mapped.items() if carried == field), *matched)

    @property
    def likeness(self) -> float:
        """How much the feed looks like this product type, 0-1: scores of its fields, those that nothing carries as 0.

        A column that the config names counts as 1.
        """
        carried = len(set(self.mapped.values())) + sum(match.evidence.score for match in self.matches)
        return carried / self.fields if self.fields else 0.0


def suggest(
    plan: Plan, profiles: Mapping[str, ColumnProfile], *, prefix: str | None, remember: Remember | None = None
) -> Suggestion:
    """Match the columns of a feed to the fields of a product type.

    profiles: by the feed's column names.  prefix: of the names of unfolded keys ("spec"), which is no part of a name.
    """
    product_type = plan.product_type
    targets = targets_of(product_type)
    mapped = _mapped(product_type, list(profiles))
    specifications = product_type.feed.specifications
    tables = {spelling(name) for name in specifications.column} if specifications else set()
    free = [
        profile
        for name, profile in profiles.items()
        if name not in mapped and spelling(name) not in tables and profile.cells >= _LEAST_CELLS
    ]
    open_targets = [target for target in targets if target.field not in mapped.values()]
    reading = Reading(plan, free, remember=remember)
    grid = [
        [weigh(profile, target, reading, name=_bare(profile.name, prefix)) for target in open_targets]
        for profile in free
    ]
    matches, unsure = _assigned(free, open_targets, grid)
    matched = {match.column for match in (*matches, *unsure)}
    few = {profile.name for profile in profiles.values() if profile.cells < _LEAST_CELLS}
    carriers = {**mapped, **{match.column: match.field for match in matches}}
    return Suggestion(
        product_type=product_type.name,
        fields=len(targets),
        mapped=mapped,
        matches=tuple(matches),
        unsure=tuple(unsure),
        unmatched=tuple(
            name for name in profiles if name not in {*mapped, *matched, *few} and spelling(name) not in tables
        ),
        values=_unread(plan, profiles, carriers, targets),
        mentions=mention_share(product_type, [profiles[name] for name, field in carriers.items() if field == "title"]),
    )


def _bare(name: str, prefix: str | None) -> str:
    return name.removeprefix(f"{prefix}.") if prefix else name


def _mapped(product_type: ProductType, columns: Sequence[str]) -> dict[str, str]:
    """{column: field} of the columns that the config names."""
    field_of = {spelling(name): field for field, names in product_type.feed.columns.items() for name in reversed(names)}
    return {name: field_of[spelling(name)] for name in columns if spelling(name) in field_of}


def _assigned(
    profiles: Sequence[ColumnProfile], targets: Sequence[Target], grid: Sequence[Sequence[Evidence]]
) -> tuple[list[ColumnMatch], list[ColumnMatch]]:
    """Each column to at most one field and the other way round: (clear matches, those that a person must decide).

    No column is given to a field where another field has clearly more to say for it, be that one taken or not.
    """
    if not profiles or not targets:
        return [], []
    scores = np.array([[evidence.score for evidence in row] for row in grid])
    fitting = (scores >= _WORTH_SAYING) & (scores >= scores.max(axis=1, keepdims=True) - LEAST_MARGIN)
    given = dict(assign(np.where(fitting, scores, 0.0)))
    matches: list[ColumnMatch] = []
    unsure: list[ColumnMatch] = []
    for row, profile in enumerate(profiles):
        best = given.get(row, int(scores[row].argmax()))
        match = _match(profile.name, targets, grid[row], best)
        clear = match.runner_up is None or match.evidence.score - match.runner_up[1] >= LEAST_MARGIN
        if row in given and clear and match.evidence.score >= LEAST_SCORE:
            matches.append(match)
        elif row in given or match.evidence.score >= LEAST_SCORE or match.evidence.name >= _WELL_NAMED:
            unsure.append(match)
    return matches, unsure


def _match(column: str, targets: Sequence[Target], row: Sequence[Evidence], best: int) -> ColumnMatch:
    """The match of a column with the field at position `best`."""
    others = [(targets[i].field, evidence.score) for i, evidence in enumerate(row) if i != best]
    attribute = targets[best].attribute
    return ColumnMatch(
        column=column,
        field=targets[best].field,
        evidence=row[best],
        runner_up=max(others, key=lambda other: other[1], default=None),
        attribute=None if attribute is None else attribute.name,
    )


def _unread(
    plan: Plan, profiles: Mapping[str, ColumnProfile], carriers: Mapping[str, str], targets: Sequence[Target]
) -> dict[str, tuple[ValueGroup, ...]]:
    """By attribute, the groups of texts that it cannot read, over all columns that carry its field."""
    attribute_of = {target.field: target.attribute for target in targets}
    together: dict[str, ColumnProfile] = {}
    for column, field in carriers.items():
        attribute = attribute_of.get(field)
        if isinstance(attribute, EnumAttribute | EnumListAttribute) and _takes_cells(attribute, field):
            profile = together.setdefault(attribute.name, ColumnProfile(attribute.name))
            profile.cells += profiles[column].cells
            profile.texts.update(profiles[column].texts)
    found = {}
    for name, profile in together.items():
        attribute = plan.product_type.attribute(name)
        if isinstance(attribute, EnumAttribute | EnumListAttribute):
            groups = group_unread(profile, attribute, plan)
            if groups:
                found[name] = tuple(groups)
    return found


def _takes_cells(attribute: Attribute, field: str) -> bool:
    """Whether cells of the field are values as they stand, and not searched for a pattern."""
    return any(isinstance(source, ColumnSource) and field in source.fields for source in attribute.sources)


def rank(suggestions: Iterable[Suggestion]) -> list[tuple[Suggestion, float]]:
    """Suggestions for several product types, the one that the feed looks most like first, with a score of 0-1.

    The score is the likeness of the columns; titles that mention another product type more often take up to three
    quarters of it.
    """
    given = list(suggestions)
    most = max((one.mentions for one in given), default=0.0)
    factors = [_UNMENTIONED + (1 - _UNMENTIONED) * one.mentions / most if most else 1.0 for one in given]
    scored = [(one, one.likeness * factor) for one, factor in zip(given, factors, strict=True)]
    return sorted(scored, key=lambda pair: (-pair[1], pair[0].product_type))
