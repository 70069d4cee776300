import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.vocabulary import Phrases, Vocabulary
from attrgen_assets.domain.product_types.model import LegalValue
from attrgen_assets.domain.text import spaced

WORDS = ["navy", "blue", "off", "white", "tan"]


def oracle_find(text: str, phrases: list[str]) -> list[str]:
    """Word by word: the longest phrase that starts here, then on behind it."""
    words, found, at = text.split(), [], 0
    by_length = sorted(phrases, key=lambda phrase: -len(phrase.split()))
    while at < len(words):
        here = next((p for p in by_length if words[at : at + len(p.split())] == p.split()), None)
        if here is not None:
            found.append(here)
        at += len(here.split()) if here else 1
    return found


@given(
    st.lists(st.lists(st.sampled_from([*WORDS, "tant", "x"]), max_size=7).map(" ".join), max_size=5),
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join), max_size=6, unique=True),
)
def test_phrases_are_found_as_the_slow_oracle_finds_them(texts: list[str], phrases: list[str]) -> None:
    text, phrase = Phrases.build(phrases).find(spaced(pl.Series(texts, dtype=pl.String)))
    found: list[list[str]] = [[] for _ in texts]
    for text_index, phrase_index in zip(text.tolist(), phrase.tolist(), strict=True):
        found[text_index].append(phrases[phrase_index])
    assert found == [oracle_find(one, phrases) for one in texts]


def test_narrower_is_transitive_and_strict() -> None:
    values = [LegalValue(value="A"), LegalValue(value="B", parent="A"), LegalValue(value="C", parent="B")]
    narrower = Vocabulary.build(values).narrower_than
    assert narrower.tolist() == [[False] * 3, [True, False, False], [True, True, False]]
