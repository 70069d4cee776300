"""Sizes as they are written."""

import pytest

from attrgen_assets.domain.extraction.dimensions import dimension_features


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ('Box 60 x 13 1/4 46 1/4", Cherry', {"60": "1/3:1", "13 1/4": "2/3:3", "46 1/4": "3/3:2"}),
        ("13w x 13d 28h", {"13": "2/3:2", "28": "3/3:1"}),
        ("8-1/2 x 11 80 Sheets", {"8-1/2": "1/2:2", "11": "2/2:1"}),  # a bare number is something else
        ('2" x 60 yards', {"2": "1/2:2", "60": "2/2:1"}),
        ("3 ft x 30 in", {"3": "1/2:1", "30": "2/2:2"}),
        ("1/0 x 2", {"1/0": "1/2:2", "2": "2/2:1"}),
        ("24 bags", {}),
    ],
)
def test_numbers_know_their_place_and_how_large_they_are_among_the_others(text: str, places: dict[str, str]) -> None:
    found = dimension_features(text)
    assert {text[start:end]: name[4:] for start, end, name in found if name.startswith("big=")} == places


def test_a_w_before_a_slash_is_no_width() -> None:
    assert [name for _, _, name in dimension_features('12" w/Lid and 13" w')] == ["axis=w"]
