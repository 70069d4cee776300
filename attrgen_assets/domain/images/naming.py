"""What pictures and their smaller ones are called: by their content, so that the same picture is kept once."""

from hashlib import sha256
from typing import Final

from attrgen_assets.domain.images.sniffing import TAKEN

ORIGINAL: Final = "original"
"""The file as it came; it is written last, so that where it is, all others are."""

SIZES_PX: Final = (200, 800, 2048)
"""Longest sides of the WebP files made of it; a smaller picture is not made larger."""

VARIANTS_VERSION: Final = 1
"""Grows whenever the same picture would give other files: all are then made anew."""


def content_digest(data: bytes) -> str:
    """The SHA-256 of a file, in hex. Not a faster hash: strangers choose the bytes, and could make two collide.

    >>> content_digest(b"")[:8]
    'e3b0c442'
    """
    return sha256(data).hexdigest()


def file_names(digest: str, image_format: str) -> dict[str, str]:
    """{variant: path below the store's root} of all files of a picture, the original last.

    Raises ValueError for what is no digest, and KeyError for a format that is not taken.

    >>> file_names("ab" * 32, "jpeg")["original"][-20:]
    'bababab/original.jpg'
    """
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ValueError(f"{digest!r} is no SHA-256 in hex")
    folder = f"{digest[:2]}/{digest}"
    names = {str(size): f"{folder}/v{VARIANTS_VERSION}-{size}.webp" for size in SIZES_PX}
    return names | {ORIGINAL: f"{folder}/{ORIGINAL}.{TAKEN[image_format]}"}
