"""Texts of feeds on a terminal and in a spreadsheet."""

import pytest

from attrgen_assets.cli.showing import cell, plain


@pytest.mark.parametrize("steering", ["\x1b]0;title\x07", "\x1b[2J", "\r", "\x08", "\u202e", "\x9b31m"])
def test_nothing_steers_the_terminal(steering: str) -> None:
    assert not set(plain(f"a{steering}b")) & set("\x1b\x07\r\x08\u202e\x9b")


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert plain("x" * 1234, limit=5) == "xxxxx... (1,234 characters)"
    assert plain(None) == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1"])
def test_no_cell_is_computed(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell(12) == "12"
