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


def best_picture(images: Sequence[Mapping[str, Any]]) -> str | None:
    """The URL of the picture with most pixels among those that are kept, the first of equals; None where none is.

    images: as a document's block has them, the primary one first.

    >>> small = {"url": "a", "image": {"width_px": 80, "height_px": 60}}
    >>> best_picture([small, {"url": "b", "image": {"width_px": 800, "height_px": 600}}, {"url": "c", "image": None}])
    'b'
    """
    kept = [one for one in images if one.get("image")]
    pixels = [one["image"]["width_px"] * one["image"]["height_px"] for one in kept]
    return str(kept[pixels.index(max(pixels))]["url"]) if kept else None


def images_of(block: Mapping[str, Any] | None, urls: Sequence[str]) -> dict[str, Any] | None:
    """What a block says of these URLs, in their order; None where it says nothing of any.

    >>> images_of({"images": [{"url": "a"}, {"url": "b"}]}, ["b", "c"])
    {'images': [{'url': 'b'}], 'best_url': None}
    """
    known = {one["url"]: one for one in (block or {}).get("images", ())}
    kept = [known[url] for url in urls if url in known]
    return {"images": kept, "best_url": best_picture(kept)} if kept else None
