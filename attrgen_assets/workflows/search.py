"""Search the stored documents, a page at a time."""

from attrgen_assets.domain.documents.search import LARGEST_PAGE, Position, Search, SearchPage
from attrgen_assets.domain.ports import DocumentSearch
from attrgen_assets.errors import InvalidQuery


def search_catalogue(
    search: Search, *, store: DocumentSearch, limit: int = 20, cursor: str | None = None
) -> SearchPage:
    """A page of answers: the first one, or the one that a cursor of this search leads to.

    A document that is there during all of a walk through the pages is met once, provided that what is sorted by did
    not change meanwhile; others come and go without moving it.

    Args:
        limit: documents, 1 to 100.

    Raises: InvalidQuery for another limit, or a cursor that is none of this search; StoreUnavailable.
    """
    if not 1 <= limit <= LARGEST_PAGE:
        raise InvalidQuery(f"search: limit: found {limit}; a number from 1 to {LARGEST_PAGE}")
    after = Position.read(cursor, search) if cursor is not None else None
    return store.search_documents(search, after=after, limit=limit)
