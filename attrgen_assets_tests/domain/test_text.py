import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.text import normalise_series, normalise_text, spaced


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("  Off-White ", "off white"),
        ("V–Neck", "v neck"),
        ("3/4th Sleeve", "3/4th sleeve"),
        ("M10x1.25", "m10x1.25"),
        ("½ Sleeve", "1/2 sleeve"),
        ("100% Cotton.", "100% cotton"),
        ("crêpe", "crepe"),
        ("STRASSE / Straße", "strasse strasse"),
        ("ro\u200bund", "round"),
        ("साड़ी", unicodedata.normalize("NFKD", "साड़ी")),
        ("💥", ""),
        ("...", ""),
    ],
)
def test_spellings_that_mean_the_same_normalise_alike(written: str, normal: str) -> None:
    assert normalise_text(written) == normal


@given(st.text(max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise_text(text)
    assert normalise_text(once) == once


@given(st.lists(st.one_of(st.none(), st.text(max_size=20)), max_size=8))
def test_the_ascii_short_cut_answers_as_the_full_rule_does(texts: list[str | None]) -> None:
    # One text outside ASCII makes the whole series take the full rule.
    full = normalise_series(pl.Series([*texts, "é"], dtype=pl.String)).to_list()[:-1]
    assert normalise_series(pl.Series(texts, dtype=pl.String)).to_list() == full


@given(st.text(alphabet="ab /.%3-", max_size=30))
def test_no_word_is_lost_or_made_up(text: str) -> None:
    letters = [c for c in text.lower() if c in "ab3"]
    assert [c for c in normalise_text(text) if c in "ab3"] == letters


def test_spaced_puts_every_word_between_its_own_spaces() -> None:
    assert spaced(pl.Series(["a b"])).to_list() == [" a  b "]
