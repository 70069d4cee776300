"""Which part a listing's title names, and how many of it are sold together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.listings import names_part, pack_size


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("Door Bin 242126602", True),
        ("(242126602) bin", True),
        ("242126602/AP123 Bin, PS456", True),
        ("Compressor 2421266020", False),
        ("Compressor 1242126602", False),
        ("Bin 242126602-50PK", False),
        ("Bin ERP-242126602", False),
        ("Bin", False),
    ],
)
def test_a_part_number_is_a_word_of_its_own(title: str, named: bool) -> None:
    assert names_part(title, "242126602") == named


@given(st.text(alphabet="AB12", min_size=1, max_size=6), st.text(alphabet="AB12", min_size=1, max_size=2))
def test_a_longer_number_never_names_the_shorter_one(number: str, more: str) -> None:
    assert names_part(f"Bin {number} new", number)
    assert not names_part(f"Bin {number}{more}", number)


@pytest.mark.parametrize(
    ("title", "count"),
    [
        ("Bin 242126602 (10-pack)", 10),
        ("Bin 242126602 2 Pack", 2),
        ("Pack of 4 rollers", 4),
        ("Fuse, 5 pcs", 5),
        ("Fuse (x3)", 3),
        ("Twin-Pack water filter", 2),
        ("Set of (6) screws", 6),
        ("Filter (1 pack)", 1),
        ("Control board 12V 3.5 pieces", 1),
        ("Backpack hook 10", 1),
        ("Bin 242126602", 1),
    ],
)
def test_packs_are_told_by_their_title(title: str, count: int) -> None:
    assert pack_size(title) == count
