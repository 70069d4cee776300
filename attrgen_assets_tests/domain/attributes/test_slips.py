"""Slips of writers, and words that only look alike."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.slips import is_slip, is_swap, undoubled

WORDS = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=12)
PHRASES = st.lists(WORDS, min_size=1, max_size=3).map(" ".join)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("emroidered", "embroidered"),  # left out
        ("buttion", "button"),  # added
        ("emmbroidered", "embroidered"),  # doubled
        ("sqaure", "square"),  # swapped
        ("nvay blue", "navy blue"),  # swapped in a short word, beside one that is right
        ("navi blue", "navy blue"),  # a sound-alike
        ("embroidared", "embroidered"),  # a vowel for a vowel
        ("byrgundy", "burgundy"),
        ("aneven", "uneven"),
        ("khadhi", "khadi"),
        ("viscos", "viscose"),  # the end of a long word
        ("cottom", "cotton"),
        ("navey blue", "navy blue"),
        ("trouders", "trousers"),  # the next key
        ("three fouth", "three fourth"),
        ("machinewash", "machine wash"),
        ("of f white", "off white"),
        ("collar mandrin", "mandarin collar"),
        ("weaved", "weave"),
        ("greens", "green"),
        ("yelow", "yellow"),  # left out of a short word
        ("whiite", "white"),  # no English word doubles it
        ("blackk", "black"),
        ("velvvet", "velvet"),  # between vowels of a longer word, or not between vowels
        ("pallazo", "palazzo"),  # another one doubled
    ],
)
def test_slips(text: str, spelling: str) -> None:
    assert is_slip(text, spelling)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("hopper", "copper"),  # another first letter
        ("painted", "printed"),
        ("carved", "curved"),
        ("plants", "pants"),
        ("brass", "brasso"),
        ("stride", "stripe"),
        ("creamy", "cream"),
        ("shorty", "short"),
        ("goldea", "golden"),
        ("red", "reed"),
        ("cape sleeve", "cap sleeve"),
        ("black print", "block print"),
        ("wash and", "hand wash"),
        ("blue fabric", "blouse fabric"),
        ("bluefabric", "blouse fabric"),
        ("dinner", "diner"),  # a doubled consonant between vowels makes another word
        ("latte", "late"),
        ("hooper", "hopper"),  # and so does another doubled letter
        ("longs", "long"),  # there is no plural of long
    ],
)
def test_other_words(text: str, spelling: str) -> None:
    assert not is_slip(text, spelling)


@given(PHRASES)
def test_a_text_is_itself_whatever_its_spaces_and_order(text: str) -> None:
    assert is_slip(text, text)
    assert is_slip(text.replace(" ", ""), text)
    assert is_slip(" ".join(reversed(text.split(" "))), text)


@given(st.text(alphabet="abc", max_size=6), st.text(alphabet="abc", max_size=6))
def test_a_swap_is_one_swap(word: str, spelling: str) -> None:
    swapped = {spelling[:i] + spelling[i + 1] + spelling[i] + spelling[i + 2 :] for i in range(1, len(spelling) - 1)}
    assert is_swap(word, spelling) == (word in swapped - {spelling})


@given(st.text(alphabet="aab 1", max_size=9))
def test_undoubled_letters_and_no_digits(text: str) -> None:
    found = undoubled(text)
    assert undoubled(found) == found
    assert "aa" not in found
    assert "bb" not in found
    assert found.count("1") == text.count("1")
