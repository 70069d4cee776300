"""What is known of a picture, of a URL, and of a round of fetching."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from attrgen_assets.domain.images.part_images import best_picture


class ImageStatus(StrEnum):
    """What became of a URL.

    stored: a picture is kept that this URL did not have before. unchanged: the one that it had. broken: the server or
    the file is at fault. refused: we do not take it.
    """

    STORED = "stored"
    UNCHANGED = "unchanged"
    BROKEN = "broken"
    REFUSED = "refused"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StoredImage(_Frozen):
    """A picture in the store. width, height: as it is looked at, orientation applied."""

    sha256: str
    format: str
    width_px: int = Field(ge=1)
    height_px: int = Field(ge=1)
    bytes: int = Field(ge=1, description="of the original")
    files: Mapping[str, str] = Field(description="paths below the store's root: original, and WebP by longest side")


class FetchedImage(_Frozen):
    """A URL after fetching.

    reason: why it is broken or refused. note: what else is to be said. image: what is kept; of a URL that is broken
    by now, what it had before.
    """

    url: str
    status: ImageStatus
    reason: str = ""
    note: str = ""
    image: StoredImage | None = None


class UrlRecord(FetchedImage):
    """What is on record of a URL. etag, last_modified: what final_url answered the picture with."""

    etag: str = ""
    last_modified: str = ""
    final_url: str = ""
    variants_version: int = 0
    checked_at: datetime


class ImagesReport(_Frozen):
    """Every URL that was asked for, once, in the order given."""

    images: tuple[FetchedImage, ...] = ()

    @property
    def by_status(self) -> dict[str, int]:
        """How many have which status."""
        found = Counter(one.status.value for one in self.images)
        return {status.value: found[status.value] for status in ImageStatus}

    def block(self) -> dict[str, Any]:
        """What a document says of its pictures, as JSON: the same after every round that finds the same.

        Keys: images; best_url, of the picture with most pixels.
        """
        kept = {ImageStatus.UNCHANGED: ImageStatus.STORED}
        images = (one.model_copy(update={"status": kept.get(one.status, one.status)}) for one in self.images)
        told: dict[str, Any] = ImagesReport(images=tuple(images)).model_dump(mode="json")
        return told | {"best_url": best_picture(told["images"])}
