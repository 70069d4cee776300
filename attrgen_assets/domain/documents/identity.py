"""How documents and their former states are called."""


def document_id(product_type: str, sku: str) -> str:
    """The id of a document. Product types have no colon in their names, so the id can be told apart again.

    >>> document_id("saree", "A:1")
    'saree:A:1'
    """
    return f"{product_type}:{sku}"


def version_id(document: str, version: int) -> str:
    """The id of one state of a document; the same for whoever writes it down, so that it is kept once.

    >>> version_id("saree:A:1", 3)
    'saree:A:1@3'
    """
    return f"{document}@{version}"
