"""Decodes pictures of strangers with Pillow, and makes WebP files of them."""

import threading
import warnings
from io import BytesIO
from typing import Final

from PIL import ExifTags, Image, ImageCms, ImageOps

from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.naming import SIZES_PX
from attrgen_assets.domain.images.ports import Decoded, Undecodable

_QUALITY: Final = 80
_METHOD: Final = 4  # of 0 (fast) to 6 (small)
_TURNED: Final = (5, 6, 7, 8)  # orientations of EXIF 2.32, 4.6.4, that exchange width and height
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
    whole = image.size
    largest = max(SIZES_PX)
    image.draft(None, (largest, largest))  # a JPEG four times too large need not be decoded as a whole
    image.load()
    width_px, height_px = whole[::-1] if image.getexif().get(ExifTags.Base.Orientation) in _TURNED else whole
    ImageOps.exif_transpose(image, in_place=True)
    plain = _in_srgb(image)
    variants: dict[str, bytes] = {}
    for size in sorted(SIZES_PX, reverse=True):  # each from the next larger one: the whole is held only once
        plain.thumbnail((size, size), Image.Resampling.LANCZOS)
        variants[str(size)] = _webp(plain)
    return Decoded(width_px=width_px, height_px=height_px, variants=variants)


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
    if image.mode == "RGB":
        return image
    return (image.convert("L") if image.mode.startswith("I") else image).convert("RGB")


def _webp(image: Image.Image) -> bytes:
    bare = Image.new(image.mode, image.size)  # takes no metadata along
    bare.paste(image)
    file = BytesIO()
    bare.save(file, format="WEBP", quality=_QUALITY, method=_METHOD)
    return file.getvalue()


def _said(error: Exception) -> str:
    # Pillow names the file, by its address in memory, which would make the same fault another reason every time.
    words = str(error).partition(" <_io.")[0][:200]
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
