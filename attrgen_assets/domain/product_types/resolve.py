"""From the files of a product type to the `ProductType` in force, or to everything that is wrong with it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from attrgen_assets.domain.product_types.base import NAME_PATTERN
from attrgen_assets.domain.product_types.checks import check_parts
from attrgen_assets.domain.product_types.file_entries import (
    AtMostEntry,
    ColumnEntry,
    FallbackEntry,
    ImpliesEntry,
    LabelEntry,
    LexiconEntry,
    LlmEntry,
    ModelEntry,
    RequiresEntry,
    Rule,
    Source,
)
from attrgen_assets.domain.product_types.file_model import ProductTypeFile
from attrgen_assets.domain.product_types.merge import Merged, MergedAttribute, merge
from attrgen_assets.domain.product_types.model import Attribute, Feed, Gates, ProductType, Texts
from attrgen_assets.domain.product_types.parts import Broken, Parts
from attrgen_assets.domain.product_types.read import NAME_HELP, Layer, translate
from attrgen_assets.domain.product_types.rules import Rule as EffectiveRule
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.product_types.trust import Calibration
from attrgen_assets.domain.product_types.version import compute_version
from attrgen_assets.domain.product_types.vocabularies import ValueList
from attrgen_assets.errors import Problem

_ATTRIBUTE: Final[TypeAdapter[Attribute]] = TypeAdapter(Attribute)
_RULE: Final[TypeAdapter[EffectiveRule]] = TypeAdapter(EffectiveRule)
_ENUM_KEYS: Final = ("vocabulary", "values", "add_values", "drop_values", "matching")
_KEYS_OF_KIND: Final = {
    "enum": _ENUM_KEYS,
    "enum_list": (*_ENUM_KEYS, "separators"),
    "text": ("max_length",),
    "number": ("unit", "range", "decimals"),
    "boolean": ("true_texts", "false_texts"),
}
_KINDS_OF_KEY: Final = {
    key: [kind for kind, keys in _KEYS_OF_KIND.items() if key in keys]
    for key in dict.fromkeys(key for keys in _KEYS_OF_KIND.values() for key in keys)
}
ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Resolution:
    """A product type, or the problems why there is none."""

    product_type: ProductType | None
    problems: tuple[Problem, ...]


def resolve(
    common: Sequence[Layer[Any]], own: Layer[ProductTypeFile], *, name: str, complete: bool = True
) -> Resolution:
    """The product type `name` of its own file and the common ones that it extends, nearest last.

    Problems that were found while the single files were read are the reader's to report. `complete` is False where
    a file that is extended could not be had; then nothing is said of what that file might have defined.
    """
    merged = merge([*common, own])
    if not complete:
        merged.broken = Broken(((), *merged.broken.paths))
    builder = _Builder(merged)
    builder.check_name(own, name)
    parts = builder.build()
    problems = [*builder.problems, *check_parts(parts)]
    if problems or merged.broken.paths:
        return Resolution(None, tuple(dict.fromkeys(problems)))
    if not parts.attributes:
        return Resolution(None, (own.at.problem("a product type needs at least one attribute"),))
    draft = ProductType(
        name=name,
        title=own.model.title or name.replace("_", " ").capitalize(),
        description=own.model.description or "",
        owners=own.model.owners,
        extends=tuple(layer.file.removeprefix("common/") for layer in common),
        feed=parts.feed,
        texts=parts.texts,
        attributes=parts.attributes,
        rules=parts.rules,
        gates=parts.gates,
        switched_off=tuple(sorted(name for name, state in merged.generators.items() if state == "off")),
        calibration=parts.calibration,
        config_version="",
    )
    return Resolution(draft.model_copy(update={"config_version": compute_version(draft)}), ())


class _Builder:
    """Builds the effective parts one by one, so that an unsound one does not hide what is wrong with the others."""

    def __init__(self, merged: Merged) -> None:
        self.merged = merged
        self.places = merged.places
        self.problems: list[Problem] = []

    def check_name(self, own: Layer[ProductTypeFile], name: str) -> None:
        said = own.model.product_type
        if not re.fullmatch(NAME_PATTERN, name):
            self.problems.append(
                own.at.problem("the file's name is not a legal name", found=repr(name), help=NAME_HELP)
            )
        elif said is None and not self.merged.broken.has("product_type"):
            self.problems.append(own.at.problem("the key 'product_type' is missing", help=f"write {name!r}"))
        elif said is not None and said != name:
            help = f"the file is called {name!r}, and both must be the same"
            self.problems.append((own.at / "product_type").complain("not the name of the file", help=help))

    def build(self) -> Parts:
        attributes, merged = [], self.merged
        for name, at in merged.doubled_rules:
            self.problems.append((at / "name").problem("two rules of one name in one file", found=repr(name)))
        for item in merged.attributes.values():
            built = self.attribute(item)
            if built is not None:
                attributes.append(built)
        sound = {attribute.name for attribute in attributes}
        refused = {str(path[1]) for path in merged.broken.paths if path[:1] == ("attributes",) and len(path) > 1}
        kinds = {item.name: item.keys.get("kind") for item in merged.attributes.values()}
        rules = [self.validated(_RULE, _rule(rule, kinds), "rules", name) for name, rule in merged.rules.items()]
        return Parts(
            attributes=tuple(attributes),
            unsound=frozenset((merged.attributes.keys() | refused) - sound),
            feed=self.model(Feed, self.feed(), "feed"),
            texts=self.model(Texts, merged.texts, "texts"),
            rules=tuple(rule for rule in rules if rule is not None),
            gates=self.model(Gates, self.gates(), "gates"),
            calibration=self.calibration(),
            places=self.places,
            broken=merged.broken,
        )

    def feed(self) -> dict[str, Any]:
        feed = {**self.merged.feed, "columns": self.merged.columns}
        return {key: value.model_dump() if isinstance(value, BaseModel) else value for key, value in feed.items()}

    def gates(self) -> dict[str, Any]:
        gates = {key: getattr(gate, "__dict__", gate) for key, gate in self.merged.gates.items()}
        return {**gates, "min_coverage": {name: gate.model_dump() for name, gate in self.merged.min_coverage.items()}}

    def calibration(self) -> Calibration | None:
        said = self.merged.calibration
        return self.validated(TypeAdapter(Calibration), said.model_dump(), "calibration") if said else None

    def model(self, model: type[ModelT], data: dict[str, Any], path: str) -> ModelT:
        """The effective model; where something in it is refused, the problem is noted and its default stands in."""
        built = self.validated(TypeAdapter(model), data, path)
        return built if built is not None else model.model_validate({"columns": {}} if model is Feed else {})

    def validated(self, adapter: TypeAdapter[Any], data: Any, *path: str) -> Any:
        """The validated model, or None and problems noted: limits that only the effective models know."""
        try:
            return adapter.validate_python(data)
        except ValidationError as error:
            for details in error.errors(include_url=False):
                self.problems.append(translate(details, self.places.at(*path, *details["loc"]), ProductTypeFile))
            return None

    def attribute(self, item: MergedAttribute) -> Attribute | None:
        kind = item.keys.get("kind")
        if kind is None:
            if not self.merged.broken.has("attributes", item.name, "kind"):
                self.note(item, (), "the key 'kind' is missing", help=f"allowed: {', '.join(_KEYS_OF_KIND)}")
            return None
        data = {key: value for key, value in item.keys.items() if key in ("kind", "description", "required", "na")}
        data |= {
            key: item.keys[key] for key in _KEYS_OF_KIND[kind] if key in item.keys and key not in ("values", "range")
        }
        data["sources"] = [_source(source) for source in item.keys.get("sources", ())]
        refusal = item.keys.get("on_refusal", "quarantine" if item.keys.get("required") else "drop")
        data["on_refusal"] = {"fallback": refusal.fallback} if isinstance(refusal, FallbackEntry) else refusal
        origin = "common" if item.common else "specific"
        if (accept := item.keys.get("accept")) is not None:
            data["accept"] = accept.model_dump()
        data |= {"name": item.name, "origin": origin, "defined_in": item.defined_in}
        sound = self.check_keys(item, kind)
        if kind == "number":
            sound = self.add_range(item, data) and sound
        if kind in ("enum", "enum_list"):
            sound = self.add_values(item, data) and sound
        built: Attribute | None = self.validated(_ATTRIBUTE, data, "attributes", item.name) if sound else None
        return built

    def note(self, item: MergedAttribute, path: tuple[str, ...], message: str, **more: str) -> None:
        self.problems.append(self.places.at("attributes", item.name, *path).problem(message, **more))

    def check_keys(self, item: MergedAttribute, kind: str) -> bool:
        """Whether every key is one that this kind of attribute has."""
        said = {*item.keys, *(key for key, _, _ in item.changes), *(["matching"] if item.matching else [])}
        foreign = [key for key in _KINDS_OF_KEY if key in said and kind not in _KINDS_OF_KEY[key]]
        for key in foreign:
            at = next((at for changed, _, at in item.changes if changed == key), None)
            at = at or self.places.at("attributes", item.name, key)
            kinds = " or ".join(_KINDS_OF_KEY[key])
            help = f"it is for kind {kinds}; {kind} takes {', '.join(_KEYS_OF_KIND[kind])}"
            self.problems.append(at.problem(f"an attribute of kind {kind} has no {key!r}", help=help))
        return not foreign

    def add_range(self, item: MergedAttribute, data: dict[str, Any]) -> bool:
        if "range" not in item.keys:
            if not self.merged.broken.has("attributes", item.name, "range"):
                self.note(item, (), "a number needs a range", help="write range: [least, most]")
            return False
        data["minimum"], data["maximum"] = item.keys["range"]
        return True

    def add_values(self, item: MergedAttribute, data: dict[str, Any]) -> bool:
        """Legal values from the vocabulary or the attribute itself, changed as the files say."""
        values, vocabulary = item.keys.get("values"), item.keys.get("vocabulary")
        if values is not None and vocabulary is not None:
            self.note(item, ("values",), "both `values` and `vocabulary`", help="keep one; change a few by add_values")
        listed = ValueList()
        if values is not None:
            listed.define(values, self.places.at("attributes", item.name, "values"))
        elif vocabulary in self.merged.vocabularies:
            listed.define(*self.merged.vocabularies[vocabulary])
        else:
            self.note_no_values(item, vocabulary)
            return False
        for key, entries, at in item.changes:
            (listed.drop if key == "drop_values" else listed.add)(entries, at)
        self.problems += listed.problems
        data["values"] = listed.build(self.places, item.name)
        data["vocabulary"] = vocabulary or item.name
        data["matching"] = item.matching
        if not data["values"]:
            self.note(item, ("values" if values is not None else "vocabulary",), "no legal value is left")
        return bool(data["values"])

    def note_no_values(self, item: MergedAttribute, vocabulary: str | None) -> None:
        broken, known = self.merged.broken, self.merged.vocabularies
        if vocabulary is not None and not broken.has("vocabularies", vocabulary):
            help = suggestion(vocabulary, known)
            self.note(item, ("vocabulary",), "unknown vocabulary", found=repr(vocabulary), help=help)
        elif vocabulary is None and not any(
            broken.has("attributes", item.name, key) for key in ("values", "vocabulary")
        ):
            help = f"write vocabulary: {item.name}" if item.name in known else "write values, or name a vocabulary"
            self.note(item, (), "an enum needs legal values", help=help)


def _source(entry: Source) -> dict[str, Any]:
    """A source spelled out; a confidence or limit that was not given is left to the effective model."""
    data = {key: value for key, value in entry.model_dump().items() if value is not None}
    if isinstance(entry, ColumnEntry):
        return {"generator": "column", "fields": data.pop("column"), **data}
    if isinstance(entry, LabelEntry):
        return {"generator": "label", "fields": data.pop("label"), **data}
    if isinstance(entry, LexiconEntry):
        return {"generator": "lexicon", "fields": data.pop("lexicon"), **data}
    if isinstance(entry, ModelEntry):
        return {"generator": "model", "fields": data.pop("model"), **data}
    if isinstance(entry, LlmEntry):
        return {"generator": "llm", "fields": data.pop("llm"), **data}
    return {"generator": "pattern", "form": data.pop("pattern"), **data}


def _rule(entry: Rule, kinds: dict[str, str | None]) -> dict[str, Any]:
    """A rule spelled out. A value is true or false only where its attribute is a boolean, else the text written."""
    data: dict[str, Any] = {"name": entry.name, "reason": entry.reason or "", "on_violation": entry.on_violation}
    if isinstance(entry, ImpliesEntry):
        for key, conditions in (("when", entry.when), ("then", entry.then)):
            data[key] = {
                name: [v.truth if kinds.get(name) == "boolean" and v.truth is not None else v.text for v in values]
                for name, values in conditions.items()
            }
        return {**data, "form": "implies"}
    if isinstance(entry, AtMostEntry):
        lower, upper = entry.at_most
        return {**data, "form": "at_most", "lower": lower, "upper": upper}
    form = "requires" if isinstance(entry, RequiresEntry) else "excludes"
    [(attribute, others)] = (entry.requires if isinstance(entry, RequiresEntry) else entry.excludes).items()
    return {**data, "form": form, "attribute": attribute, form: others}
