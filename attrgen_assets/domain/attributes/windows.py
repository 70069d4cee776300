"""What stands around the words that a lexicon source wants beside a value."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import DistinctTexts, Encoded, Mentions
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import LexiconSource
from attrgen_assets.domain.text import normalise_all, spaced


@lru_cache(maxsize=4096)
def is_named_by_itself(source: LexiconSource) -> bool:
    """Whether a source reads its `near` words and nothing around them, and no two of these can overlap in a text."""
    if source.words_before or source.words_after:
        return False
    phrases = [phrase.split(" ") for phrase in set(normalise_all(source.near))]
    tails = [(one, one[start:], start) for one in phrases for start in range(len(one))]
    return not any(
        tail[: len(other)] == other[: len(tail)]
        for one, tail, start in tails
        for other in phrases
        if start or other is not one
    )


def near_words(mentions: Mentions, near: tuple[str, ...], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """(clause, spelling) pairs of the legal phrases that `near` words are: the words are found, and tell the value."""
    words = spaced(pl.Series("text", normalise_all(near), dtype=pl.String))
    clause, word = mentions.where(near)
    hit_word, phrase = vocabulary.phrases.find(words)
    clauses, hits = Encoded(clause, word, DistinctTexts(words)).spread(hit_word)
    return clauses, phrase[hits]


def in_windows(
    texts: pl.Series, subset: np.ndarray, source: LexiconSource, vocabulary: Vocabulary
) -> tuple[np.ndarray, np.ndarray]:
    """(clause, spelling) pairs around each of the `near` words, in the clauses of `subset`.

    In texts as `text.spaced` writes them a word is followed by a space of its own: a window begins and ends with one.
    """
    if not len(subset):
        return subset, subset
    found = texts.gather(subset).str.extract_all(_window_regex(source))
    clause = np.repeat(subset, found.list.len().to_numpy())
    windows = found.explode(empty_as_null=False, keep_nulls=False)
    hit, phrase = vocabulary.phrases.find(windows)
    return clause[hit], _whole(texts, clause[hit], windows.gather(hit), phrase, vocabulary)


def _whole(
    texts: pl.Series, clause: np.ndarray, windows: pl.Series, phrase: np.ndarray, vocabulary: Vocabulary
) -> np.ndarray:
    """The spellings, those that a window cuts through whole: "in a viscose" is that of "in a viscose blend".

    windows: the window of each hit.  phrase: what was found in it.
    """
    inside = np.flatnonzero(vocabulary.inside_others[phrase])
    if not len(inside):
        return phrase
    hits = pl.DataFrame({"window": windows.gather(inside), "text": vocabulary.spaced_texts.gather(phrase[inside])})
    window, text = pl.col("window"), pl.col("text")
    at_edge = inside[hits.select(window.str.starts_with(text) | window.str.ends_with(text)).to_series().to_numpy()]
    clauses = np.unique(clause[at_edge])
    text_of, found = vocabulary.phrases.find(texts.gather(clauses))
    in_clause: dict[int, list[int]] = {}
    for number, spelling in zip(clauses[text_of].tolist(), found.tolist(), strict=True):
        in_clause.setdefault(number, []).append(spelling)
    result = phrase.copy()
    for hit, number in zip(at_edge.tolist(), clause[at_edge].tolist(), strict=True):
        result[hit] = _containing(int(phrase[hit]), in_clause.get(number, ()), vocabulary.spellings)
    return result


def _containing(phrase: int, others: Sequence[int], spellings: Sequence[str]) -> int:
    """The longest of some spellings in which the words of this one stand together; itself where there is none."""
    words = f" {spellings[phrase]} "
    holding = [other for other in others if words in f" {spellings[other]} "]
    return max(holding, key=lambda other: len(spellings[other]), default=phrase)


@lru_cache(maxsize=4096)
def _window_regex(source: LexiconSource) -> str:
    words = "|".join(regex_literal(word.replace(" ", "  ")) for word in normalise_all(source.near) if word)
    return rf"(?: \S+ ){{0,{source.words_before}}} (?:{words}) (?: \S+ ){{0,{source.words_after}}}"


def regex_literal(text: str) -> str:
    r"""A text as it is written in a regular expression.

    >>> print(regex_literal("3/4 length"))
    3\/4 length
    """
    return "".join(character if character.isalnum() or character == " " else f"\\{character}" for character in text)
