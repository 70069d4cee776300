"""Whether rules speak of attributes and values that exist, and of kinds that they are made for."""

from collections.abc import Iterator

from attrgen_assets.domain.product_types.model import (
    NOT_APPLICABLE,
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
)
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Parts
from attrgen_assets.domain.product_types.rules import AtMostRule, ImpliesRule, RequiresRule, Rule
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.errors import Problem


def check_rules(parts: Parts) -> Iterator[Problem]:
    """All that is wrong with the rules."""
    for rule in parts.rules:
        at = parts.places.at("rules", rule.name)
        for name, place in _mentions(rule, at):
            if name not in parts.names() and not parts.broken.has("attributes", name):
                help = suggestion(name, parts.names())
                yield place.problem("a rule about an unknown attribute", found=repr(name), help=help)
        if isinstance(rule, ImpliesRule):
            yield from _check_implies(parts, rule, at)
        elif isinstance(rule, AtMostRule):
            yield from _check_at_most(parts, rule, at)
        else:
            form, others = _others(rule)
            for number, name in enumerate(others):
                if name == rule.attribute:
                    place = at / form / rule.attribute / number
                    yield place.problem(f"an attribute that {form} itself", found=repr(name))


def _others(rule: Rule) -> tuple[str, tuple[str, ...]]:
    if isinstance(rule, RequiresRule):
        return "requires", rule.requires
    return "excludes", getattr(rule, "excludes", ())


def _mentions(rule: Rule, at: At) -> Iterator[tuple[str, At]]:
    """Every attribute that a rule names, and where."""
    if isinstance(rule, ImpliesRule):
        yield from ((name, at / "when" / name) for name in rule.when)
        yield from ((name, at / "then" / name) for name in rule.then)
    elif isinstance(rule, AtMostRule):
        yield rule.lower, at / "at_most" / 0
        yield rule.upper, at / "at_most" / 1
    else:
        form, others = _others(rule)
        yield rule.attribute, at / form / rule.attribute
        yield from ((name, at / form / rule.attribute / number) for number, name in enumerate(others))


def _check_implies(parts: Parts, rule: ImpliesRule, at: At) -> Iterator[Problem]:
    for name in rule.when.keys() & rule.then.keys():
        yield (at / "then" / name).problem("an attribute that is both condition and consequence", found=repr(name))
    for key, conditions in (("when", rule.when), ("then", rule.then)):
        for name, values in conditions.items():
            attribute = parts.find(name)
            for number, value in enumerate(values if attribute is not None else ()):
                if attribute is not None:
                    yield from _check_value(parts, attribute, value, at / key / name / number)


def _check_value(parts: Parts, attribute: Attribute, value: str | bool, at: At) -> Iterator[Problem]:
    """One value of a condition or consequence."""
    if value == NOT_APPLICABLE:
        if not attribute.na:
            message = f"NA is no legal answer for {attribute.name!r}"
            yield at.problem(message, help=f"write attributes.{attribute.name}.na: true, or leave NA out")
    elif isinstance(attribute, EnumAttribute | EnumListAttribute):
        legal = [item.value for item in attribute.values]
        if value not in legal and not parts.values_broken(attribute):
            message = f"not a legal value of {attribute.name!r}"
            yield at.problem(message, found=repr(value), help=suggestion(str(value), legal))
    elif isinstance(attribute, BooleanAttribute):
        if not isinstance(value, bool):
            yield at.problem(
                f"not a value of the boolean {attribute.name!r}", found=repr(value), help="true, false or NA"
            )
    else:
        message = f"{attribute.name!r} is of kind {attribute.kind}: a rule can only say that it is NA"
        yield at.problem(message, found=repr(value), help="at_most compares numbers")


def _check_at_most(parts: Parts, rule: AtMostRule, at: At) -> Iterator[Problem]:
    units: dict[str, str | None] = {}
    for number, name in enumerate((rule.lower, rule.upper)):
        attribute = parts.find(name)
        if isinstance(attribute, NumberAttribute):
            units[name] = attribute.unit
        elif attribute is not None:
            message = f"at_most compares numbers, and {name!r} is of kind {attribute.kind}"
            yield (at / "at_most" / number).problem(message)
    if rule.lower == rule.upper:
        yield (at / "at_most").problem("an attribute is compared with itself", found=repr(rule.lower))
    elif len(set(units.values())) > 1:
        found = " and ".join(f"{name} in {unit or 'no unit'}" for name, unit in units.items())
        yield (at / "at_most").problem("numbers in different units cannot be compared", found=found)
