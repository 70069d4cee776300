"""A product type written out as one config file that extends nothing: the inverse of `resolve`."""

from collections.abc import Sequence
from typing import Any, Final

from attrgen_assets.domain.product_types.model import (
    Attribute,
    EnumAttribute,
    EnumListAttribute,
    Fallback,
    Gate,
    LegalValue,
    NumberAttribute,
    PatternSource,
    ProductType,
    Source,
)
from attrgen_assets.domain.product_types.rules import AtMostRule, ImpliesRule, RequiresRule, Rule

Data = dict[str, Any]
_RENDERED_APART: Final = {"name", "origin", "defined_in", "sources", "on_refusal", "values", "minimum", "maximum"}
_LARGEST_WHOLE: Final = 1e15  # beyond this a float no longer has digits to spare


def file_data(product_type: ProductType) -> Data:
    """What a file would say to get this product type, every default spelled out.

    Reading it back gives the same answers (`config_version`); only where things came from is lost.
    """
    shared = _shared_vocabularies(product_type.attributes)
    data: Data = {
        "product_type": product_type.name,
        "title": product_type.title,
        "description": product_type.description,
        "owners": list(product_type.owners),
        "feed": _clean(product_type.feed.model_dump(mode="json")),
        "texts": _clean(product_type.texts.model_dump(mode="json")),
        "vocabularies": {name: _values(values) for name, values in shared.items()},
        "attributes": {attribute.name: _attribute(attribute, shared) for attribute in product_type.attributes},
        "rules": [_rule(rule) for rule in product_type.rules],
        "gates": _gates(product_type),
        "generators": dict.fromkeys(product_type.switched_off, "off"),
        "calibration": product_type.calibration.model_dump(mode="json") if product_type.calibration else {},
    }
    return {key: value for key, value in data.items() if value not in ("", [], {})}


def _shared_vocabularies(attributes: Sequence[Attribute]) -> dict[str, tuple[LegalValue, ...]]:
    """Vocabularies that attributes of other names use, as long as all of them use the same values."""
    users: dict[str, list[EnumAttribute | EnumListAttribute]] = {}
    for attribute in attributes:
        if isinstance(attribute, EnumAttribute | EnumListAttribute):
            users.setdefault(attribute.vocabulary, []).append(attribute)
    return {
        name: using[0].values
        for name, using in users.items()
        if any(attribute.name != name for attribute in using) and len({attribute.values for attribute in using}) == 1
    }


def _attribute(attribute: Attribute, shared: dict[str, tuple[LegalValue, ...]]) -> Data:
    data: Data = {"kind": attribute.kind, **attribute.model_dump(mode="json", exclude=_RENDERED_APART | {"kind"})}
    if isinstance(attribute, EnumAttribute | EnumListAttribute) and attribute.vocabulary not in shared:
        del data["vocabulary"]
        data["values"] = _values(attribute.values)
    if isinstance(attribute, NumberAttribute):
        data["range"] = [attribute.minimum, attribute.maximum]
    refusal = attribute.on_refusal
    data["on_refusal"] = {"fallback": refusal.fallback} if isinstance(refusal, Fallback) else refusal
    data["sources"] = [_source(source) for source in attribute.sources]
    return _clean(data)


def _values(values: Sequence[LegalValue]) -> Any:
    if all(legal.parent is None and not legal.synonyms for legal in values):
        return [legal.value for legal in values]
    return {legal.value: _value(legal) for legal in values}


def _value(legal: LegalValue) -> Any:
    synonyms = [{"text": s.text, "reason": s.reason} if s.reason is not None else s.text for s in legal.synonyms]
    if legal.parent is None:
        return synonyms or None
    return {"parent": legal.parent, **({"synonyms": synonyms} if synonyms else {})}


def _source(source: Source) -> Data:
    data = source.model_dump(mode="json", exclude={"generator", "fields", "form"})
    if isinstance(source, PatternSource):
        return _clean({"pattern": source.form, "in": list(source.fields), **data})
    return _clean({source.generator: list(source.fields), **data})


def _rule(rule: Rule) -> Data:
    data: Data = {"name": rule.name}
    if isinstance(rule, ImpliesRule):
        data |= {"when": _conditions(rule.when), "then": _conditions(rule.then)}
    elif isinstance(rule, AtMostRule):
        data["at_most"] = [rule.lower, rule.upper]
    elif isinstance(rule, RequiresRule):
        data["requires"] = {rule.attribute: list(rule.requires)}
    else:
        data["excludes"] = {rule.attribute: list(rule.excludes)}
    return {**data, "on_violation": rule.on_violation, **({"reason": rule.reason} if rule.reason else {})}


def _conditions(conditions: dict[str, tuple[str | bool, ...]]) -> Data:
    return {name: list(values) for name, values in conditions.items()}


def _gates(product_type: ProductType) -> Data:
    gates = product_type.gates
    data: Data = {"max_quarantined_fraction": _gate(gates.max_quarantined_fraction)}
    if gates.min_coverage:
        data["min_coverage"] = {name: _gate(gate) for name, gate in gates.min_coverage.items()}
    if gates.max_feed_age_days is not None:
        data["max_feed_age_days"] = _number(gates.max_feed_age_days)
    return data


def _gate(gate: Gate) -> Data:
    return {key: _number(value) for key, value in gate.model_dump().items() if value is not None}


def _clean(data: Data) -> Data:
    """Without what is unset, and whole numbers without a point; empty lists stay where they overrule a default."""
    kept = {key: value for key, value in data.items() if value is not None and value != ""}
    return {key: _number(value) for key, value in kept.items() if value != [] or key in _DEFAULTS_THAT_ARE_NOT_EMPTY}


_DEFAULTS_THAT_ARE_NOT_EMPTY: Final = {"missing", "not_applicable", "run_on", "separators"}


def _number(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST_WHOLE:
        return int(value)
    if isinstance(value, list):
        return [_number(item) for item in value]
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    return value
