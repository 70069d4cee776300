"""What files are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.images.naming import ORIGINAL, SIZES_PX, content_digest, file_names
from attrgen_assets.domain.images.sniffing import TAKEN


@given(st.binary(), st.binary(), st.sampled_from(sorted(TAKEN)))
def test_names_are_of_the_content_and_of_nothing_else(one: bytes, other: bytes, image_format: str) -> None:
    names, others = (file_names(content_digest(data), image_format) for data in (one, other))
    assert (names == others) == (one == other)
    assert not set(names.values()) & set(others.values()) or one == other
    assert list(names) == [*map(str, SIZES_PX), ORIGINAL]
    assert all(".." not in name and name.count("/") == 2 and name.isascii() for name in names.values())


@pytest.mark.parametrize("digest", ["", "../" * 21 + "x", "AB" * 32, "ab" * 31, "é" * 64])
def test_what_is_no_digest_names_no_file(digest: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        file_names(digest, "png")


def test_a_format_that_is_not_taken_names_no_file() -> None:
    with pytest.raises(KeyError):
        file_names("ab" * 32, "svg")
