"""Corrections of quarantined rows by people: checked against the config, and in force on every run from then on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.ports import Document, Override, QuarantineDesk
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.quarantine.corrections import check_corrections
from attrgen_assets.domain.quarantine.given_skus import CURABLE, SKU
from attrgen_assets.domain.quarantine.synonyms import suggest_synonyms, synonym_yaml
from attrgen_assets.errors import InvalidCorrection, NotFoundError

_SHOWN: Final = 5  # entries named when a prefix fits several


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectReport:
    """What was recorded. `synonyms` is a snippet for the config file that makes the correction needless, or ""."""

    entry_id: str
    sku: str
    overrides: tuple[Override, ...]
    synonyms: str


def find_entry(prefix: str, *, desk: QuarantineDesk) -> Document:
    """The one entry whose id begins with `prefix`.

    Raises NotFoundError where there is none, or several.
    """
    found = desk.find_quarantine(prefix.strip().lower(), limit=_SHOWN + 1) if prefix.strip() else []
    exact = [entry for entry in found if entry["entry_id"] == prefix.strip().lower()]
    if exact or len(found) == 1:
        return (exact or found)[0]
    if not found:
        raise NotFoundError(f"no quarantined row has an id that begins with {prefix!r}; see `attrgen quarantine list`")
    ids = ", ".join(entry["entry_id"] for entry in found[:_SHOWN])
    raise NotFoundError(f"{prefix!r} is the beginning of several ids: {ids}{' ...' if len(found) > _SHOWN else ''}")


def correct_entry(
    product_type: ProductType,
    entry: Document,
    stated: Mapping[str, str],
    *,
    desk: QuarantineDesk,
    by: str,
    now: datetime,
    reason: str = "",
) -> CorrectReport:
    """Record what a person says of a quarantined row.

    stated: {attribute: text}; `sku` gives an SKU to a row that has none of its own.

    Raises InvalidCorrection for whatever the config would refuse, and where the row cannot be corrected here.
    """
    values = check_corrections(product_type, stated)
    sku = _sku(product_type, entry, values.get(SKU), desk)
    overrides = tuple(
        Override(
            product_type=product_type.name,
            sku=sku,
            attribute=name,
            value=value,
            by=by,
            at=now,
            reason=reason,
            entry_id=entry["entry_id"] if name == SKU else None,
        )
        for name, value in values.items()
    )
    for override in sorted(overrides, key=lambda one: one.attribute != SKU):  # the SKU is what the others hang on
        desk.add_override(override)
    synonyms = suggest_synonyms(product_type, refusals=entry["refusals"], values=values)
    return CorrectReport(
        entry_id=entry["entry_id"], sku=sku, overrides=overrides, synonyms=synonym_yaml(product_type, synonyms)
    )


def refusal_of_row(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The refusal of the row as a whole, if that is what stopped it: {reason, text, ...}."""
    return next((refusal for refusal in entry["refusals"] if refusal["attribute"] is None), None)


def _sku(product_type: ProductType, entry: Document, given: str | None, desk: QuarantineDesk) -> str:
    """The SKU that corrections of this row are recorded under."""
    refusal, place = refusal_of_row(entry), f"{entry['source']['file']}:{entry['source']['row_number']}"
    if refusal is None:
        if given is not None:
            raise InvalidCorrection(
                f"sku: this row has one of its own, {entry['sku']!r}; correct it in the feed, {place}"
            )
        return str(entry["sku"])
    if refusal["reason"] not in CURABLE:
        raise InvalidCorrection(
            f"this row cannot be read ({refusal['reason']}: {refusal['text']}); correct it in {place}"
        )
    before = {one.sku for one in desk.overrides(product_type.name) if one.entry_id == entry["entry_id"]}
    if given is None and not before:
        raise InvalidCorrection(f"this row has no SKU of its own ({refusal['reason']}): give it one, with sku=...")
    if given is not None and given not in before:
        _check_free(product_type, entry["entry_id"], given, desk)
    return given or max(before)


def _check_free(product_type: ProductType, entry_id: str, sku: str, desk: QuarantineDesk) -> None:
    """Raises InvalidCorrection when another row has this SKU."""
    taken = None
    try:
        source = desk.get_document(document_id(product_type.name, sku))["source"]
        taken = f"the document from {source['file']}:{source['row_number']}"
    except NotFoundError:
        others = desk.list_quarantine(product_type.name, statuses=("open", "released"), reason=None, sku=sku)
        waiting = [entry["entry_id"] for entry in others if entry["entry_id"] != entry_id]
        given = [one.entry_id for one in desk.overrides(product_type.name) if one.sku == sku and one.entry_id]
        if waiting or given:
            taken = f"the quarantined row {[*waiting, *given][0]}"
    if taken is not None:
        raise InvalidCorrection(f"sku: {sku!r} is the SKU of {taken}; every product needs one of its own")
