"""What many parts say of their sources: how often each is right, per field, learned together and used for each."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import polars as pl

from attrgen_assets.domain.fusion.fuse import fuse_claims
from attrgen_assets.domain.fusion.model import SourceModel
from attrgen_assets.domain.parts.claims import Claim, claims_frame, value_text
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.domain.parts.fused_record import fusion_rules, usable_claims
from attrgen_assets.domain.parts.record import PartRules
from attrgen_assets.domain.ports import Override

LEAST_PARTS: Final = 30
"""With fewer parts one mistake moves the weight of a source by more than it should."""

MOVED: Final = 0.05
"""A change of an accuracy that is worth new confidences, and so a new version, of every record."""


Table = Mapping[str, Mapping[str, float]]


class SourceModels(Protocol):
    """Where the model in use is kept."""

    def source_model(self, product_type: str) -> SourceModel | None:
        """The model in use; None where none was learned yet."""
        ...

    def write_source_model(self, product_type: str, model: SourceModel, *, at: datetime) -> None:
        """Use this model from now on."""
        ...


def learned_sources(
    parts: Iterable[Sequence[Claim]], *, reviewed: Iterable[Override], rules: PartRules
) -> SourceModel | None:
    """The model that all parts together give; None for fewer than `LEAST_PARTS`.

    parts: the claims about each part. reviewed: values that people gave; with them accuracies are counted against
    what is known to be right (and smoothed), without them against what the sources agree on.
    """
    usable = {claims[0].object: usable_claims(claims) for claims in parts if claims}  # a part asked for twice is one
    if len(usable) < LEAST_PARTS:
        return None
    frame = claims_frame(claim for claims in usable.values() for claim in claims).drop("observed_at")
    truth = [
        (one.sku, one.attribute, value_text(list(one.value) if isinstance(one.value, tuple) else one.value))
        for one in reviewed
        if one.value is not None and one.attribute in PART_FIELDS and one.sku in usable
    ]
    names = frame["attribute"].unique().to_list()
    known = pl.DataFrame(truth, schema=["object", "attribute", "value"], orient="row") if truth else None
    return fuse_claims(frame, rules=fusion_rules(names, rules), truth=known).model


def moved(former: SourceModel | None, found: SourceModel) -> bool:
    """Whether a model says something else of a source, or of two that copy, than the former one.

    >>> old = SourceModel(accuracy={"a": {"mpn": 0.90}})
    >>> moved(old, SourceModel(accuracy={"a": {"mpn": 0.93}})), moved(old, SourceModel(accuracy={"b": {"mpn": 0.90}}))
    (False, True)
    >>> moved(old, old.model_copy(update={"dependence": {"a": {"b": 0.4}}}))
    True
    """
    if former is None:
        return True
    return _changed(former.accuracy, found.accuracy, -1.0) or any(
        _changed(*pair, 0.0) for pair in ((former.dependence, found.dependence), (found.dependence, former.dependence))
    )


def _changed(former: Table, found: Table, absent: float) -> bool:
    """Whether a number of `found` is another one in `former`, where one that is not there counts as `absent`."""
    return any(
        abs(accuracy - former.get(source, {}).get(field, absent)) > MOVED
        for source, fields in found.items()
        for field, accuracy in fields.items()
    )
