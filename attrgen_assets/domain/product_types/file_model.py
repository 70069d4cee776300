"""What a config file may say, shorthands included: the models behind `attrgen config schema`.

Almost everything is optional here, because a file may override one key of an inherited attribute; what must be there
once all files are merged is checked by `resolve`. Union members are told apart by the key that names them.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from attrgen_assets.domain.product_types.file_types import (
    Cells,
    Character,
    Days,
    Decimals,
    FilledText,
    Fraction,
    Length,
    Margin,
    Name,
    Names,
    Number,
    RuleValues,
    Text,
    Texts,
    Threshold,
    Truth,
    Words,
    read_list,
    read_mapping,
    read_text,
)
from attrgen_assets.domain.product_types.nodes import Scalar


class FileModel(BaseModel):
    """The base: immutable, an unknown key is a problem."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _null_unsets(cls, data: Any) -> Any:
        """`key: null` undoes what a common file set, where a key may be absent."""
        if not isinstance(data, dict):
            return data
        return {key: None if isinstance(value, Scalar) and value.is_null else value for key, value in data.items()}


def _word(*words: str) -> BeforeValidator:
    """A word out of a closed set, read as text so that no spelling is taken for a truth value."""
    return BeforeValidator(read_text, json_schema_input_type=Literal[words])


_MAYBE_EMPTY = BeforeValidator(read_mapping)


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

    fuzzy: Truth = Field(default=True, description="false: only exact spellings and synonyms")
    threshold: Threshold = Field(default=88.0, description="least score of the best value, 50 to 100")
    margin: Margin = Field(default=4.0, description="by how much the best must beat any other value, 0 to 50")


class FallbackEntry(FileModel):
    """Use a named legal value when all that was stated was refused."""

    fallback: FilledText = Field(description="a legal value of this attribute")


def _refusal_tag(value: Any) -> str:
    return "<fallback>" if isinstance(value, dict | FallbackEntry) else "<word>"


OnRefusal = Annotated[
    Annotated[Literal["quarantine", "drop"], _word("quarantine", "drop"), Tag("<word>")]
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


class LexiconEntry(SourceEntry):
    """Find legal values and synonyms in running text."""

    lexicon: Names = Field(description="fields of feed.columns to search")
    near: Texts = Field(default=(), description="search only around one of these words")
    words_before: Words = Field(default=3, description="with near: words searched before it, 0 to 12")
    words_after: Words = Field(default=0, description="with near: words searched after it, 0 to 12")
    not_near: Texts = Field(default=(), description="skip clauses in which one of these words stands")
    pick: Annotated[Literal["first", "second", "all"], _word("first", "second", "all")] = Field(
        default="first", description="which of several values found is proposed"
    )


_PatternForm = Literal["quantity", "price", "sizes", "regex"]


class PatternEntry(SourceEntry):
    """Find quantities, prices, sizes or a regular expression in a field."""

    pattern: Annotated[_PatternForm, _word("quantity", "price", "sizes", "regex")] = Field(description="what to find")
    fields: Names = Field(alias="in", description="fields of feed.columns to search")
    near: Texts = Field(default=(), description="search only clauses with one of these words")
    regex: FilledText | None = Field(
        default=None, description="Rust syntax; the group named value, else group 1, else the whole match"
    )


_SOURCE_KEYS = {"column": "<column>", "lexicon": "<lexicon>", "pattern": "<pattern>"}


def _one_key(value: Any, keys: dict[str, str]) -> str | None:
    """The tag of the only one of `keys` that the mapping has."""
    tags = {tag for key, tag in keys.items() if key in value} if isinstance(value, dict) else set()
    return tags.pop() if len(tags) == 1 else None


Source = Annotated[
    Annotated[ColumnEntry, Tag("<column>")]
    | Annotated[LexiconEntry, Tag("<lexicon>")]
    | Annotated[PatternEntry, Tag("<pattern>")],
    Discriminator(
        lambda value: _one_key(value, _SOURCE_KEYS),
        custom_error_type="attrgen",
        custom_error_message="a source has exactly one of the keys column, lexicon, pattern",
    ),
]

_Kind = Literal["enum", "enum_list", "text", "number", "boolean"]


class AttributeEntry(FileModel):
    """An attribute, or the keys of an inherited one that this file changes."""

    kind: Annotated[_Kind, _word("enum", "enum_list", "text", "number", "boolean")] | None = Field(
        default=None, description="enum: one legal value; enum_list: several; or text, number, boolean"
    )
    description: Text | None = Field(default=None, description="what it means, for people")
    required: Truth = Field(default=False, description="a document without it is incomplete")
    na: Truth = Field(default=False, description="whether NOT_APPLICABLE is a legal answer")
    sources: tuple[Source, ...] | None = Field(default=None, description="in order: the first accepted value wins")
    on_refusal: OnRefusal | None = Field(
        default=None, description="quarantine the row, drop the value, or a fallback; default: quarantine if required"
    )
    vocabulary: Name | None = Field(default=None, description="enum kinds: name of a shared vocabulary")
    values: Values | None = Field(default=None, description="enum kinds: the legal values, instead of a vocabulary")
    add_values: Values = Field(default=(), description="legal values, or synonyms of them, on top of those inherited")
    drop_values: Texts = Field(default=(), description="inherited legal values that are not legal here")
    matching: MatchingEntry | None = Field(default=None, description="enum kinds: how free text is matched")
    separators: tuple[FilledText, ...] | None = Field(default=None, description="enum_list: what parts a list")
    max_length: Length | None = Field(default=None, description="text: most characters")
    unit: FilledText | None = Field(default=None, description="number: a unit (m, in, g) or a currency (INR)")
    range: Annotated[tuple[Number, ...], Field(min_length=2, max_length=2)] | None = Field(
        default=None, description="number: [least, most], both legal"
    )
    decimals: Decimals | None = Field(default=None, description="number: digits kept after the point, 0 to 9")
    true_texts: Texts | None = Field(default=None, description="boolean: texts that say true")
    false_texts: Texts | None = Field(default=None, description="boolean: texts that say false")


class RuleEntry(FileModel):
    """What all rules have."""

    name: Name = Field(description="unique; a rule of the same name in a common file is replaced")
    reason: Text | None = Field(default=None, description="why the rule holds, for people")
    on_violation: Annotated[Literal["quarantine", "drop"], _word("quarantine", "drop")] = Field(
        default="drop", description="quarantine the row, or drop the offending value"
    )


_Conditions = Annotated[dict[Name, RuleValues], Field(min_length=1)]
_OneToMany = Annotated[dict[Name, Names], Field(min_length=1, max_length=1)]


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


class GateEntry(FileModel):
    """Two limits on one fraction."""

    warn: Fraction | None = Field(default=None, description="beyond this a check warns, 0 to 1")
    error: Fraction | None = Field(default=None, description="beyond this a check fails, 0 to 1")


class GatesEntry(FileModel):
    """Quality gates."""

    max_quarantined_fraction: GateEntry | None = Field(default=None, description="largest share of refused rows")
    min_coverage: Annotated[dict[Name, GateEntry], _MAYBE_EMPTY] = Field(
        default={}, description="attribute: least share with a value"
    )
    max_feed_age_days: Days | None = Field(default=None, description="age of the newest feed file, days")


class SelectEntry(FileModel):
    """Which rows of a mixed feed are of this product type."""

    field: Name = Field(description="a field of feed.columns")
    any_of: Annotated[Texts, Field(min_length=1)] = Field(description="whole words, one of which must stand there")
    none_of: Texts = Field(default=(), description="whole words, none of which may stand there")


_Format = Literal["auto", "csv", "jsonl", "json", "parquet"]
_ColumnNames = Annotated[Texts, Field(min_length=1)]


class FeedEntry(FileModel):
    """Where rows come from and how their columns are called."""

    path: FilledText | None = Field(default=None, description="file or glob, relative to the feeds folder")
    collection: FilledText | None = Field(default=None, description="MongoDB collection to read instead of a file")
    format: Annotated[_Format, _word("auto", "csv", "jsonl", "json", "parquet")] = Field(
        default="auto", description="auto: by the file's name"
    )
    encoding: FilledText | None = Field(default=None, description="of text files; default: detected")
    delimiter: Character | None = Field(default=None, description="of CSV, one character; default: detected")
    columns: Annotated[dict[Name, _ColumnNames], _MAYBE_EMPTY] = Field(
        default={}, description="field: the feed's names for it, first wins"
    )
    select: SelectEntry | None = Field(default=None, description="for mixed feeds: which rows are of this type")
    duplicates: Annotated[Literal["first", "last"], _word("first", "last")] = Field(
        default="first", description="which row of a repeated SKU is kept; the others are quarantined"
    )


class TextsEntry(FileModel):
    """How texts are read, for every attribute of the type."""

    missing: Cells | None = Field(default=None, description="cells that state nothing")
    not_applicable: Cells | None = Field(default=None, description="cells that state NOT_APPLICABLE")
    boilerplate: Texts | None = Field(default=None, description="clauses with one of these phrases are no evidence")


_Attribute = Annotated[AttributeEntry, BeforeValidator(read_mapping)]


class CommonFile(FileModel):
    """A common part, config/common/*.yaml: what several product types share."""

    description: Text | None = Field(default=None, description="for people")
    extends: Texts = Field(default=(), description="files of config/common, merged left to right, then this one")
    feed: FeedEntry | None = Field(default=None, description="where rows come from and how columns are called")
    texts: TextsEntry | None = Field(default=None, description="how texts are read")
    vocabularies: Annotated[dict[Name, Values], _MAYBE_EMPTY] = Field(
        default={}, description="legal values shared by several attributes"
    )
    attributes: Annotated[dict[Name, _Attribute], _MAYBE_EMPTY] = Field(
        default={}, description="the attributes, in order"
    )
    rules: Annotated[tuple[Rule, ...], BeforeValidator(read_list)] = Field(
        default=(), description="rules across attributes"
    )
    gates: GatesEntry | None = Field(default=None, description="quality gates")


class ProductTypeFile(CommonFile):
    """A product type, config/product_types/*.yaml."""

    model_config = ConfigDict(json_schema_extra={"required": ["product_type"]})

    product_type: Name | None = Field(default=None, description="the same as the file's name")
    title: Text | None = Field(default=None, description="how people call it")
    owners: Texts = Field(default=(), description="email addresses, or team:NAME")
