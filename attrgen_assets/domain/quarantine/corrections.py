"""What a person may say of a refused row, checked as strictly as a feed never is.

A feed's misspelling may be matched; a person is asked to name the legal value. So a correction is taken as it is
written (case and accents aside) or as a known synonym, and never guessed.
"""

from collections.abc import Mapping
from typing import Any, Final

from attrgen_assets.domain.attributes.matching import find_best_enum_match
from attrgen_assets.domain.product_types.model import (
    NOT_APPLICABLE,
    Attribute,
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    Matching,
    NumberAttribute,
    ProductType,
    TextAttribute,
)
from attrgen_assets.domain.product_types.suggest import suggestion
from attrgen_assets.domain.quarantine.given_skus import SKU
from attrgen_assets.domain.text import normalise_text
from attrgen_assets.domain.units import conversion_factor, parse_quantity
from attrgen_assets.errors import InvalidCorrection

_AS_WRITTEN: Final = Matching(fuzzy=False)
_MANY_VALUES: Final = 12  # a longer list of legal values is not read; the nearest ones are


def check_corrections(product_type: ProductType, stated: Mapping[str, str]) -> dict[str, Any]:
    """The values that corrections stand for: {attribute: value, None for NOT_APPLICABLE}, in the order stated.

    Raises InvalidCorrection with all that is wrong at once: an unknown attribute, an illegal value, NA where it is
    no answer, a number out of range.
    """
    values: dict[str, Any] = {}
    problems = []
    for name, text in stated.items():
        try:
            values[name] = check_correction(product_type, name, text)
        except InvalidCorrection as error:
            problems.append(str(error))
    if problems:
        raise InvalidCorrection("\n".join(problems))
    return values


def check_correction(product_type: ProductType, name: str, text: str) -> Any:
    """The value that one correction stands for; see `check_corrections`."""
    if name == SKU:
        return _sku(text)
    try:
        attribute = product_type.attribute(name)
    except KeyError as error:
        names = [attribute.name for attribute in product_type.attributes]
        raise InvalidCorrection(f"{product_type.name} has no attribute {name!r}; {suggestion(name, names)}") from error
    if normalise_text(text) in _not_applicable_texts(product_type):
        if not attribute.na:
            raise InvalidCorrection(f"{name}: NA is no legal answer here; {_allowed(attribute, text)}")
        return None
    return _value(attribute, text)


def _sku(text: str) -> str:
    sku = " ".join(text.split())
    if not sku:
        raise InvalidCorrection("sku: an SKU cannot be empty")
    return sku


def _not_applicable_texts(product_type: ProductType) -> set[str]:
    return {normalise_text(text) for text in (*product_type.texts.not_applicable, NOT_APPLICABLE)}


def _value(attribute: Attribute, text: str) -> Any:
    match attribute:
        case EnumAttribute():
            return _legal_value(attribute, text)
        case EnumListAttribute():
            return _legal_values(attribute, text)
        case TextAttribute():
            return _text(attribute, text)
        case NumberAttribute():
            return _number(attribute, text)
        case BooleanAttribute():
            return _boolean(attribute, text)


def _legal_value(attribute: EnumAttribute | EnumListAttribute, text: str) -> str:
    match = find_best_enum_match(text, attribute.values, matching=_AS_WRITTEN)
    if match.value is None or match.method not in ("exact", "synonym"):
        raise InvalidCorrection(f"{attribute.name}: {text!r} is not a legal value; {_allowed(attribute, text)}")
    return match.value


def _legal_values(attribute: EnumListAttribute, text: str) -> tuple[str, ...]:
    try:
        return (_legal_value(attribute, text),)  # a value that contains a separator, such as "Tie and Dye"
    except InvalidCorrection:
        parts = [text]
    for separator in attribute.separators:
        parts = [piece for part in parts for piece in part.split(separator)]
    stated = {_legal_value(attribute, part.strip()) for part in parts if part.strip()}
    if not stated:
        raise InvalidCorrection(f"{attribute.name}: no value is named; {_allowed(attribute, text)}")
    return tuple(legal.value for legal in attribute.values if legal.value in stated)


def _text(attribute: TextAttribute, text: str) -> str:
    cleaned = " ".join(text.split())
    if not 1 <= len(cleaned) <= attribute.max_length:
        raise InvalidCorrection(
            f"{attribute.name}: a text of 1 to {attribute.max_length} characters, found {len(cleaned)}"
        )
    return cleaned


def _number(attribute: NumberAttribute, text: str) -> float:
    """A number in the attribute's unit, or in another one that is named and converts."""
    quantity = parse_quantity(text)
    factor = 1.0
    if quantity is not None and quantity.unit is not None:
        factor = (conversion_factor(quantity.unit, attribute.unit) if attribute.unit else None) or float("nan")
    value = float("nan") if quantity is None else round(quantity.value * factor, attribute.decimals)
    if not attribute.minimum <= value <= attribute.maximum:  # NaN compares false, so it is refused too
        raise InvalidCorrection(f"{attribute.name}: {text!r} is not legal; {_allowed(attribute, text)}")
    return value


def _boolean(attribute: BooleanAttribute, text: str) -> bool:
    said = normalise_text(text)
    for value, texts in ((True, attribute.true_texts), (False, attribute.false_texts)):
        if said in {normalise_text(known) for known in texts}:
            return value
    raise InvalidCorrection(f"{attribute.name}: {text!r} is not legal; {_allowed(attribute, text)}")


def _allowed(attribute: Attribute, text: str) -> str:
    match attribute:
        case EnumAttribute() | EnumListAttribute():
            legal = [value.value for value in attribute.values]
            if len(legal) <= _MANY_VALUES:
                return f"legal: {', '.join(legal)}"
            match = find_best_enum_match(text, attribute.values)
            near = [match.value] if match.value is not None else match.nearest
            return f"the nearest of {len(legal)}: {', '.join(near)}" if near else f"there are {len(legal)} legal values"
        case NumberAttribute():
            unit = f" {attribute.unit}" if attribute.unit else ""
            return f"a number from {attribute.minimum:g} to {attribute.maximum:g}{unit}"
        case BooleanAttribute():
            return f"one of {', '.join((*attribute.true_texts, *attribute.false_texts))}"
        case TextAttribute():
            return f"a text of at most {attribute.max_length} characters"
