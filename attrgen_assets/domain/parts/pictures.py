"""The primary picture of a part, by quality: of those that were fetched the one with most pixels."""

from collections.abc import Mapping
from typing import Any, Final

from attrgen_assets.domain.parts.record import REVIEWED, FieldValue, LosingValue, PartRecord
from attrgen_assets.domain.tables import Status

PRIMARY: Final = "primary_image_url"
GALLERY: Final = "gallery_images"

QUALITY: Final = "quality"
"""The method of a picture that was chosen for its pixels."""


def with_best_picture(record: PartRecord, pictures: Mapping[str, Any] | None) -> PartRecord:
    """The record with the best picture as the primary one; the former one is in the gallery, and among what lost.

    Only pictures that were fetched are compared: a primary picture of which nothing is known yet stays, and so does one
    that a person chose.

    Args:
        record: as it is about to be stored.
        pictures: what is known of its pictures, as a document's block `images` says it.
    """
    known = {one["url"]: one for one in (pictures or {}).get("images", ())}
    primary, gallery = record.fields[PRIMARY], record.fields[GALLERY]
    urls = [url for url in dict.fromkeys([primary.value, *(gallery.value or ())]) if url in known]
    if primary.value not in known or primary.method == REVIEWED or not urls:
        return record
    best = max(urls, key=lambda url: _pixels(known[url]))
    if _pixels(known[best]) <= _pixels(known[primary.value]):
        return record
    chosen = {PRIMARY: _chosen(primary, gallery, best, known), GALLERY: _with(gallery, primary)}
    return record.model_copy(update={"fields": {**record.fields, **chosen}})


def _chosen(primary: FieldValue, gallery: FieldValue, best: str, known: Mapping[str, Any]) -> FieldValue:
    why = f"{_told(known[primary.value])}; the chosen one {_told(known[best])}"
    return primary.model_copy(
        update={
            "value": best,
            "source": gallery.source,
            "method": QUALITY,
            "losing": (LosingValue(source=primary.source, value=primary.value, why=why), *primary.losing),
        }
    )


def _with(gallery: FieldValue, primary: FieldValue) -> FieldValue:
    if gallery.status is not Status.FOUND or primary.value in gallery.value:
        return gallery
    sources = sorted({*gallery.source.split(", "), *primary.source.split(", ")})
    return gallery.model_copy(update={"value": [primary.value, *gallery.value], "source": ", ".join(sources)})


def _pixels(picture: Mapping[str, Any]) -> int:
    image = picture.get("image")
    return image["width_px"] * image["height_px"] if image else 0


def _told(picture: Mapping[str, Any]) -> str:
    image = picture.get("image")
    return f"has {image['width_px']} x {image['height_px']} pixels" if image else f"is {picture['status']}"
