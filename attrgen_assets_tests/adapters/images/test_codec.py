"""Decoding pictures of strangers: what they are, how large, what is left of them."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from attrgen_assets.adapters.images.codec import PillowCodec
from attrgen_assets.domain.images.limits import ImageLimits
from attrgen_assets.domain.images.ports import Decoded, Undecodable
from attrgen_assets_tests.adapters.images.web import picture

CODEC = PillowCodec(ImageLimits(max_pixels=1_000_000))


def decoded(data: bytes, image_format: str) -> Decoded:
    found = CODEC.decode(data, image_format)
    assert isinstance(found, Decoded), found
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def png_header(width: int, height: int) -> bytes:
    """A PNG of any size that holds no pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("image_format", ["jpeg", "png", "gif", "webp"])
def test_every_format_gives_webp_files_that_fit_and_are_never_larger(image_format: str) -> None:
    found = decoded(picture(image_format, size=(1000, 500)), image_format)
    assert (found.width_px, found.height_px) == (1000, 500)
    sizes = {name: opened(data).size for name, data in found.variants.items()}
    assert sizes == {"200": (200, 100), "800": (800, 400), "2048": (1000, 500)}
    assert {opened(data).format for data in found.variants.values()} == {"WEBP"}


def test_the_same_bytes_give_the_same_files() -> None:
    data = picture("JPEG", color="teal")
    assert decoded(data, "jpeg") == decoded(data, "jpeg")


def test_a_photo_is_upright_and_tells_no_place() -> None:
    image = Image.new("RGB", (40, 20), "blue")
    image.paste("red", (0, 0, 10, 20))  # the left end
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn right to see it upright
    exif[0x8825] = {1: "N", 2: (41.0, 54.0, 0.0)}  # GPS
    file = BytesIO()
    image.save(file, format="JPEG", exif=exif, quality=95)
    found = decoded(file.getvalue(), "jpeg")
    assert (found.width_px, found.height_px) == (20, 40)
    shown = opened(found.variants["200"])
    assert not shown.getexif()
    assert set(shown.info) <= {"background", "loop", "timestamp", "duration"}
    top, bottom = shown.convert("RGB").getpixel((10, 3)), shown.convert("RGB").getpixel((10, 36))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[0] > 200, bottom[2] > 200) == (True, True)


def test_a_large_photo_on_its_side_has_the_size_that_it_is_looked_at_with() -> None:
    """Large enough to be decoded at half its size."""
    exif = Image.Exif()
    exif[0x0112] = 8
    found = PillowCodec().decode(picture("JPEG", size=(4500, 4200), exif=exif), "jpeg")
    assert isinstance(found, Decoded)
    assert (found.width_px, found.height_px) == (4200, 4500)
    assert {name: opened(data).size for name, data in found.variants.items()} == {
        "2048": (1911, 2048),
        "800": (746, 800),
        "200": (186, 200),
    }


@pytest.mark.parametrize("damaged", [False, True])
def test_colours_stay_when_their_profile_goes(damaged: bool) -> None:
    image = Image.new("RGB", (8, 8), (200, 30, 30))
    profile = b"damaged" if damaged else ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    file = BytesIO()
    image.save(file, format="PNG", icc_profile=profile)
    shown = opened(decoded(file.getvalue(), "png").variants["200"])
    pixel = shown.getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert all(abs(one - other) <= 6 for one, other in zip(pixel, (200, 30, 30), strict=True))
    assert "icc_profile" not in shown.info


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_pixel_is_taken(mode: str) -> None:
    file = BytesIO()
    Image.new(mode, (10, 10)).save(file, format="PNG")
    shown = opened(decoded(file.getvalue(), "png").variants["200"])
    assert ("A" in shown.mode) == (mode in ("LA", "RGBA"))


def test_cmyk_of_printers_is_taken() -> None:
    file = BytesIO()
    Image.new("CMYK", (10, 10), (0, 255, 255, 0)).save(file, format="JPEG")
    pixel = opened(decoded(file.getvalue(), "jpeg").variants["200"]).getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert (pixel[0] > 200, pixel[1] < 60) == (True, True)


@pytest.mark.parametrize("size", [(1001, 1000), (10_000, 9_500), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_too_many_pixels_are_refused_before_any_is_decoded(size: tuple[int, int]) -> None:
    found = CODEC.decode(png_header(*size), "png")
    assert found == Undecodable(outcome="refused", reason="more than 1,000,000 pixels")


@pytest.mark.parametrize("image_format", ["jpeg", "png", "gif", "webp"])
def test_a_file_that_ends_early_is_broken_for_the_same_reason_every_time(image_format: str) -> None:
    image = Image.effect_noise((100, 100), 80)
    file = BytesIO()
    image.save(file, format=image_format)
    data = file.getvalue()[: len(file.getvalue()) // 2]
    found = CODEC.decode(data, image_format)
    assert isinstance(found, Undecodable)
    assert (found.outcome, "0x" in found.reason) == ("broken", False)
    assert CODEC.decode(data, image_format) == found


def test_only_the_decoder_of_the_format_is_tried() -> None:
    assert isinstance(CODEC.decode(picture("PNG"), "jpeg"), Undecodable)


@given(st.sampled_from(["jpeg", "png", "gif", "webp"]), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_damage_is_an_answer_and_never_an_error(image_format: str, at: int, damage: bytes) -> None:
    data = picture(image_format, size=(9, 7))
    assert isinstance(CODEC.decode(data[:at] + damage + data[at + len(damage) :], image_format), Decoded | Undecodable)
