"""The entries of a config file's lists: legal values, sources and rules, shorthands included.

Union members are told apart by the key that names them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from attrgen_assets.domain.product_types.file_types import (
    NAMES_ONLY,
    FilledText,
    Fraction,
    Margin,
    Name,
    Names,
    RuleValues,
    Text,
    Texts,
    Threshold,
    Truth,
    Words,
    read_list,
    read_text,
)
from attrgen_assets.domain.product_types.model import Matching
from attrgen_assets.domain.product_types.nodes import Scalar

_MATCHING = Matching()


class FileModel(BaseModel):
    """The base: immutable, an unknown key is a problem."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_unsets(cls, data: Any) -> Any:
        """`key: null` undoes what a common file set, where a key may be absent; elsewhere null is a word."""
        if not isinstance(data, dict):
            return data
        needed = {field.alias or name for name, field in cls.model_fields.items() if field.is_required()}
        nulls = {key for key, value in data.items() if isinstance(value, Scalar) and value.is_null} - needed
        return {key: None if key in nulls else value for key, value in data.items()}


def one_word(*words: str) -> BeforeValidator:
    """A word out of a closed set, read as text so that no spelling is taken for a truth value."""
    return BeforeValidator(read_text, json_schema_input_type=Literal[words])


class SynonymEntry(FileModel):
    """A synonym with the reason why it is one."""

    text: FilledText = Field(description="the other spelling")
    reason: Text | None = Field(default=None, description="why it means the same, where that is not obvious")


def _read_synonym(value: Any) -> Any:
    return {"text": value} if isinstance(value, Scalar) else value


_SynonymInput = str | float | bool | SynonymEntry
Synonyms = Annotated[
    tuple[Annotated[SynonymEntry, BeforeValidator(_read_synonym, json_schema_input_type=_SynonymInput)], ...],
    BeforeValidator(read_list, json_schema_input_type=str | float | bool | list[_SynonymInput]),
]


class ValueBody(FileModel):
    """What is said of a legal value."""

    parent: FilledText | None = Field(default=None, description="the broader value that this one narrows")
    synonyms: Synonyms = Field(default=(), description="other spellings, matched in any case and punctuation")


class ValueEntry(ValueBody):
    """A legal value with what is said of it."""

    value: FilledText


def _read_value(value: Any) -> Any:
    """A mapping of one value, as it stands in a list that mixes bare values and described ones."""
    if isinstance(value, dict) and len(value) == 1 and "value" not in value:
        return _described(*next(iter(value.items())))
    return {"value": value} if isinstance(value, Scalar | str) else value


def _described(text: str, body: Any) -> Any:
    if isinstance(body, Scalar) and body.is_null:
        return {"value": text}
    if isinstance(body, Scalar | list):
        return {"value": text, "synonyms": body}
    return {**body, "value": text} if isinstance(body, dict) else body


def _read_values(value: Any) -> Any:
    """A mapping `value: synonyms or body`, or a list of values, as one list of entries in the order written."""
    if isinstance(value, dict):
        return [_described(text, body) for text, body in value.items()]
    if isinstance(value, Scalar):
        raise PydanticCustomError("attrgen", "should be a mapping of values to their synonyms, or a list of values")
    return value


_BodyInput = ValueBody | Annotated[list[_SynonymInput], Field()] | str | float | bool | None
_ValuesInput = dict[str, _BodyInput] | list[str | float | bool | dict[str, _BodyInput]]
Values = Annotated[
    tuple[Annotated[ValueEntry, BeforeValidator(_read_value)], ...],
    BeforeValidator(_read_values, json_schema_input_type=_ValuesInput),
]


class MatchingEntry(FileModel):
    """How free text is matched to legal values."""

    fuzzy: Truth = Field(default=_MATCHING.fuzzy, description="false: only exact spellings and synonyms")
    threshold: Threshold = Field(
        default=_MATCHING.threshold, description="least score of the best value, 50 to 100; 82: one wrong letter in six"
    )
    margin: Margin = Field(default=_MATCHING.margin, description="by how much the best must beat any other, 0 to 50")
    several: Annotated[Literal["refuse", "first"], one_word("refuse", "first")] = Field(
        default=_MATCHING.several, description='what "blue / white" means: a refusal, or the first of them'
    )
    phrases: Truth = Field(
        default=_MATCHING.phrases, description='whether a legal phrase among other words counts ("100% soft cotton")'
    )


class FallbackEntry(FileModel):
    """Use a named legal value when all that was stated was refused."""

    fallback: FilledText = Field(description="a legal value of this attribute")


def _refusal_tag(value: Any) -> str:
    return "<fallback>" if isinstance(value, dict | FallbackEntry) else "<word>"


OnRefusal = Annotated[
    Annotated[Literal["quarantine", "drop"], one_word("quarantine", "drop"), Tag("<word>")]
    | Annotated[FallbackEntry, Tag("<fallback>")],
    Discriminator(_refusal_tag),
]


class SourceEntry(FileModel):
    """What all sources have."""

    confidence: Fraction | None = Field(default=None, description="of the values found here, 0 to 1")
    enabled: Truth = Field(default=True, description="false switches this source off")


class ColumnEntry(SourceEntry):
    """Take the text of a field as it is."""

    column: Names = Field(description="fields of feed.columns, in order")


class LabelEntry(SourceEntry):
    """Take what stands behind a label that is called like one of the attribute's columns."""

    label: Names = Field(description="fields of feed.columns to search")


class LexiconEntry(SourceEntry):
    """Find legal values and synonyms in running text."""

    lexicon: Names = Field(description="fields of feed.columns to search")
    near: Texts = Field(default=(), description="search only around one of these words")
    words_before: Words = Field(default=3, description="with near: words searched before it, 0 to 12")
    words_after: Words = Field(default=0, description="with near: words searched after it, 0 to 12")
    not_near: Texts = Field(default=(), description="skip clauses in which one of these words stands")
    part: Name | None = Field(
        default=None, description="search only what is said of this part: product, or one of texts.parts"
    )
    named: Texts = Field(
        default=(), description="parts that all have to be named: the words that name them are read as one phrase"
    )
    pick: Annotated[Literal["first", "second", "all"], one_word("first", "second", "all")] = Field(
        default="first", description="which of several values found is proposed"
    )


_PatternForm = Literal["quantity", "price", "sizes", "regex"]


class PatternEntry(SourceEntry):
    """Find quantities, prices, sizes or a regular expression in a field."""

    pattern: Annotated[_PatternForm, one_word("quantity", "price", "sizes", "regex")] = Field(
        description="what to find"
    )
    fields: Names = Field(alias="in", description="fields of feed.columns to search")
    near: Texts = Field(default=(), description="search only clauses with one of these words")
    regex: FilledText | None = Field(
        default=None, description="Rust syntax; the group named value counts, else the first; it needs a group"
    )


class ModelEntry(SourceEntry):
    """Take what the product type's trained model reads."""

    model: Names = Field(description="fields of feed.columns that it reads")
    at_least: Fraction | None = Field(default=None, description="least probability of a value to be proposed, 0 to 1")


class LlmEntry(SourceEntry):
    """Ask a language model, of rows that the sources before it leave uncertain."""

    llm: Names = Field(description="fields of feed.columns that it is given")
    below: Fraction | None = Field(default=None, description="ask where the answer is less sure than this, 0 to 1")


_SOURCE_KEYS = {key: f"<{key}>" for key in ("column", "label", "lexicon", "pattern", "model", "llm")}


def _one_key(value: Any, keys: dict[str, str]) -> str | None:
    """The tag of the only one of `keys` that the mapping has."""
    tags = {tag for key, tag in keys.items() if key in value} if isinstance(value, dict) else set()
    return tags.pop() if len(tags) == 1 else None


Source = Annotated[
    Annotated[ColumnEntry, Tag("<column>")]
    | Annotated[LabelEntry, Tag("<label>")]
    | Annotated[LexiconEntry, Tag("<lexicon>")]
    | Annotated[PatternEntry, Tag("<pattern>")]
    | Annotated[ModelEntry, Tag("<model>")]
    | Annotated[LlmEntry, Tag("<llm>")],
    Discriminator(
        lambda value: _one_key(value, _SOURCE_KEYS),
        custom_error_type="attrgen",
        custom_error_message="a source has exactly one of the keys column, label, lexicon, pattern, model, llm",
    ),
]


class RuleEntry(FileModel):
    """What all rules have."""

    name: Name = Field(description="unique; a rule of the same name in a common file is replaced")
    reason: Text | None = Field(default=None, description="why the rule holds, for people")
    on_violation: Annotated[Literal["quarantine", "drop"], one_word("quarantine", "drop")] = Field(
        default="drop", description="quarantine the row, or drop the offending value"
    )


_Conditions = Annotated[dict[Name, RuleValues], Field(min_length=1), NAMES_ONLY]
_OneToMany = Annotated[dict[Name, Names], Field(min_length=1, max_length=1), NAMES_ONLY]


class ImpliesEntry(RuleEntry):
    """When every attribute of `when` has one of its values, each of `then` must have one of its own."""

    when: _Conditions = Field(description="attribute: value or values; NA stands for NOT_APPLICABLE")
    then: _Conditions = Field(description="attribute: value or values; a single one is filled in where nobody says")


class AtMostEntry(RuleEntry):
    """The first number must not exceed the second."""

    at_most: Annotated[tuple[Name, ...], Field(min_length=2, max_length=2)] = Field(description="[lower, upper]")


class RequiresEntry(RuleEntry):
    """Where the attribute is found, the others must be found too."""

    requires: _OneToMany = Field(description="one attribute: those that it needs")


class ExcludesEntry(RuleEntry):
    """Where the attribute is found, none of the others may be."""

    excludes: _OneToMany = Field(description="one attribute: those that it rules out")


_RULE_KEYS = {
    "when": "<implies>",
    "then": "<implies>",
    "at_most": "<at_most>",
    "requires": "<requires>",
    "excludes": "<excludes>",
}
Rule = Annotated[
    Annotated[ImpliesEntry, Tag("<implies>")]
    | Annotated[AtMostEntry, Tag("<at_most>")]
    | Annotated[RequiresEntry, Tag("<requires>")]
    | Annotated[ExcludesEntry, Tag("<excludes>")],
    Discriminator(
        lambda value: _one_key(value, _RULE_KEYS),
        custom_error_type="attrgen",
        custom_error_message="a rule has one form: when + then, at_most, requires or excludes",
    ),
]
