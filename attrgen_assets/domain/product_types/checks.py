"""Whether the parts of a product type fit together: attributes and their sources here, the rest next door."""

import re
from collections.abc import Iterator
from typing import Final

import polars as pl

from attrgen_assets.domain.product_types.check_feed import check_feed, check_gates, check_texts, unknown_fields
from attrgen_assets.domain.product_types.check_rules import check_rules
from attrgen_assets.domain.product_types.check_values import check_values, spells_nothing
from attrgen_assets.domain.product_types.learned import LearnedSource
from attrgen_assets.domain.product_types.model import (
    DETAIL,
    PRODUCT,
    Attribute,
    BooleanAttribute,
    ColumnSource,
    EnumAttribute,
    EnumListAttribute,
    Fallback,
    LabelSource,
    LexiconSource,
    NumberAttribute,
    PatternSource,
)
from attrgen_assets.domain.product_types.nodes import At
from attrgen_assets.domain.product_types.parts import Parts
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.text import normalise_all, normalise_text
from attrgen_assets.domain.units import is_currency, is_known_unit
from attrgen_assets.errors import Problem

RESERVED_NAMES: Final = frozenset(
    {"source_file", "row_number", "row", "missing", "complete", "refusals", "content_hash", "attributes", "source"}
    | {"product_type", "config_version", "version", "created_at", "updated_at", "run_id"}
)
"""Keys of documents and columns of the tables between steps; an attribute of such a name would overwrite them."""

_KINDS_OF_LEARNED: Final = {"model": ("enum", "number", "boolean"), "llm": ("enum", "enum_list", "number", "boolean")}
"""A model gives one value; a language model answers what can be held against the config."""

_UNIT: Final = re.compile(r"[A-Za-z°µ%]{1,30}(\^[1-4])?([/*][A-Za-z°µ%]{1,30}(\^[1-4])?){0,3}\Z")
_MAX_REGEX_CHARACTERS: Final = 1000


def check_parts(parts: Parts) -> list[Problem]:
    """All that is wrong between the parts, each problem once however many attributes share a vocabulary."""
    problems = [problem for attribute in parts.attributes for problem in _check_attribute(parts, attribute)]
    problems += [*check_feed(parts), *check_texts(parts), *check_rules(parts), *check_gates(parts)]
    return list(dict.fromkeys(problems))


def _check_attribute(parts: Parts, attribute: Attribute) -> Iterator[Problem]:
    at = parts.places.at("attributes", attribute.name)
    if attribute.name in RESERVED_NAMES:
        yield at.problem("a name that documents use themselves", found=repr(attribute.name), help="choose another")
    if attribute.name == "sku" and attribute.kind != "text":
        yield parts.places.at("attributes", "sku", "kind").complain("the attribute 'sku' must be a text")
    if isinstance(attribute, EnumAttribute | EnumListAttribute):
        yield from check_values(parts, attribute)
    if isinstance(attribute, NumberAttribute):
        yield from _check_number(parts, attribute)
    if isinstance(attribute, BooleanAttribute):
        yield from _check_boolean(parts, attribute)
    yield from _check_fallback(parts, attribute)
    if attribute.accept is not None and parts.calibration is None and not parts.broken.has("calibration"):
        help = "extend a file with a calibration, as `attrgen config calibrate` writes it, or leave `accept` out"
        yield (at / "accept").problem("a floor for precision needs a calibration, and there is none", help=help)
    for position in range(len(attribute.sources)):
        yield from _check_source(parts, attribute, position)


def _check_number(parts: Parts, attribute: NumberAttribute) -> Iterator[Problem]:
    if attribute.minimum > attribute.maximum:
        found = f"[{attribute.minimum:g}, {attribute.maximum:g}]"
        at = parts.places.at("attributes", attribute.name, "range")
        yield at.problem("the range is the wrong way round", found=found, help="write [least, most]")
    # The shape first: the registry reads units as arithmetic, and m^9^9^9 would keep it busy for good.
    if attribute.unit is not None and not (_UNIT.match(attribute.unit) and is_known_unit(attribute.unit)):
        at = parts.places.at("attributes", attribute.name, "unit")
        yield at.problem(
            "unknown unit", found=repr(attribute.unit), help="a unit such as m, in or g, or a currency as INR"
        )


def _check_boolean(parts: Parts, attribute: BooleanAttribute) -> Iterator[Problem]:
    trues = {normalise_text(text) for text in attribute.true_texts}
    for key, texts in (("true_texts", attribute.true_texts), ("false_texts", attribute.false_texts)):
        at = parts.places.at("attributes", attribute.name, key)
        if not texts:
            yield at.problem(f"{key} must have at least one text")
        yield from spells_nothing(at, texts)
    at = parts.places.at("attributes", attribute.name, "false_texts")
    for position, text in enumerate(attribute.false_texts):
        if normalise_text(text) in trues - {""}:
            yield (at / position).problem("a text that says both true and false", found=repr(text))


def _check_fallback(parts: Parts, attribute: Attribute) -> Iterator[Problem]:
    if not isinstance(attribute.on_refusal, Fallback):
        return
    value, at = attribute.on_refusal.fallback, parts.places.at("attributes", attribute.name, "on_refusal", "fallback")
    if not isinstance(attribute, EnumAttribute | EnumListAttribute):
        help = "write on_refusal: drop or quarantine"
        yield at.problem(
            f"a fallback is a legal value, and kind {attribute.kind} has none", found=repr(value), help=help
        )
    elif value not in (legal := [item.value for item in attribute.values]) and not parts.values_broken(attribute):
        yield at.problem("the fallback is not a legal value", found=repr(value), help=suggestion(value, legal))


def _check_source(parts: Parts, attribute: Attribute, position: int) -> Iterator[Problem]:
    source, at = attribute.sources[position], parts.places.at("attributes", attribute.name, "sources", position)
    key = "in" if isinstance(source, PatternSource) else source.generator
    yield from unknown_fields(parts, at / key, source.fields)
    if isinstance(source, ColumnSource):
        return
    if isinstance(source, LabelSource):
        if not any(isinstance(other, ColumnSource) for other in attribute.sources):
            help = "labels are called like columns: add a source `column: FIELD`"
            yield at.problem("a label source beside no column source", help=help)
        return
    if isinstance(source, LearnedSource):
        if attribute.kind not in (kinds := _KINDS_OF_LEARNED[source.generator]):
            help = f"kinds that it can answer: {', '.join(kinds)}"
            yield (at / key).problem(f"no source for an attribute of kind {attribute.kind}", help=help)
        return
    yield from spells_nothing(at / "near", source.near)
    if isinstance(source, LexiconSource):
        yield from _check_lexicon(parts, attribute, source, at)
    else:
        yield from _check_pattern(attribute, source, at)


def _check_lexicon(parts: Parts, attribute: Attribute, source: LexiconSource, at: At) -> Iterator[Problem]:
    yield from spells_nothing(at / "not_near", source.not_near)
    parts_known = {PRODUCT, *parts.texts.parts} - {DETAIL}
    asked = [(at / "part", source.part), *((at / "named" / place, part) for place, part in enumerate(source.named))]
    for place, part in asked:
        if part is not None and part not in parts_known and not parts.broken.has("texts", "parts"):
            yield place.complain("no such part in texts.parts", help=suggestion(part, parts_known))
    if source.named:
        yield from _check_named(parts, attribute, source, at / "named")
    if attribute.kind in ("text", "number"):
        help = "use column or pattern"
        yield at.problem(f"a lexicon finds legal values, and kind {attribute.kind} has none", help=help)


def _check_named(parts: Parts, attribute: Attribute, source: LexiconSource, at: At) -> Iterator[Problem]:
    others = ("near", "words_before", "words_after", "part", "pick")
    if any(getattr(source, key) != LexiconSource.model_fields[key].default for key in others):
        help = f"keep `named`, or {', '.join(others)}"
        yield at.problem("reads the words of all these parts, whatever stands near them", help=help)
    legal = attribute.values if isinstance(attribute, EnumAttribute | EnumListAttribute) else ()
    told = [text for value in legal for text in (value.value, *(synonym.text for synonym in value.synonyms))]
    words = [normalise_all(parts.texts.parts.get(part, ())) for part in source.named]
    spelled = " ".join(f"(?:{'|'.join(map(re.escape, each))})" for each in words)
    if legal and all(words) and not any(re.fullmatch(spelled, text) for text in normalise_all(told)):
        message = "no value and no synonym is spelled by a word of each of these parts, in this order"
        yield at.problem(message, help=f"such a synonym: {' '.join(each[0] for each in words)}")


def _check_pattern(attribute: Attribute, source: PatternSource, at: At) -> Iterator[Problem]:
    unit = attribute.unit if isinstance(attribute, NumberAttribute) else None
    if source.form in ("quantity", "price") and attribute.kind != "number":
        yield (at / "pattern").complain(f"finds numbers, and this attribute is of kind {attribute.kind}")
    elif source.form == "price" and (unit is None or not is_currency(unit)):
        yield (at / "pattern").complain("finds prices, and the attribute's unit is no currency", help="unit: INR")
    elif source.form == "quantity" and unit is not None and is_currency(unit):
        yield (at / "pattern").complain(
            "finds quantities, and the attribute's unit is a currency", help="pattern: price"
        )
    if source.form == "sizes" and attribute.kind not in ("enum", "enum_list"):
        yield (at / "pattern").complain(f"finds legal values, and kind {attribute.kind} has none")
    if source.near and source.form != "quantity":
        yield (at / "near").problem(f"`near` has no effect on pattern {source.form}", help="it is for quantity")
    if source.form != "regex" and source.regex is not None:
        yield (at / "regex").complain("`regex` has no effect here", help="it is for pattern: regex")
    if source.form == "regex":
        if source.regex is None:
            yield at.problem("the key 'regex' is missing")
        elif fault := _regex_fault(source.regex):
            yield (at / "regex").complain(
                f"not a regular expression: {fault}", help="Rust syntax: (...) around what counts"
            )


def _regex_fault(regex: str) -> str | None:
    """What the engine that will run it says against a regular expression."""
    if len(regex) > _MAX_REGEX_CHARACTERS:
        return f"longer than {_MAX_REGEX_CHARACTERS} characters"
    try:
        groups = pl.Series([""], dtype=pl.String).str.extract_groups(regex).struct.fields
    except pl.exceptions.PolarsError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return lines[-1].removeprefix("error: ") if lines else "it does not compile"
    return None if groups else "it has no group, so that nothing is taken from it"
