"""What bytes are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.images.sniffing import HEAD_BYTES, TAKEN, format_problem, sniff, type_note


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0", "jpeg"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"GIF87a", "gif"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "webp"),
        (b"RIFF\x10\x00\x00\x00WAVE", "unknown"),
        (b"\x00\x00\x00\x1cftypavif", "avif"),
        (b"\x00\x00\x00\x1cftypisom", "mp4"),
        (b"%PDF-1.7", "pdf"),
        (b"  <!DOCTYPE html>", "html"),
        (b"\xef\xbb\xbf<html lang=en>", "html"),
        (b"<!-- a --><svg>", "svg"),
        (b'<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x"><SVG>', "svg"),
        (b'<?xml version="1.0"?><!-- a\n --><svg>', "svg"),
        (b'<?xml version="1.0"?><feed>', "xml"),
        (b"<!-- " + b"x" * 2_000, "unknown"),
        (b"Not found", "unknown"),
    ],
)
def test_formats_are_told_by_their_first_bytes(data: bytes, found: str) -> None:
    assert sniff(data) == found
    assert (format_problem(data, "image/png") is None) == (found in TAKEN)


@given(st.binary(max_size=3_000))
def test_any_bytes_have_one_answer_that_depends_on_the_head_alone(data: bytes) -> None:
    assert sniff(data) == sniff(data[:HEAD_BYTES])


@given(st.text(alphabet=" \t\n<!->?xml", max_size=1_024))
def test_no_text_is_taken_for_a_picture_or_takes_long(text: str) -> None:
    assert sniff(text.encode()) not in TAKEN


@pytest.mark.parametrize("said", ["image/jpeg", "image/jpg", "Image/JPEG; q=1", "image/pjpeg", ""])
def test_servers_that_tell_the_truth_get_no_note(said: str) -> None:
    assert type_note("jpeg", said) == ""


def test_servers_that_do_not_do() -> None:
    assert type_note("gif", "text/html") == "the server called it text/html"
    problem = format_problem(b"<html>", "image/jpeg")
    assert problem is not None
    assert problem.endswith("as it can hold scripts; taken are jpeg, png, gif, webp; the server called it image/jpeg")
