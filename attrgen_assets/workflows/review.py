"""Proposals: values that were read and are not sure enough to be accepted without a person."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.ports import Document, Override, ProposalDesk
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.quarantine.corrections import check_corrections
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.errors import InvalidCorrection


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A value held back: `values` has several for a list attribute; `text` is where it was read, in `field`."""

    sku: str
    title: str | None
    attribute: str
    values: tuple[str, ...]
    text: str | None
    field: str | None


def list_proposals(
    product_type: str, *, desk: ProposalDesk, attribute: str | None = None, limit: int = 0
) -> Iterator[Proposal]:
    """Proposals of stored documents, by SKU; at most `limit` of them, 0 for all."""
    listed = 0
    for document in desk.documents_with_proposals(product_type, attribute=attribute, limit=limit):
        for proposal in proposals_of(document, attribute=attribute):
            if limit and listed == limit:
                return
            listed += 1
            yield proposal


def proposals_of(document: Document, *, attribute: str | None = None) -> list[Proposal]:
    """The proposals of one document, in the order of the config."""
    title = document.get("attributes", {}).get("title", {}).get("value")
    return [
        Proposal(
            sku=document["sku"],
            title=title,
            attribute=refusal["attribute"],
            values=tuple(refusal["nearest"]),
            text=refusal["text"],
            field=refusal["field"],
        )
        for refusal in document["refusals"]
        if refusal["reason"] == RefusalReason.NEEDS_REVIEW and attribute in (None, refusal["attribute"])
    ]


def accept_proposals(
    product_type: ProductType,
    sku: str,
    stated: Mapping[str, str | None],
    *,
    desk: ProposalDesk,
    by: str,
    now: datetime,
    reason: str = "",
) -> tuple[Override, ...]:
    """Record that a person accepts proposals of a document; in force from the next run on.

    stated: {attribute: None for the value proposed, or the text of what is right instead}.

    Raises: NotFoundError where there is no such document; InvalidCorrection for an attribute without a proposal, and
    for what the config would refuse. Nothing is recorded then.
    """
    document = desk.get_document(document_id(product_type.name, sku))
    proposed = _proposed_values(document)
    unknown = [name for name, text in stated.items() if text is None and name not in proposed]
    if unknown:
        held = ", ".join(f"{name} = {', '.join(values)}" for name, values in proposed.items()) or "none"
        raise InvalidCorrection(
            f"{product_type.name} {sku} has no proposal for {', '.join(unknown)}; proposals: {held}. "
            "To say another value, write ATTRIBUTE=VALUE"
        )
    texts = {name: ", ".join(proposed[name]) if text is None else text for name, text in stated.items()}
    values = check_corrections(product_type, texts)
    if "sku" in values:
        raise InvalidCorrection(f"{product_type.name} {sku}: the SKU of a document is not up for review")
    overrides = tuple(
        Override(product_type=product_type.name, sku=sku, attribute=name, value=value, by=by, at=now, reason=reason)
        for name, value in values.items()
    )
    for override in overrides:
        desk.add_override(override)
    return overrides


def _proposed_values(document: Document) -> dict[str, tuple[str, ...]]:
    """By attribute the value proposed; of a list what is found already, and all that is proposed beside it."""
    values: dict[str, tuple[str, ...]] = {}
    for proposal in proposals_of(document):
        found = document["attributes"][proposal.attribute]["value"]
        before = values.get(proposal.attribute, tuple(found) if isinstance(found, list) else ())
        values[proposal.attribute] = tuple(dict.fromkeys((*before, *proposal.values)))
    return values
