"""The pictures that a part's document names, and what it says of them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_FIELDS: Final = ("primary_image_url", "gallery_images")


def image_urls(document: Mapping[str, Any]) -> tuple[str, ...]:
    """The URLs of a document's pictures, the primary one first, each once.

    >>> one = "https://example.com/1.jpg"
    >>> image_urls({"attributes": {"primary_image_url": {"value": one}, "gallery_images": {"value": [one]}}})
    ('https://example.com/1.jpg',)
    """
    found: list[str] = []
    for field in _FIELDS:
        value = (document["attributes"].get(field) or {}).get("value")
        found += [value] if isinstance(value, str) else list(value or ())
    return tuple(dict.fromkeys(found))


def images_of(block: Mapping[str, Any] | None, urls: Sequence[str]) -> dict[str, Any] | None:
    """What a block says of these URLs, in their order; None where it says nothing of any.

    >>> images_of({"images": [{"url": "a"}, {"url": "b"}]}, ["b", "c"])
    {'images': [{'url': 'b'}]}
    """
    known = {one["url"]: one for one in (block or {}).get("images", ())}
    kept = [known[url] for url in urls if url in known]
    return {"images": kept} if kept else None
