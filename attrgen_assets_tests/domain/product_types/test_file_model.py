"""What a file may say and what is in force belong together: nothing can be said that is lost, nothing is unsayable."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from attrgen_assets.domain.product_types import file_entries, file_model, model, rules, trust

PAIRS: list[tuple[type[BaseModel], type[BaseModel], dict[str, str]]] = [
    (file_entries.MatchingEntry, model.Matching, {}),
    (file_entries.FallbackEntry, model.Fallback, {}),
    (file_model.AcceptEntry, trust.Accept, {}),
    (file_entries.SynonymEntry, model.Synonym, {}),
    (file_entries.ValueEntry, model.LegalValue, {}),
    (file_entries.ColumnEntry, model.ColumnSource, {"column": "fields"}),
    (file_entries.LexiconEntry, model.LexiconSource, {"lexicon": "fields"}),
    (file_entries.PatternEntry, model.PatternSource, {"pattern": "form"}),
    (file_entries.ImpliesEntry, rules.ImpliesRule, {}),
    (file_model.GateEntry, model.Gate, {}),
    (file_model.GatesEntry, model.Gates, {}),
    (file_model.SelectEntry, model.Select, {}),
    (file_model.FeedEntry, model.Feed, {}),
    (file_model.TextsEntry, model.Texts, {}),
]
GIVEN_BY_THE_KEY_ITSELF = {"generator", "form"}
BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "maxLength")


@pytest.mark.parametrize(("written", "effective", "names"), PAIRS, ids=lambda item: getattr(item, "__name__", ""))
def test_whatever_is_in_force_can_be_written(
    written: type[BaseModel], effective: type[BaseModel], names: dict[str, str]
) -> None:
    said = {names.get(key, key) for key in written.model_fields}
    assert said | GIVEN_BY_THE_KEY_ITSELF == set(effective.model_fields) | GIVEN_BY_THE_KEY_ITSELF


@pytest.mark.parametrize(("written", "effective", "names"), PAIRS, ids=lambda item: getattr(item, "__name__", ""))
def test_limits_and_defaults_are_those_in_force(
    written: type[BaseModel], effective: type[BaseModel], names: dict[str, str]
) -> None:
    fields = effective.model_fields
    for key, field in written.model_fields.items():
        other = fields[names.get(key, key)]
        assert _bounds(written, key) == _bounds(effective, names.get(key, key))
        if field.default is not None and not field.is_required() and not other.is_required() and key != "confidence":
            assert field.default == other.get_default(call_default_factory=True)


def test_every_key_of_every_kind_of_attribute_can_be_written() -> None:
    effective = {
        key
        for kind in (model.EnumAttribute, model.EnumListAttribute, model.TextAttribute, model.NumberAttribute)
        for key in kind.model_fields
    } | set(model.BooleanAttribute.model_fields)
    spelled_otherwise = {"name", "origin", "defined_in", "minimum", "maximum"}
    assert effective - spelled_otherwise <= set(file_model.AttributeEntry.model_fields)
    added = set(file_model.AttributeEntry.model_fields) - effective
    assert added == {"add_values", "drop_values", "range"}


def _bounds(owner: type[BaseModel], key: str) -> dict[str, Any]:
    """The limits of a number, as JSON Schema says them, wherever they stand in it."""
    schema = TypeAdapter(owner).json_schema()["properties"]
    field = owner.model_fields[key]
    said = schema[field.alias or key]
    options = [said, *said.get("anyOf", [])]
    return {bound: option[bound] for option in options for bound in BOUNDS if bound in option}
