"""Fields of a batch as dictionaries of distinct texts, whole or cut into clauses: work per text, not per row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.vocabulary import Phrases
from attrgen_assets.domain.text import normalise_all, normalise_series, normalise_text, spaced

_WORTH_ENCODING: Final = 0.7
"""With more distinct texts than this share, looking each one up costs more than doing it again."""
_SAMPLE: Final = 4096


@dataclass(frozen=True, eq=False)
class DistinctTexts:
    """Distinct texts and their normalised forms, each made once, on first use.

    read_as: other words to search, in the two forms of `normal` and `spaced`, where not all of a text counts.
    """

    raw: pl.Series
    read_as: tuple[pl.Series, pl.Series] | None = None

    @cached_property
    def normal(self) -> pl.Series:
        """The texts, normalised."""
        return normalise_series(self.raw) if self.read_as is None else self.read_as[0]

    @cached_property
    def spaced(self) -> pl.Series:
        """The texts, normalised, as `text.spaced` writes them."""
        return spaced(self.normal) if self.read_as is None else self.read_as[1]

    def replaced(self, positions: np.ndarray, spaced_texts: pl.Series) -> "DistinctTexts":
        """With other words to search in some places: `spaced_texts` as `text.spaced` writes them, one for each."""
        normal = spaced_texts.str.replace_all("  ", " ", literal=True).str.strip_chars(" ")
        changed = self.normal.clone().scatter(positions, normal), self.spaced.clone().scatter(positions, spaced_texts)
        return DistinctTexts(self.raw, changed)


@dataclass(frozen=True, eq=False)
class Encoded:
    """A column of texts as codes into its distinct texts (or, where most differ anyway, into all of them).

    rows: u32, ascending, the row of each occurrence; codes: i32 into `texts`, which are never null.
    sentences: i64, ascending, the sentence of each occurrence, where the texts are clauses.
    """

    rows: np.ndarray
    codes: np.ndarray
    texts: DistinctTexts
    sentences: np.ndarray | None = None

    def without(self, unwanted: np.ndarray) -> "Encoded":
        """Leave out the occurrences of texts for which `unwanted` (bool, per text) is true."""
        if not unwanted.any():
            return self
        return self.only(~unwanted.take(self.codes))

    def only(self, kept: np.ndarray) -> "Encoded":
        """Keep the occurrences for which `kept` (bool, per occurrence) is true."""
        sentences = None if self.sentences is None else self.sentences[kept]
        return Encoded(self.rows[kept], self.codes[kept], self.texts, sentences)

    def spread(self, hit_text: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """From hits per distinct text to hits per row: (rows, hits), by row, then by place.

        hit_text: ascending, the text each hit was found in; hits: positions in `hit_text`.

        >>> e = Encoded(np.array([0, 1, 1], "u4"), np.array([1, 0, 1], "i4"), DistinctTexts(pl.Series(["a", "b"])))
        >>> [x.tolist() for x in e.spread(np.array([1, 1]))]
        [[0, 0, 1, 1], [0, 1, 0, 1]]
        """
        if not len(hit_text):
            return self.rows[:0], np.zeros(0, dtype=np.int64)
        counts = np.bincount(hit_text, minlength=len(self.texts.raw))
        occurrences = np.flatnonzero((counts > 0).take(self.codes))
        codes, rows = self.codes[occurrences], self.rows[occurrences]
        per_occurrence = counts[codes]
        before = np.cumsum(per_occurrence) - per_occurrence
        offsets = np.repeat((np.cumsum(counts) - counts)[codes] - before, per_occurrence)
        return np.repeat(rows, per_occurrence), offsets + np.arange(len(offsets))


def encode(texts: pl.Series, rows: np.ndarray | None = None) -> Encoded:
    """Dictionary-encode a string column; nulls are left out.

    >>> encoded = encode(pl.Series(["x", None, "y", "x"]))
    >>> encoded.rows.tolist(), encoded.codes.tolist(), encoded.texts.raw.to_list()
    ([0, 2, 3], [0, 1, 0], ['x', 'y'])
    """
    rows = np.arange(len(texts), dtype=np.uint32) if rows is None else rows
    if texts.null_count():
        present = texts.is_not_null()
        rows, texts = rows[present.to_numpy()], texts.filter(present)
    if _mostly_differ(texts):
        return Encoded(rows, np.arange(len(texts), dtype=np.int32), DistinctTexts(texts))
    array = texts.to_arrow(compat_level=pl.CompatLevel.oldest()).dictionary_encode()
    distinct = pl.Series("text", array.dictionary, dtype=pl.String)
    return Encoded(rows, array.indices.to_numpy(zero_copy_only=False), DistinctTexts(distinct))


def _mostly_differ(texts: pl.Series) -> bool:
    """Whether encoding would pay too little.

    Of n texts of which d differ, a sample of s holds about s^2 / 2d repetitions (the birthday problem).
    """
    if len(texts) < 4 * _SAMPLE:
        return texts.n_unique() > _WORTH_ENCODING * len(texts)
    sample = texts.gather_every(len(texts) // _SAMPLE)
    return len(sample) - sample.n_unique() < len(sample) ** 2 / (2 * _WORTH_ENCODING * len(texts))


def starts_of_runs(values: np.ndarray) -> np.ndarray:
    """Marks the first of each run of equal values.

    >>> starts_of_runs(np.array([3, 3, 5, 3])).tolist()
    [True, False, True, True]
    """
    starts = np.ones(len(values), dtype=bool)
    starts[1:] = values[1:] != values[:-1]
    return starts


def is_one_of(texts: pl.Series, wanted: Sequence[str]) -> np.ndarray:
    """Which texts are, but for case and outer space, one of the wanted ones.

    >>> is_one_of(pl.Series([" NaN ", "nankeen"]), ["nan"]).tolist()
    [True, False]
    """
    spellings = [text.lower() for text in wanted]
    lengths = [len(text.encode()) for text in spellings]
    stripped = texts.str.strip_chars()
    size = stripped.str.len_bytes().to_numpy()
    ascii_only = size == stripped.str.len_chars().to_numpy()  # lower case may else be a third as long (the Kelvin sign)
    likely = np.flatnonzero(np.where(ascii_only, np.isin(size, lengths), size <= 3 * max(lengths, default=0)))
    result = np.zeros(len(texts), dtype=bool)
    result[likely] = stripped.gather(likely).str.to_lowercase().is_in(spellings).to_numpy()
    return result


@dataclass(frozen=True, eq=False)
class Mentions:
    """Which of the context words of a config (near, not_near, boilerplate) stand in which of some texts.

    Found in one pass for all of them: asking word list by word list costs more than finding values does.
    """

    count: int
    text: np.ndarray
    word: np.ndarray
    context: "ContextWords"

    def of_any(self, words: tuple[str, ...]) -> np.ndarray:
        """The texts (bool, per text) in which one of these words or phrases stands."""
        mentioned = np.zeros(self.count, dtype=bool)
        mentioned[self._texts_with(words)] = True
        return mentioned

    def _texts_with(self, words: tuple[str, ...]) -> np.ndarray:
        """The text of each hit of one of these words."""
        if not words or not len(self.word):
            return self.text[:0]
        of_words = np.flatnonzero(self.context.positions_in(words) >= 0).tolist()
        order, begins = self._by_word
        hits = np.concatenate([order[begins[number] : begins[number + 1]] for number in of_words])
        texts: np.ndarray = self.text[hits]
        return texts

    @cached_property
    def _by_word(self) -> tuple[np.ndarray, list[int]]:
        """The hits by context word, and of each word, by its number, where its hits begin; at last where all end."""
        numbers = self.word.astype(np.min_scalar_type(self.context.count))  # 16 bits are sorted in a sixth of the time
        counts = np.bincount(self.word, minlength=self.context.count)
        return np.argsort(numbers, kind="stable"), [0, *np.cumsum(counts).tolist()]

    def where(self, words: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Where these words or phrases stand: (text, position in `words`), by text, then by place."""
        position = self.context.positions_in(words)[self.word]
        text, position = self.text[position >= 0], position[position >= 0]
        order = np.argsort(text, kind="stable")
        return text[order], position[order]


class ContextWords:
    """All context words of a product type, ready to be searched for at once."""

    def __init__(self, words: Iterable[str]) -> None:
        spellings = sorted(set(normalise_all(words)) - {""})
        self._id_of = {spelling: index for index, spelling in enumerate(spellings)}
        self._phrases = Phrases.build(spellings)
        self._positions: dict[tuple[str, ...], np.ndarray] = {}

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._id_of)

    def has(self, word: str) -> bool:
        """Whether a word or phrase is one of them."""
        return normalise_text(word) in self._id_of

    def positions_in(self, words: tuple[str, ...]) -> np.ndarray:
        """Of each context word (i32, by number), which of these words it is, or -1."""
        if words not in self._positions:
            positions = np.full(len(self._id_of), -1, dtype=np.int32)
            for position, spelling in enumerate(normalise_all(words)):
                if spelling:
                    positions[self._id_of[spelling]] = position
            self._positions[words] = positions
        return self._positions[words]

    def mentions(self, texts: DistinctTexts) -> Mentions:
        """Find them in texts, by whole words.

        >>> texts = DistinctTexts(pl.Series(["the model is tall", "remodel"]))
        >>> ContextWords(["Model", "tall"]).mentions(texts).of_any(("Model",)).tolist()
        [True, False]
        """
        text, word = self._phrases.find(texts.spaced, overlapping=True)
        return Mentions(len(texts.raw), text, word, self)

    def mentions_again(self, known: Mentions, changed: np.ndarray, texts: DistinctTexts) -> Mentions:
        """The mentions in texts of which only those at `changed` are not those that `known` is of."""
        text, word = self._phrases.find(texts.spaced.gather(changed), overlapping=True)
        stays = ~np.isin(known.text, changed)
        texts_of = np.concatenate([known.text[stays], changed[text]])
        return Mentions(known.count, texts_of, np.concatenate([known.word[stays], word]), self)
