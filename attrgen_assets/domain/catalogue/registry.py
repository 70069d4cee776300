"""The attributes that a specification table knows: how they are called, measured and ordered."""

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from attrgen_assets.domain.catalogue.measures import symbol

Category = Literal["electrical", "mechanical", "physical", "compatibility", "other"]
Kind = Literal["text", "number", "boolean"]

CATEGORIES: Final[tuple[Category, ...]] = ("electrical", "mechanical", "physical", "compatibility", "other")

_IN_BRACKETS: Final = re.compile(r"\s*[(\[]([^)\]]*)[)\]]\s*$")
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AttributeSpec(_Frozen):
    """One attribute. unit: in which numbers are kept. aliases: other names, in any case and punctuation.

    field: the primary field of records that says the same.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    display_name: str = Field(min_length=1)
    category: Category
    kind: Kind = "text"
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    field: str | None = None

    @model_validator(mode="after")
    def _unit_is_known(self) -> Self:
        if self.unit is not None and (self.kind != "number" or symbol(self.unit) != self.unit):
            raise ValueError(f"{self.name}: {self.unit!r} is not how a unit of a number is written here, such as in, V")
        return self


class AttributeRegistry(_Frozen):
    """All known attributes, most important first."""

    attributes: tuple[AttributeSpec, ...] = ()

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        seen: dict[str, str] = {}
        twice = []
        for attribute in self.attributes:
            for name in dict.fromkeys(map(folded, (attribute.name, attribute.display_name, *attribute.aliases))):
                if name in seen:
                    twice.append(f"{name!r} is a name of both {seen[name]} and {attribute.name}")
                seen[name] = attribute.name
        if twice:
            raise ValueError("; ".join(twice))
        return self

    @cached_property
    def _by_name(self) -> dict[str, AttributeSpec]:
        return {
            folded(name): attribute
            for attribute in self.attributes
            for name in (attribute.name, attribute.display_name, *attribute.aliases)
        }

    def find(self, name: str) -> AttributeSpec | None:
        """The attribute of that name, as a supplier may write it; None for an unknown one.

        >>> power = AttributeSpec(name="wattage", display_name="Power", category="electrical", aliases=("Watts",))
        >>> AttributeRegistry(attributes=(power,)).find(" watts (W)").name
        'wattage'
        """
        return self._by_name.get(folded(name)) or self._by_name.get(folded(without_unit(name)[0]))

    def rank(self, name: str) -> int:
        """The place of an attribute, from 0; behind all for an unknown one."""
        return self._ranks.get(name, len(self._ranks))

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {attribute.name: place for place, attribute in enumerate(self.attributes)}


def folded(name: str) -> str:
    """A name as it is compared: letters and digits, one space between words.

    >>> folded(" Shaft-Diameter. ")
    'shaft diameter'
    """
    return _BETWEEN.sub(" ", name.casefold()).strip()


def without_unit(name: str) -> tuple[str, str | None]:
    """A name without the unit in brackets at its end, and that unit.

    >>> without_unit("Power (W)"), without_unit("Fits (models)")
    (('Power', 'W'), ('Fits (models)', None))
    """
    found = _IN_BRACKETS.search(name)
    unit = symbol(found[1]) if found else None
    return (name[: found.start()].strip(), unit) if found and unit else (name.strip(), None)


_WORDS: Final[tuple[tuple[Category, str], ...]] = (
    ("compatibility", "fit fits compatible model models brand brands replaces replacement appliance machine used"),
    ("electrical", "volt voltage amp amps amperage current watt watts wattage power electrical resistance ohm "
                   "capacitance frequency phase wire wires fuse circuit terminal"),
    ("mechanical", "thread shaft gear teeth torque speed rotation mount mounting pressure flow valve bearing spring "
                   "hinge screw bolt hole drive motor"),
    ("physical", "length width height depth diameter size weight dimension dimensions color colour material finish "
                 "shape thickness radius capacity volume"),
)  # fmt: skip


def guessed_category(name: str, unit: str | None) -> Category:
    """The category of an attribute that nobody has described, by the words of its name, then by its unit.

    >>> guessed_category("Motor Power", None), guessed_category("Thing", "cm"), guessed_category("Thing", None)
    ('electrical', 'physical', 'other')
    """
    words = set(folded(name).split())
    for category, known in _WORDS:
        if words & set(known.split()):
            return category
    if unit in ("V", "A", "mA", "W", "kW", "Hz", "ohm", "kohm", "uF"):
        return "electrical"
    if unit in ("in", "ft", "mm", "cm", "m", "lb", "oz", "g", "kg", "gal", "L", "fl oz", "mL"):
        return "physical"
    return "mechanical" if unit in ("rpm", "psi", "kPa", "bar", "gpm", "L/min") else "other"


def attribute_name(text: str) -> str:
    """A supplier's name as one of ours.

    >>> attribute_name("Hose Length (in)"), attribute_name("3-Way Valve")
    ('hose_length', 'x_3_way_valve')
    """
    name = folded(without_unit(text)[0]).replace(" ", "_")[:60] or "unnamed"
    return name if name[0].isalpha() else f"x_{name}"


def registry_of(attributes: Iterable[AttributeSpec]) -> AttributeRegistry:
    """A registry of these attributes, in their order. Raises pydantic's ValidationError for two of one name."""
    return AttributeRegistry(attributes=tuple(attributes))
