"""Corrections by people, applied before any machine speaks."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.coerce import TextRefusal
from attrgen_assets.domain.attributes.refusals import Refusals
from attrgen_assets.domain.attributes.state import HUMAN, Answer, AttributeState
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.model import NOT_APPLICABLE, Attribute, NumberAttribute, ProductType
from attrgen_assets.domain.tables import RefusalReason


class Corrections:
    """The overrides of one product type, by attribute and SKU."""

    def __init__(self, overrides: Iterable[Override], product_type: ProductType) -> None:
        known = {attribute.name for attribute in product_type.attributes}
        self._by_attribute: dict[str, dict[str, Override]] = {}
        for override in overrides:
            if override.product_type == product_type.name and override.attribute in known:
                self._by_attribute.setdefault(override.attribute, {})[override.sku] = override

    def apply(self, state: AttributeState, skus: pl.Series) -> None:
        """Answer the corrected rows; a correction that the config no longer allows becomes a refusal on record."""
        overrides = self._by_attribute.get(state.attribute.name)
        if not overrides:
            return
        corrected = np.flatnonzero(skus.is_in(list(overrides)).fill_null(value=False).to_numpy())
        for row in corrected.tolist():
            override = overrides[skus[row]]
            answer = _answer(override.value, state.attribute, state.vocabulary)
            if answer is None:
                text = pl.Series([str(override.value)])
                why = TextRefusal(RefusalReason.NOT_IN_VOCABULARY)
                rows, codes = np.array([row], dtype=np.uint32), np.zeros(1, dtype=np.int32)
                state.refusals.append(Refusals(state.attribute.name, "override", rows, codes, text, {0: why}))
                continue
            state.fill(np.array([row]), answer, generator=HUMAN, where=override.by, confidence=1.0)


def _answer(value: Any, attribute: Attribute, vocabulary: Vocabulary | None) -> Answer | None:
    """The correction as an answer that is legal today, else None.

    A correction to NOT_APPLICABLE (None) is legal where the attribute allows it.
    """
    if value is None:
        return NOT_APPLICABLE if attribute.na else None
    if isinstance(attribute, NumberAttribute):
        return float(value) if attribute.minimum <= float(value) <= attribute.maximum else None
    if attribute.kind == "boolean":
        return bool(value)
    if vocabulary is None:
        return str(value)
    values = tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
    if not values or not set(values) <= set(vocabulary.values):
        return None
    return values if attribute.kind == "enum_list" else values[0]
