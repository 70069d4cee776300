"""Proposals in MongoDB: values that stored documents hold back until a person accepts them."""

from collections.abc import Iterator

from attrgen_assets.adapters.stores.mongo_base import MongoPart
from attrgen_assets.adapters.stores.mongo_errors import translated
from attrgen_assets.adapters.stores.mongo_indexes import DOCUMENTS
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.tables import RefusalReason


class MongoProposals(MongoPart):
    """Reads documents by their proposals."""

    def documents_with_proposals(self, product_type: str, *, attribute: str | None, limit: int) -> Iterator[Document]:
        """Documents (sku, attributes.title, refusals) with a proposal, of one attribute or any, by SKU.

        Args:
            limit: at most so many documents; 0 is all of them.
        """
        proposal = {"reason": RefusalReason.NEEDS_REVIEW.value} | ({"attribute": attribute} if attribute else {})
        wanted = {"product_type": product_type, "refusals": {"$elemMatch": proposal}}
        shown = {"_id": 0, "sku": 1, "attributes.title.value": 1, "refusals": 1}
        with translated("reading proposals"):
            yield from self._collection(DOCUMENTS).find(wanted, shown).sort("sku", 1).limit(limit)
