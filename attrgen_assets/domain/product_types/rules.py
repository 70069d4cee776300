"""Rules across attributes, as they are in force."""

from typing import Annotated, Literal

from pydantic import Field

from attrgen_assets.domain.product_types.base import Frozen, Name


class RuleBase(Frozen):
    """A rule across attributes. A broken rule refuses the value of the attribute that `drops` names, or the row."""

    name: Name
    reason: str = ""
    on_violation: Literal["quarantine", "drop"] = "drop"


class ImpliesRule(RuleBase):
    """When every attribute of `when` has one of its values, each of `then` must have one of its own.

    `NA` stands for NOT_APPLICABLE. A consequence nobody stated is filled in when it names exactly one value
    (generator "rule"); a stated one that contradicts is dropped, or the row quarantined.
    """

    form: Literal["implies"] = "implies"
    when: dict[Name, tuple[str | bool, ...]] = Field(min_length=1)
    then: dict[Name, tuple[str | bool, ...]] = Field(min_length=1)


class AtMostRule(RuleBase):
    """`lower` must not exceed `upper`; a violation refuses `lower`."""

    form: Literal["at_most"] = "at_most"
    lower: Name
    upper: Name


class RequiresRule(RuleBase):
    """Where `attribute` is FOUND every one of `requires` must be FOUND too; else `attribute` is refused."""

    form: Literal["requires"] = "requires"
    attribute: Name
    requires: tuple[Name, ...] = Field(min_length=1)


class ExcludesRule(RuleBase):
    """Where `attribute` is FOUND none of `excludes` may be; each that is gets refused."""

    form: Literal["excludes"] = "excludes"
    attribute: Name
    excludes: tuple[Name, ...] = Field(min_length=1)


Rule = Annotated[ImpliesRule | AtMostRule | RequiresRule | ExcludesRule, Field(discriminator="form")]
