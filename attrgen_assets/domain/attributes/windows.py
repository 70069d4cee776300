"""What stands around the words that a lexicon source wants beside a value."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.clauses import DistinctTexts, Encoded, Mentions, starts_of_runs
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import LexiconSource
from attrgen_assets.domain.text import normalise_all, regex_literal, spaced


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
    clause, word = mentions.where(near)
    words, hit_word, phrase = _spelled_by(near, vocabulary)
    clauses, hits = Encoded(clause, word, words).spread(hit_word)
    return clauses, phrase[hits]


@lru_cache(maxsize=4096)
def _spelled_by(near: tuple[str, ...], vocabulary: Vocabulary) -> tuple[DistinctTexts, np.ndarray, np.ndarray]:
    """`near` words as texts, and the spellings in them: (word, spelling) index pairs."""
    words = spaced(pl.Series("text", normalise_all(near), dtype=pl.String))
    return DistinctTexts(words), *vocabulary.phrases.find(words)


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
    return clause[hit], _whole(_Windows(texts, clause, windows), hit, phrase, vocabulary)


@dataclass(frozen=True, slots=True)
class _Windows:
    """Windows of clauses: clause (ascending) is the place in `texts` of each one's."""

    texts: pl.Series
    clause: np.ndarray
    windows: pl.Series

    def places(self, wanted: np.ndarray) -> dict[int, tuple[str, int, int]]:
        """Of each wanted window its clause, and where it begins and ends there."""
        clauses = np.unique(self.clause[wanted])
        text_of = dict(zip(clauses.tolist(), self.texts.gather(clauses).to_list(), strict=True))
        windows = np.flatnonzero(np.isin(self.clause, clauses))
        found: dict[int, tuple[str, int, int]] = {}
        ends: dict[int, int] = {}
        each = windows.tolist(), self.clause[windows].tolist(), self.windows.gather(windows).to_list()
        for at, clause, window in zip(*each, strict=True):
            start = text_of[clause].index(window, ends.get(clause, 0))
            ends[clause] = start + len(window)
            found[at] = text_of[clause], start, ends[clause]
        return found


def _whole(windows: _Windows, hit: np.ndarray, phrase: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """The spellings, those that a window cuts through whole: "in a viscose" is that of "in a viscose blend".

    hit: ascending, the window of each hit.  phrase: what was found in it.
    """
    first = starts_of_runs(hit)
    last = np.append(first[1:], values=True)
    outer = np.flatnonzero(vocabulary.inside_others[phrase] & (first | last))
    if not len(outer):
        return phrase
    window, text = windows.windows.gather(hit[outer]), vocabulary.spaced_texts.gather(phrase[outer])
    hits = pl.DataFrame({"window": window, "text": text})
    begins = hits.select(pl.col("window").str.starts_with(pl.col("text"))).to_series().to_numpy() & first[outer]
    ends = hits.select(pl.col("window").str.ends_with(pl.col("text"))).to_series().to_numpy() & last[outer]
    outer, begins = outer[begins | ends], begins[begins | ends]
    cut = _has_longer(windows, hit[outer], phrase[outer], vocabulary)
    outer, begins = outer[cut], begins[cut]
    places = windows.places(hit[outer])
    result = phrase.copy()
    for at, begin in zip(outer.tolist(), begins.tolist(), strict=True):
        text_of, start, end = places[int(hit[at])]
        size = len(vocabulary.spaced_texts[int(phrase[at])])
        result[at] = _containing(text_of, start if begin else end - size, int(phrase[at]), vocabulary)
    return result


def _has_longer(windows: _Windows, hit: np.ndarray, phrase: np.ndarray, vocabulary: Vocabulary) -> np.ndarray:
    """Whether the clause of each hit has (bool) a longer spelling in which the hit's stands."""
    clauses, clause = np.unique(windows.clause[hit], return_inverse=True)
    texts = windows.texts.gather(clauses)
    number, found = vocabulary.phrases.find(texts)
    hits, others = Encoded(np.arange(len(hit)), clause, DistinctTexts(texts)).spread(number)
    longer = np.zeros(len(hit), dtype=bool)
    longer[hits[vocabulary.is_around(found[others], phrase[hits])]] = True
    return longer


def _containing(text: str, start: int, phrase: int, vocabulary: Vocabulary) -> int:
    """The longest spelling that stands in a text around the one that stands there from `start` on; else that one."""
    for other, offset in vocabulary.around[phrase]:
        if start >= offset and text.startswith(vocabulary.spaced_texts[other], start - offset):
            return other
    return phrase


@lru_cache(maxsize=4096)
def _window_regex(source: LexiconSource) -> str:
    phrases = sorted(normalise_all(source.near), key=len, reverse=True)  # "sleeves end at" before "sleeves"
    words = "|".join(regex_literal(phrase.replace(" ", "  ")) for phrase in phrases if phrase)
    return rf"(?: \S+ ){{0,{source.words_before}}} (?:{words}) (?: \S+ ){{0,{source.words_after}}}"
