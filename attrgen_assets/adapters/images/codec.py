"""Decodes pictures of strangers with Pillow, and makes WebP files of them."""

import threading
import warnings
from io import BytesIO
from typing import Final

from PIL import Image, ImageCms, ImageOps

from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.naming import SIZES_PX
from attrgen_assets.domain.images.ports import Decoded, Undecodable

_QUALITY: Final = 80
_METHOD: Final = 4  # of 0 (fast) to 6 (small)
_OPENING: Final = threading.Lock()  # filters of warnings belong to the process


class PillowCodec:
    """The ImageCodec of `domain.images.ports`.

    Only the decoder of the format that the bytes have is tried; the number of pixels is looked at before any is
    decoded. Of a moving picture the first frame is taken. Variants have no metadata (EXIF tells where a photo was
    taken), upright as EXIF says, in sRGB; the same bytes and the same Pillow give the same files.
    """

    def __init__(self, limits: ImageLimits | None = None) -> None:
        self._limits = limits or ImageLimits()

    def decode(self, data: bytes, image_format: str) -> Decoded | Undecodable:
        """The picture's size and variants; what cannot be decoded is an answer, not an error."""
        try:
            with self._opened(data, image_format) as image:
                if image.width * image.height > self._limits.max_pixels:
                    return self._too_large()
                return _decoded(image)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            return self._too_large()
        except Exception as error:  # noqa: BLE001 - on hostile bytes a decoder raises anything
            return Undecodable(outcome="broken", reason=f"cannot be decoded as {image_format}: {_said(error)}")

    def _opened(self, data: bytes, image_format: str) -> Image.Image:
        # Pillow warns of more pixels than its own limit, and raises from twice as many on: both are too many here.
        with _OPENING, warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return Image.open(BytesIO(data), formats=[image_format.upper()])

    def _too_large(self) -> Undecodable:
        return Undecodable(outcome="refused", reason=f"more than {self._limits.max_pixels:,} pixels")


def _decoded(image: Image.Image) -> Decoded:
    image.load()
    upright = ImageOps.exif_transpose(image)
    plain = _in_srgb(upright)
    return Decoded(
        width_px=plain.width, height_px=plain.height, variants={str(size): _webp(plain, size) for size in SIZES_PX}
    )


def _in_srgb(image: Image.Image) -> Image.Image:
    """As RGB, or RGBA where something shows through, without the profile that is left out with all metadata."""
    profile = image.info.get("icc_profile")
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):  # a profile that is damaged, or of another mode: colours as they are
            converted = None
        if converted is not None:
            return converted
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        return image.convert("RGBA")
    return (image.convert("L") if image.mode.startswith("I") else image).convert("RGB")


def _webp(image: Image.Image, size_px: int) -> bytes:
    smaller = image.copy()
    smaller.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    bare = Image.new(smaller.mode, smaller.size)  # takes no metadata along
    bare.paste(smaller)
    file = BytesIO()
    bare.save(file, format="WEBP", quality=_QUALITY, method=_METHOD)
    return file.getvalue()


def _said(error: Exception) -> str:
    # Pillow names the file, by its address in memory, which would make the same fault another reason every time.
    words = str(error).partition(" <_io.")[0][:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
