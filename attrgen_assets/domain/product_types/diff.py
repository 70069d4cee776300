"""What is different between two states of a product type, and which documents each difference may touch."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrgen_assets.domain.product_types.changed import Change
from attrgen_assets.domain.product_types.diff_values import diff_values
from attrgen_assets.domain.product_types.model import (
    FEED_PLACES,
    Attribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
    ProductType,
    Source,
)
from attrgen_assets.domain.product_types.renames import match_renames
from attrgen_assets.domain.product_types.rules import AtMostRule, ImpliesRule, Rule
from attrgen_assets.domain.product_types.touches import EVERY_DOCUMENT, Touch
from attrgen_assets.domain.tables import Status

_COMPARED_APART: Final = {"name", "description", "origin", "defined_in", "kind", "sources", "values", "vocabulary"}
_FEED_LOCATION: Final = {*FEED_PLACES, "token"}  # where rows lie does not change what is read of a row


def diff_product_types(old: ProductType, new: ProductType) -> list[Change]:
    """All differences that a person may want to know before a config comes into force, in the order of the config."""
    return [
        *_diff_attributes(old, new),
        *_diff_rules(old, new),
        *_diff_settings("feed", _feed(old), _feed(new), (EVERY_DOCUMENT,)),
        *_diff_settings("texts", old.texts.model_dump(), new.texts.model_dump(), (EVERY_DOCUMENT,)),
        *_diff_settings("generators", _generators(old), _generators(new), (EVERY_DOCUMENT,)),
        *_diff_settings("gates", old.gates.model_dump(), new.gates.model_dump(), ()),
        *_diff_settings("calibration", _calibration(old), _calibration(new), (EVERY_DOCUMENT,)),
    ]


def _feed(product_type: ProductType) -> dict[str, Any]:
    feed = product_type.feed.model_dump(exclude=_FEED_LOCATION | {"columns"})
    return feed | {f"columns.{field}": names for field, names in product_type.feed.columns.items()}


def _generators(product_type: ProductType) -> dict[str, Any]:
    return dict.fromkeys(product_type.switched_off, "off")


def _calibration(product_type: ProductType) -> dict[str, Any]:
    known = product_type.calibration
    return {} if known is None else {"curve": known.curve, **known.model_dump()["attributes"]}


def _diff_attributes(old: ProductType, new: ProductType) -> Iterator[Change]:
    before = {attribute.name: attribute for attribute in old.attributes}
    after = {attribute.name: attribute for attribute in new.attributes}
    gone = {name: _likeness_set(before[name]) for name in before if name not in after}
    come = {name: _likeness_set(after[name]) for name in after if name not in before}
    renamed = {a: b for a, b in match_renames(gone, come).items() if before[a].kind == after[b].kind}
    for name in gone:
        touches = (Touch(attribute=name, status=Status.FOUND), Touch(attribute=name, status=Status.NOT_APPLICABLE))
        if name in renamed:
            yield Change(what="renamed?", subject="attribute", where="", old=name, new=renamed[name], touches=touches)
        else:
            yield Change(what="removed", subject="attribute", where="", old=name, touches=touches)
    for name in come:
        if name not in renamed.values():
            yield Change(what="added", subject="attribute", where="", new=name, touches=(EVERY_DOCUMENT,))
    for name, attribute in before.items():
        if name in after:
            yield from _diff_attribute(attribute, after[name])


def _likeness_set(attribute: Attribute) -> set[str]:
    """What makes an attribute what it is, besides its name: its values, or the fields that it is read from."""
    if isinstance(attribute, EnumAttribute | EnumListAttribute):
        return {legal.value for legal in attribute.values}
    return {f"{attribute.kind} {field}" for source in attribute.sources for field in source.fields}


def _diff_attribute(old: Attribute, new: Attribute) -> Iterator[Change]:
    name = new.name
    if old.kind != new.kind:
        touches = (Touch(attribute=name, status=Status.FOUND), Touch(attribute=name, status=Status.NOT_FOUND))
        yield Change(what="changed", subject="kind", where=name, old=old.kind, new=new.kind, touches=touches)
        return
    if isinstance(old, EnumAttribute | EnumListAttribute) and isinstance(new, EnumAttribute | EnumListAttribute):
        yield from diff_values(old, new)
    settings_old, settings_new = old.model_dump(exclude=_COMPARED_APART), new.model_dump(exclude=_COMPARED_APART)
    for key in settings_new:
        if settings_old[key] != settings_new[key]:
            names = {"old": _shown(settings_old[key]), "new": _shown(settings_new[key])}
            yield Change(what="changed", subject=key, where=name, touches=_touched_by(key, old, new), **names)
    yield from _diff_sources(old, new)


def _touched_by(key: str, old: Attribute, new: Attribute) -> tuple[Touch, ...]:
    """Documents whose answer a changed setting of an attribute may change."""
    found, missed, na = (
        Touch(attribute=new.name, status=status) for status in (Status.FOUND, Status.NOT_FOUND, Status.NOT_APPLICABLE)
    )
    if key == "required":
        return (missed, na)
    if key == "na":
        return (na,) if old.na else (missed,)
    if key == "on_refusal":
        return (missed,)
    if key in ("minimum", "maximum") and isinstance(old, NumberAttribute) and isinstance(new, NumberAttribute):
        narrower = new.minimum > old.minimum or new.maximum < old.maximum
        wider = new.minimum < old.minimum or new.maximum > old.maximum
        outside = Touch(attribute=new.name, outside=(new.minimum, new.maximum))
        return ((outside,) if narrower else ()) + ((missed,) if wider else ())
    return (found, missed)


def _diff_sources(old: Attribute, new: Attribute) -> Iterator[Change]:
    before = {_source_text(source): source for source in old.sources}
    after = {_source_text(source): source for source in new.sources}
    for text, source in before.items():
        if text not in after:
            touches = tuple(Touch(attribute=new.name, source=(source.generator, field)) for field in source.fields)
            yield Change(what="removed", subject="source", where=new.name, old=text, touches=touches)
    for text in after:
        if text not in before:
            touches = (Touch(attribute=new.name, status=Status.NOT_FOUND),)
            if list(after)[-1] != text:  # it comes before another, and may win where that one did
                touches += (Touch(attribute=new.name, status=Status.FOUND),)
            yield Change(what="added", subject="source", where=new.name, new=text, touches=touches)
    if before.keys() == after.keys() and list(before) != list(after):
        touches = (Touch(attribute=new.name, status=Status.FOUND),)
        names = {"old": "as before", "new": "another"}
        yield Change(what="changed", subject="order of sources", where=new.name, touches=touches, **names)


def _source_text(source: Source) -> str:
    settings = source.model_dump(exclude={"generator", "fields", "form"}, exclude_defaults=True)
    form = f"{source.generator} {getattr(source, 'form', '')}".strip()
    more = "".join(f", {key} {_shown(value)}" for key, value in settings.items())
    return f"{form} of {', '.join(source.fields)}{more}"


def _diff_rules(old: ProductType, new: ProductType) -> Iterator[Change]:
    before, after = ({rule.name: rule for rule in product_type.rules} for product_type in (old, new))
    for name, rule in before.items():
        if name not in after:
            yield Change(what="removed", subject="rule", where="", old=name, touches=_touched_by_rule(rule))
        elif rule.model_dump(exclude={"reason"}) != after[name].model_dump(exclude={"reason"}):
            touches = tuple(dict.fromkeys((*_touched_by_rule(rule), *_touched_by_rule(after[name]))))
            names = {"old": _rule_text(rule), "new": _rule_text(after[name])}
            yield Change(what="changed", subject="rule", where=name, touches=touches, **names)
    for name, rule in after.items():
        if name not in before:
            yield Change(what="added", subject="rule", where="", new=name, touches=_touched_by_rule(rule))


def _rule_text(rule: Rule) -> str:
    return _shown(rule.model_dump(mode="json", exclude={"name", "reason", "form"}))


def _touched_by_rule(rule: Rule) -> tuple[Touch, ...]:
    """Documents in which the rule may have something to say: those that meet its first condition."""
    if isinstance(rule, ImpliesRule):
        name, values = next(iter(rule.when.items()))
        na = Touch(attribute=name, status=Status.NOT_APPLICABLE)
        return tuple(na if value == "NA" else Touch(attribute=name, value=value) for value in values)
    if isinstance(rule, AtMostRule):
        return (Touch(attribute=rule.lower, status=Status.FOUND),)
    return (Touch(attribute=rule.attribute, status=Status.FOUND),)


def _diff_settings(
    section: str, old: Mapping[str, Any], new: Mapping[str, Any], touches: tuple[Touch, ...]
) -> Iterator[Change]:
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            names = {"old": _shown(old.get(key)), "new": _shown(new.get(key))}
            yield Change(what="changed", subject=key, where=section, touches=touches, **names)


def _shown(value: Any) -> str:
    """A setting on one line.

    >>> _shown({"warn": 0.8, "error": None}), _shown(("a", "b")), _shown(None), _shown(True)
    ('warn 0.8', 'a, b', 'none', 'true')
    """
    if isinstance(value, dict):
        return "; ".join(f"{key} {_shown(item)}" for key, item in value.items() if item is not None) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value)) or "none"
    if isinstance(value, bool):
        return str(value).lower()
    return (
        "none"
        if value is None
        else repr(value)
        if value == ""
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
