"""What several files say of one product type, folded: common files first, the type's own last."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from attrgen_assets.domain.product_types.file_entries import FileModel, Rule, ValueEntry
from attrgen_assets.domain.product_types.file_model import CalibrationEntry, CommonFile
from attrgen_assets.domain.product_types.model import FEED_PLACES
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Broken, Places
from attrgen_assets.domain.product_types.read import Layer


@dataclass(slots=True)
class MergedAttribute:
    """The keys of an attribute that any file set, by their names in `AttributeEntry`.

    changes: (key, texts or entries, place) of add_values and drop_values, in the order of the files.
    """

    name: str
    defined_in: str
    common: bool
    keys: dict[str, Any] = field(default_factory=dict)
    matching: dict[str, Any] = field(default_factory=dict)
    changes: list[tuple[str, Sequence[Any], At]] = field(default_factory=list)


@dataclass(slots=True)
class Merged:
    """All files of a product type as one."""

    places: Places
    broken: Broken
    attributes: dict[str, MergedAttribute] = field(default_factory=dict)
    vocabularies: dict[str, tuple[tuple[ValueEntry, ...], At]] = field(default_factory=dict)
    feed: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    gates: dict[str, Any] = field(default_factory=dict)
    generators: dict[str, Any] = field(default_factory=dict)
    min_coverage: dict[str, Any] = field(default_factory=dict)
    calibration: CalibrationEntry | None = None
    doubled_rules: list[tuple[str, At]] = field(default_factory=list)


def merge(layers: Sequence[Layer[Any]]) -> Merged:
    """Fold the files, nearest last; the last is the product type's own."""
    own = layers[-1]
    merged = Merged(Places(own.at), Broken(tuple(path for layer in layers for path in layer.broken)))
    for layer in layers:
        for name, values in layer.model.vocabularies.items():
            merged.vocabularies[name] = (values, layer.at / "vocabularies" / name)
        _fold_attributes(merged, layer, common=layer is not own)
        _fold_feed(merged, layer)
        _fold_keys(merged.places, merged.texts, layer.model.texts, layer.at / "texts", "texts")
        _fold_rules(merged, layer)
        _fold_keys(merged.places, merged.generators, layer.model.generators, layer.at / "generators", "generators")
        if "calibration" in layer.model.model_fields_set:  # as a whole: counts of two gold sets do not mix
            merged.calibration = layer.model.calibration
            merged.places.note(layer.at / "calibration", "calibration")
        gates = layer.model.gates
        _fold_keys(merged.places, merged.gates, gates, layer.at / "gates", "gates", apart=("min_coverage",))
        for name, gate in gates.min_coverage.items() if gates else ():
            merged.min_coverage[name] = gate
            merged.places.note(layer.at / "gates" / "min_coverage" / name, "gates", "min_coverage", name)
    return merged


def _said(model: FileModel | None) -> dict[str, Any]:
    """The keys that a file wrote, defaults not among them."""
    return {} if model is None else {key: getattr(model, key) for key in sorted(model.model_fields_set)}


def _fold_keys(
    places: Places, into: dict[str, Any], model: FileModel | None, at: At, *path: str, apart: Sequence[str] = ()
) -> None:
    """Later files win key by key; null undoes an earlier one."""
    for key, value in _said(model).items():
        if key not in apart:
            into.pop(key, None)
            if value is not None:
                into[key] = value
                places.note(at / key, *path, key)


def _fold_attributes(merged: Merged, layer: Layer[CommonFile], *, common: bool) -> None:
    for name, entry in layer.model.attributes.items():
        at = layer.at / "attributes" / name
        if name not in merged.attributes:
            merged.attributes[name] = MergedAttribute(name, layer.file, common)
            merged.places.note(at, "attributes", name)
        attribute = merged.attributes[name]
        said = _said(entry)
        if said.get("values") is not None or said.get("vocabulary") is not None:  # a fresh start
            attribute.changes.clear()
            attribute.keys.pop("values", None)
            attribute.keys.pop("vocabulary", None)
        _fold_keys(
            merged.places,
            attribute.keys,
            entry,
            at,
            "attributes",
            name,
            apart=("matching", "add_values", "drop_values"),
        )
        if "matching" in said and entry.matching is None:
            attribute.matching.clear()
        _fold_keys(merged.places, attribute.matching, entry.matching, at / "matching", "attributes", name, "matching")
        attribute.changes += [(key, said[key], at / key) for key in ("drop_values", "add_values") if said.get(key)]


def _fold_feed(merged: Merged, layer: Layer[CommonFile]) -> None:
    feed, at = layer.model.feed, layer.at / "feed"
    if feed is None:
        return
    said = feed.model_fields_set
    if not said.isdisjoint(FEED_PLACES):  # who says where rows lie says all of it
        for name in {*FEED_PLACES, "token"} - said:
            merged.feed.pop(name, None)
    _fold_keys(merged.places, merged.feed, feed, at, "feed", apart=("columns",))
    for name, columns in feed.columns.items():
        merged.columns[name] = columns
        merged.places.note(at / "columns" / name, "feed", "columns", name)


def _fold_rules(merged: Merged, layer: Layer[CommonFile]) -> None:
    seen = set()
    for position, rule in enumerate(layer.model.rules):
        at = layer.at / "rules" / position
        if rule.name in seen:
            merged.doubled_rules.append((rule.name, at))
        seen.add(rule.name)
        merged.rules[rule.name] = rule
        merged.places.note(at, "rules", rule.name)
