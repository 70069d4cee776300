"""The record of one part: its 34 primary fields, each with its source, its confidence, and what others said."""

from collections.abc import Mapping
from typing import Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from attrgen_assets.domain.parts.fields import LIST_KINDS, PART_FIELDS
from attrgen_assets.domain.product_types.model import Feed, Gate
from attrgen_assets.domain.tables import Status

REVIEWED: Final = "reviewed"
"""The method of a value that a person gave: never asked about, never changed by a machine."""

UpdatePolicy = Literal["overwrite", "merge", "keep"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LosingValue(_Frozen):
    """What a source said that the record does not say. value: as text; why: the reason that it lost."""

    source: str
    value: str
    why: str


class FieldValue(_Frozen):
    """A field of a record.

    value: by the field's kind, None unless FOUND. source: all that say so, joined by commas. confidence: 0-1, None
    unless FOUND. method: how it was chosen. note: why it is not FOUND, where that is known.
    review: why a person has to look at it, where somebody has to.
    """

    status: Status
    value: Any = None
    source: str = ""
    confidence: float | None = Field(default=None, ge=0, le=1)
    method: str = ""
    losing: tuple[LosingValue, ...] = ()
    note: str = ""
    review: str = ""


class PartRecord(_Frozen):
    """What is known of a part.

    part_number: the one that was asked for. mpn: the one that is sold. chain: from the one to the other.
    chain_end: "current", or why the chain of replacements has no end.
    fields: all 34 in the order of `fields.PART_FIELDS`. missing: required fields that are not FOUND.
    needs_review: why a person has to look at it; empty for a record that can be published.
    """

    part_number: str
    mpn: str
    chain: tuple[str, ...]
    chain_end: str = "current"
    category: str = ""
    fields: Mapping[str, FieldValue]
    missing: tuple[str, ...] = ()
    needs_review: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every required field is FOUND.

        >>> PartRecord(part_number="A1", mpn="A1", chain=("A1",), fields={}, missing=("mpn",)).complete
        False
        """
        return not self.missing

    @property
    def found(self) -> int:
        """How many of the fields are FOUND."""
        return sum(field.status is Status.FOUND for field in self.fields.values())


class NotApplicable(_Frozen):
    """Fields that parts of some kind do not have. words: any of them in the title or a category tells the kind."""

    words: tuple[str, ...] = Field(min_length=1)
    fields: tuple[str, ...] = Field(min_length=1)


class PartRules(_Frozen):
    """How records are made from claims; `config/parts/appliance_part.yaml`.

    requests: where the part numbers come from that the graph works through; None: from nowhere but single lookups.
    refresh_after_h: an answer younger than this is not asked for again by a run of the graph, in hours.
    former_answers_days: where a supplier does not answer, what it said not longer ago than this counts, in days.
    confidence_floor: a required field below it holds the record for review; review_floor: any other one.
    specification_sources: who is believed first on technical specifications, unless another value is far likelier.
    specifications: which fields those are.
    update_policies: what a new value does to the one that is stored, per field: overwrite it (the default), merge with
    it (lists), or keep it. A value that a person gave is never overwritten, whatever the policy.
    min_supplier_success: limits on each supplier's share of requests that it answered, a "we do not have it" included.
    """

    requests: Feed | None = None
    refresh_after_h: float = Field(default=24.0, ge=0)
    former_answers_days: float = Field(default=30.0, ge=0)
    min_supplier_success: Gate = Gate(warn=0.95, error=0.5)
    confidence_floor: float = Field(default=0.5, ge=0, le=1)
    review_floor: float = Field(default=0.3, ge=0, le=1)
    specification_sources: tuple[str, ...] = ()
    specifications: tuple[str, ...] = ()
    not_applicable: tuple[NotApplicable, ...] = ()
    update_policies: Mapping[str, UpdatePolicy] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _only_lists_merge(self) -> Self:
        wrong = [
            name
            for name, policy in self.update_policies.items()
            if policy == "merge" and name in PART_FIELDS and PART_FIELDS[name].kind not in LIST_KINDS
        ]
        if wrong:
            raise ValueError(f"update_policies: {', '.join(wrong)} cannot merge: only fields that are lists can")
        return self

    def unknown_fields(self) -> tuple[str, ...]:
        """Names that the rules use and no record has.

        >>> PartRules(specifications=("voltage", "volts")).unknown_fields()
        ('volts',)
        """
        used = {*self.specifications, *(name for rule in self.not_applicable for name in rule.fields)}
        used |= self.update_policies.keys()
        return tuple(sorted(used - set(PART_FIELDS)))
