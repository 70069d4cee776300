"""Tokens keep their places in the text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.tokens import MAX_TOKENS, tokenise


@given(st.text(max_size=200))
def test_tokens_are_substrings_in_order(text: str) -> None:
    tokens = tokenise(text)
    assert [text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True)] == list(tokens.tokens)
    assert all(end <= start for end, start in zip(tokens.ends, tokens.starts[1:], strict=False))
    assert all(start < end for start, end in zip(tokens.starts, tokens.ends, strict=True))
    left = "".join(text[end:start] for end, start in zip((0, *tokens.ends), (*tokens.starts, len(text)), strict=True))
    assert not any(character.isalnum() for character in left), "only white space and marks may be left out"


@given(st.text(alphabet="aB1 -s", max_size=60))
def test_words_hold_their_tokens(text: str) -> None:
    tokens = tokenise(text)
    for token, word in zip(tokens.tokens, tokens.words, strict=True):
        assert token in word
    assert list(tokens.word_numbers) == sorted(tokens.word_numbers)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Animal Letters Cap", "Letter"),
        ("Printing Shorts", "Print"),
        ("COLOR: BlackUPC: 0123", "Black"),
        ("lure 12.5g/50mm", "12.5g"),
        ("SIZE XLS-40", "XL"),
        ("wholesale 58Count", "58"),
    ],
)
def test_values_inside_words_are_whole_tokens(text: str, value: str) -> None:
    tokens = tokenise(text)
    start = text.index(value)
    assert start in tokens.starts
    assert start + len(value) in tokens.ends


def test_a_long_text_is_read_up_to_a_limit() -> None:
    assert len(tokenise("a1" * 500_000)) == MAX_TOKENS
    assert len(tokenise("x" * 1_000_000)) == 1
    assert len(tokenise("")) == 0
