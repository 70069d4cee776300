"""The leaves of a config file, as annotated types: how a scalar is read where a text, number, truth or list is meant.

Each type also says what an editor may take for it (`json_schema_input_type`), which is what `attrgen config schema`
shows: a legal value 28 may be written without quotes, although it is a text.
"""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from attrgen_assets.domain.product_types.base import NAME_PATTERN
from attrgen_assets.domain.product_types.nodes import Scalar


def _kind(value: Any) -> str:
    return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "nothing"


def read_text(value: Any) -> Any:
    """The spelling of a scalar. A bare `null` is the word null; nothing at all is not a text."""
    if isinstance(value, Scalar):
        if value.text == "" and value.plain:
            raise PydanticCustomError("attrgen", "a text is missing")
        return value.text
    if isinstance(value, str):
        return value
    raise PydanticCustomError("attrgen", "should be a text, not {kind}", {"kind": _kind(value)})


def read_number(value: Any) -> Any:
    """The number that was written, by the core schema of YAML 1.2."""
    if isinstance(value, Scalar):
        if value.number is None:
            raise PydanticCustomError("attrgen", "should be a number, in digits and without quotes")
        return value.number
    if isinstance(value, int | float):
        return value
    raise PydanticCustomError("attrgen", "should be a number, not {kind}", {"kind": _kind(value)})


def read_integer(value: Any) -> Any:
    """A whole number."""
    number = read_number(value)
    if not isinstance(number, int):
        raise PydanticCustomError("attrgen", "should be a whole number")
    return number


def read_truth(value: Any) -> Any:
    """True or false. `yes` and `on` are texts."""
    if isinstance(value, Scalar):
        if value.truth is None:
            raise PydanticCustomError("attrgen", "should be true or false")
        return value.truth
    if isinstance(value, bool):
        return value
    raise PydanticCustomError("attrgen", "should be true or false, not {kind}", {"kind": _kind(value)})


def read_list(value: Any) -> Any:
    """One item needs no list, nothing is an empty one."""
    return [] if value is None else [value] if isinstance(value, Scalar | str) else value


def read_mapping(value: Any) -> Any:
    """A key with nothing behind it is an empty mapping."""
    return {} if value is None or (isinstance(value, Scalar) and value.is_null) else value


def keep_scalar(value: Any) -> Any:
    """A scalar whose meaning depends on the attribute it is about."""
    if isinstance(value, Scalar) and not (value.plain and value.text == ""):
        return value
    raise PydanticCustomError("attrgen", "should be a legal value, true, false or NA")


NAMES_ONLY = Field(json_schema_extra={"propertyNames": {"pattern": NAME_PATTERN}})
"""Tells editors that the keys of a mapping are names; pydantic says it only of plain texts."""

_AnyText = str | float | bool
_NameInput = Annotated[str, Field(pattern=NAME_PATTERN)]
_CharacterInput = Annotated[str, Field(min_length=1, max_length=1)]
_FractionInput = Annotated[float, Field(ge=0, le=1)]
_ThresholdInput = Annotated[float, Field(ge=50, le=100)]
_MarginInput = Annotated[float, Field(ge=0, le=50)]
_WordsInput = Annotated[int, Field(ge=0, le=12)]
_DecimalsInput = Annotated[int, Field(ge=0, le=9)]
_LengthInput = Annotated[int, Field(ge=1, le=1_000_000)]
_DaysInput = Annotated[float, Field(gt=0)]

Text = Annotated[str, BeforeValidator(read_text, json_schema_input_type=_AnyText)]
FilledText = Annotated[str, Field(min_length=1), BeforeValidator(read_text, json_schema_input_type=_AnyText)]
CellText = Annotated[str, BeforeValidator(read_text, json_schema_input_type=_AnyText | None)]
Name = Annotated[_NameInput, BeforeValidator(read_text, json_schema_input_type=_NameInput)]
Truth = Annotated[bool, BeforeValidator(read_truth, json_schema_input_type=bool)]
Number = Annotated[float, BeforeValidator(read_number, json_schema_input_type=float)]
Fraction = Annotated[_FractionInput, BeforeValidator(read_number, json_schema_input_type=_FractionInput)]
Threshold = Annotated[_ThresholdInput, BeforeValidator(read_number, json_schema_input_type=_ThresholdInput)]
Margin = Annotated[_MarginInput, BeforeValidator(read_number, json_schema_input_type=_MarginInput)]
Words = Annotated[_WordsInput, BeforeValidator(read_integer, json_schema_input_type=_WordsInput)]
Decimals = Annotated[_DecimalsInput, BeforeValidator(read_integer, json_schema_input_type=_DecimalsInput)]
Length = Annotated[_LengthInput, BeforeValidator(read_integer, json_schema_input_type=_LengthInput)]
Days = Annotated[_DaysInput, BeforeValidator(read_number, json_schema_input_type=_DaysInput)]
RuleValue = Annotated[Scalar, BeforeValidator(keep_scalar, json_schema_input_type=_AnyText)]

Character = Annotated[_CharacterInput, BeforeValidator(read_text, json_schema_input_type=_CharacterInput)]

Texts = Annotated[tuple[FilledText, ...], BeforeValidator(read_list, json_schema_input_type=_AnyText | list[_AnyText])]
Cells = Annotated[
    tuple[CellText, ...], BeforeValidator(read_list, json_schema_input_type=_AnyText | list[_AnyText | None])
]
Names = Annotated[
    tuple[Name, ...],
    Field(min_length=1),
    BeforeValidator(read_list, json_schema_input_type=_NameInput | Annotated[list[_NameInput], Field(min_length=1)]),
]
RuleValues = Annotated[
    tuple[RuleValue, ...],
    Field(min_length=1),
    BeforeValidator(read_list, json_schema_input_type=_AnyText | Annotated[list[_AnyText], Field(min_length=1)]),
]
