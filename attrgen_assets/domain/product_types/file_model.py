"""What a config file may say, shorthands included: the models behind `attrgen config schema`.

Almost everything is optional here, because a file may override one key of an inherited attribute; what must be there
once all files are merged is checked by `resolve`.
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field

from attrgen_assets.domain.product_types.file_entries import (
    FileModel,
    MatchingEntry,
    OnRefusal,
    Rule,
    Source,
    Values,
    one_word,
)
from attrgen_assets.domain.product_types.file_types import (
    NAMES_ONLY,
    Cells,
    Character,
    Days,
    Decimals,
    FilledText,
    Fraction,
    Length,
    Name,
    Number,
    Text,
    Texts,
    Truth,
    read_list,
    read_mapping,
)

_MAYBE_EMPTY = BeforeValidator(read_mapping)

_Kind = Literal["enum", "enum_list", "text", "number", "boolean"]


class AcceptEntry(FileModel):
    """When a value is accepted; others are kept as proposals, for a person to accept."""

    min_precision: Fraction = Field(description="least confidence, 0 to 1; needs a calibration")


class MeasuredEntry(FileModel):
    """An attribute on the gold set."""

    given: Number = Field(description="values given")
    right: Number = Field(description="those that were right")
    expected: Number = Field(description="those that the curve expects to be right")


class CalibrationEntry(FileModel):
    """What a gold set showed of scores; written by `attrgen config calibrate`."""

    curve: tuple[Annotated[tuple[Fraction, ...], Field(min_length=2, max_length=2)], ...] = Field(
        description="[score, precision] pairs, 0 to 1, ascending"
    )
    attributes: Annotated[dict[Name, MeasuredEntry], _MAYBE_EMPTY, NAMES_ONLY] = Field(
        default={}, description="attribute: what was counted"
    )


class AttributeEntry(FileModel):
    """An attribute, or the keys of an inherited one that this file changes."""

    kind: Annotated[_Kind, one_word("enum", "enum_list", "text", "number", "boolean")] | None = Field(
        default=None, description="enum: one legal value; enum_list: several; or text, number, boolean"
    )
    description: Text | None = Field(default=None, description="what it means, for people")
    required: Truth = Field(default=False, description="a document without it is incomplete")
    na: Truth = Field(default=False, description="whether NOT_APPLICABLE is a legal answer")
    sources: tuple[Source, ...] | None = Field(default=None, description="in order: the first accepted value wins")
    on_refusal: OnRefusal | None = Field(
        default=None, description="quarantine the row, drop the value, or a fallback; default: quarantine if required"
    )
    accept: AcceptEntry | None = Field(
        default=None, description="from which precision, measured on gold, values are accepted without a person"
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


_OnOff = Annotated[Literal["on", "off"], one_word("on", "off")] | None


class GeneratorsEntry(FileModel):
    """Generators of this product type that are switched off, whatever its sources say."""

    column: _OnOff = Field(default=None, description="cells taken as they are")
    label: _OnOff = Field(default=None, description="what stands behind labels in running text")
    lexicon: _OnOff = Field(default=None, description="legal values found in running text")
    pattern: _OnOff = Field(default=None, description="quantities, prices, sizes, regular expressions")
    model: _OnOff = Field(default=None, description="the trained model")
    llm: _OnOff = Field(default=None, description="the language model")


class GateEntry(FileModel):
    """Two limits on one fraction."""

    warn: Fraction | None = Field(default=None, description="beyond this a check warns, 0 to 1")
    error: Fraction | None = Field(default=None, description="beyond this a check fails, 0 to 1")


class GatesEntry(FileModel):
    """Quality gates."""

    max_quarantined_fraction: GateEntry | None = Field(default=None, description="largest share of refused rows")
    min_coverage: Annotated[dict[Name, GateEntry], _MAYBE_EMPTY, NAMES_ONLY] = Field(
        default={}, description="attribute: least share with a value"
    )
    max_feed_age_days: Days | None = Field(default=None, description="age of the newest feed file, days")


class SelectEntry(FileModel):
    """Which rows of a mixed feed are of this product type."""

    field: Name = Field(description="a field of feed.columns")
    any_of: Annotated[Texts, Field(min_length=1)] = Field(description="whole words, one of which must stand there")
    none_of: Texts = Field(default=(), description="whole words, none of which may stand there")


class SpecificationsEntry(FileModel):
    """Columns that hold a table of key/value pairs, unfolded into a column for each key."""

    column: Annotated[Texts, Field(min_length=1)] = Field(description="the feed's names for that column")
    prefix: Name = Field(default="spec", description="the columns are called <prefix>.<key>: spec.fabric")


_Format = Literal["auto", "csv", "jsonl", "json", "parquet"]
_ColumnNames = Annotated[Texts, Field(min_length=1)]


class FeedEntry(FileModel):
    """Where rows come from and how their columns are called."""

    path: FilledText | None = Field(default=None, description="file or glob, relative to the feeds folder")
    collection: FilledText | None = Field(default=None, description="MongoDB collection to read instead of a file")
    url: FilledText | None = Field(default=None, description="http(s) address to read instead of a file")
    token: FilledText | None = Field(
        default=None, description="environment variable with the bearer token for the address"
    )
    format: Annotated[_Format, one_word("auto", "csv", "jsonl", "json", "parquet")] = Field(
        default="auto", description="auto: by the file's name"
    )
    encoding: FilledText | None = Field(default=None, description="of text files; default: detected")
    delimiter: Character | None = Field(default=None, description="of CSV, one character; default: detected")
    columns: Annotated[dict[Name, _ColumnNames], _MAYBE_EMPTY, NAMES_ONLY] = Field(
        default={}, description="field: the feed's names for it, first wins"
    )
    specifications: SpecificationsEntry | None = Field(
        default=None, description="columns of key/value pairs, unfolded: feed.columns may name spec.<key>"
    )
    select: SelectEntry | None = Field(default=None, description="for mixed feeds: which rows are of this type")
    duplicates: Annotated[Literal["first", "last"], one_word("first", "last")] = Field(
        default="first", description="which row of a repeated SKU is kept; the others are quarantined"
    )


class TextsEntry(FileModel):
    """How texts are read, for every attribute of the type."""

    missing: Cells | None = Field(default=None, description="cells that state nothing")
    not_applicable: Cells | None = Field(default=None, description="cells that state NOT_APPLICABLE")
    boilerplate: Texts | None = Field(default=None, description="clauses with one of these phrases are no evidence")
    styling: Texts | None = Field(
        default=None, description="from a clause with one of these phrases on, a sentence speaks of other products"
    )
    negations: Texts | None = Field(default=None, description="words that deny what follows them")
    names: Texts | None = Field(
        default=None, description="last words of names of shops and brands: they and the word before are no evidence"
    )
    parts: Annotated[dict[Name, Texts], _MAYBE_EMPTY, NAMES_ONLY] | None = Field(
        default=None, description="part: the words that name it; under product, those that name the product itself"
    )
    run_on: Annotated[tuple[Name, ...], BeforeValidator(read_list)] | None = Field(
        default=None, description="fields whose sentences are glued together: a capital inside a word starts a clause"
    )


_Attribute = Annotated[AttributeEntry, BeforeValidator(read_mapping)]


class CommonFile(FileModel):
    """A common part, config/common/*.yaml: what several product types share."""

    description: Text | None = Field(default=None, description="for people")
    extends: Texts = Field(default=(), description="files of config/common, merged left to right, then this one")
    feed: FeedEntry | None = Field(default=None, description="where rows come from and how columns are called")
    texts: TextsEntry | None = Field(default=None, description="how texts are read")
    vocabularies: Annotated[dict[Name, Values], _MAYBE_EMPTY, NAMES_ONLY] = Field(
        default={}, description="legal values shared by several attributes"
    )
    attributes: Annotated[dict[Name, _Attribute], _MAYBE_EMPTY, NAMES_ONLY] = Field(
        default={}, description="the attributes, in order"
    )
    rules: Annotated[tuple[Rule, ...], BeforeValidator(read_list)] = Field(
        default=(), description="rules across attributes"
    )
    gates: GatesEntry | None = Field(default=None, description="quality gates")
    generators: GeneratorsEntry | None = Field(default=None, description="generator: off switches it off")
    calibration: CalibrationEntry | None = Field(
        default=None, description="what a gold set showed of scores: turns them into confidences"
    )


class ProductTypeFile(CommonFile):
    """A product type, config/product_types/*.yaml."""

    model_config = ConfigDict(json_schema_extra={"required": ["product_type"]})

    product_type: Name | None = Field(default=None, description="the same as the file's name")
    title: Text | None = Field(default=None, description="how people call it")
    owners: Texts = Field(default=(), description="email addresses, or team:NAME")


def file_schema(*, common: bool = False) -> dict[str, Any]:
    """The JSON Schema of the file of a product type, or of a common file.

    >>> file_schema()["required"], "product_type" in file_schema(common=True)["properties"]
    (['product_type'], False)
    """
    model = CommonFile if common else ProductTypeFile
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
