"""Pydantic models generated from a product type: what one of its documents may look like, and nothing else."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model, model_validator

from attrgen_assets.domain.product_types.model import (
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    NumberAttribute,
    ProductType,
    TextAttribute,
)
from attrgen_assets.domain.tables import RefusalReason, Status


class Strict(BaseModel):
    """No coercion and no unknown key: "7" is not a number, and what the store has no word for stays out."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Provenance(Strict):
    """Where a value was found, by which generator, and how it was matched."""

    generator: str
    version: str
    field: str | None
    text: str | None
    method: str | None


class Refusal(Strict):
    """A value that was stated and not accepted."""

    attribute: str | None
    reason: Literal[tuple(reason.value for reason in RefusalReason)]  # type: ignore[valid-type]  # one list of reasons
    text: str | None
    nearest: list[str] | None
    field: str | None


class Source(Strict):
    """The feed row that a document came from; row 1 is the first data row."""

    file: str
    row_number: Annotated[int, Field(ge=1)]


class Entry(Strict):
    """One attribute of a document; the generated subclasses narrow `value` and `status`."""

    value: Any
    status: str
    confidence: Annotated[float, Field(ge=0, le=1)] | None
    provenance: Provenance | None

    @model_validator(mode="after")
    def _value_goes_with_status(self) -> Self:
        if (self.value is not None) != (self.status == Status.FOUND):
            raise ValueError("a value when FOUND, and only then")
        if self.status == Status.FOUND and (self.confidence is None or self.provenance is None):
            raise ValueError("confidence and provenance when FOUND")
        return self


class Envelope(Strict):
    """A document, its attributes unexamined; the generated subclasses narrow `product_type` and `missing`."""

    sku: Annotated[str, Field(min_length=1)]
    product_type: str
    attributes: Any
    missing: list[str]
    complete: bool
    refusals: list[Refusal]
    config_version: Annotated[str, Field(min_length=1)]
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    source: Source

    @model_validator(mode="after")
    def _complete_when_nothing_is_missing(self) -> Self:
        if self.complete == bool(self.missing):
            raise ValueError("complete when nothing is missing, and only then")
        return self


def entry_model(attribute: Attribute) -> type[Entry]:
    """The model of one attribute's entry.

    >>> color = EnumAttribute(name="color", origin="common", defined_in="x", on_refusal="drop", vocabulary="color",
    ...                       values=({"value": "Red"},))
    >>> entry_model(color)(value=None, status="NOT_FOUND", confidence=None, provenance=None).status
    'NOT_FOUND'
    """
    statuses = [status.value for status in Status if attribute.na or status is not Status.NOT_APPLICABLE]
    return create_model(
        f"Entry[{attribute.name}]",
        __base__=Entry,
        value=(_value_type(attribute) | None, ...),
        status=(_literal(statuses), ...),
    )


def envelope_model(product_type: ProductType) -> type[Envelope]:
    """The model of everything but the attributes' entries."""
    required = [attribute.name for attribute in product_type.attributes if attribute.required]
    missing: Any = _list_of(required) if required else Annotated[list[str], Field(max_length=0)]
    return create_model(
        f"Envelope[{product_type.name}]",
        __base__=Envelope,
        product_type=(_literal([product_type.name]), ...),
        missing=(missing, ...),
    )


def document_model(product_type: ProductType) -> type[Envelope]:
    """The model of whole documents of a type, for single ones; tables of them go through `guard.DocumentGuard`."""
    fields: dict[str, Any] = {attribute.name: (entry_model(attribute), ...) for attribute in product_type.attributes}
    attributes = create_model(f"Attributes[{product_type.name}]", __base__=Strict, **fields)
    return create_model(
        f"Document[{product_type.name}]", __base__=envelope_model(product_type), attributes=(attributes, ...)
    )


def _literal(values: list[str]) -> Any:
    literal: Any = Literal
    return literal[tuple(values)]


def _list_of(values: list[str]) -> Any:
    a_list: Any = list
    return a_list[_literal(values)]


def _value_type(attribute: Attribute) -> Any:
    match attribute:
        case EnumAttribute():
            return _literal([legal.value for legal in attribute.values])
        case EnumListAttribute():
            values = _list_of([legal.value for legal in attribute.values])
            return Annotated[values, Field(min_length=1), AfterValidator(_each_once)]
        case NumberAttribute():
            limits = Field(ge=attribute.minimum, le=attribute.maximum, allow_inf_nan=False)
            return Annotated[float, limits]
        case TextAttribute():
            return Annotated[str, Field(min_length=1, max_length=attribute.max_length)]
        case BooleanAttribute():
            return bool


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("each value once")
    return values
