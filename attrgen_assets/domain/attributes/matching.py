"""Free text to legal values: exact, synonym, misspelling, or one legal phrase among other words - or a refusal.

The rules, each learned from a wrong answer somewhere:

- numbers never bend: "M10x1.2" is not "M10x1.25", "3/4 sleeve" is not "1/4 sleeve";
- a tie is not a match: the best value must beat every other by a margin, else the refusal names both;
- alike is not enough: the letters that differ must be likely slips of a writer ("painted" is not "printed");
- "silk" says Silk, not Pure Silk: nothing is narrowed without evidence, nothing widened.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from attrgen_assets.domain.attributes.slips import is_slip, undoubled
from attrgen_assets.domain.attributes.vocabulary import Vocabulary
from attrgen_assets.domain.product_types.model import LegalValue, Matching
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets.domain.text import normalise_series, normalise_text, spaced

Method = Literal["exact", "synonym", "fuzzy", "phrase"]

MATCHER_VERSION: Final = "4"
"""Part of every cache key: bump it when the same text could get another answer."""

_NUMBERS: Final = re.compile(r"\d+(?:[./]\d+)*")
_NEGATIONS: Final = frozenset({"no", "non", "not", "without", "un", "never", "free"})
_SEPARATOR: Final = re.compile(r"[,;/|&+\n]")
_UNFINISHED: Final = " of"  # "full of": what it is full of would say what is meant
_PHRASE_MAX_WORDS: Final = 8  # a longer cell is running text, where one legal word proves little
_NEAREST_COUNT: Final = 3
_UNDOUBLED_SCORE: Final = 60.0  # what differs by doubled letters alone is at least this much alike
_CHUNK: Final = 4096  # texts scored at a time: with 500 spellings a score matrix of 8 MB


@dataclass(frozen=True, slots=True)
class Match:
    """What one text was matched to.

    codes: the legal values it states, by code (several only where the text names several); empty for a refusal.
    score: 0-100, the similarity for a fuzzy match, else 100.  nearest: legal values for the refusal's reader.
    """

    codes: tuple[int, ...]
    method: Method | None
    score: float
    reason: RefusalReason | None = None
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BestMatch:
    """The answer of `find_best_enum_match`; `value` is None for a refusal, and then `reason` says why."""

    value: str | None
    method: Method | None
    score: float
    reason: RefusalReason | None
    nearest: tuple[str, ...]


Remember = Callable[[list[str], Callable[[list[str]], list[Match]]], list[Match]]
"""A memory around the slow part: given texts and a way to match them, the matches of all, some of them remembered."""


def find_best_enum_match(
    text: str, values: Sequence[LegalValue | str], *, matching: Matching | None = None
) -> BestMatch:
    """Match one text to at most one legal value.

    The score of a misspelling is the optimal string alignment similarity (Damerau-Levenshtein, each substring edited
    at most once) of normalised spellings on a 0-100 scale, the best of: as written, words sorted, spaces left out.
    What differs must look like a slip besides (see `slips`); letters that are doubled or not ("pallazos") may lie below
    the threshold.

    >>> colours = ["Navy Blue", "Off White", LegalValue(value="Grey", synonyms=({"text": "gray"},))]
    >>> find_best_enum_match("off-white", colours).value
    'Off White'
    >>> find_best_enum_match("Gray", colours).method
    'synonym'
    >>> find_best_enum_match("nvay blue", colours).value
    'Navy Blue'
    >>> find_best_enum_match("tartan", colours).reason
    <RefusalReason.NOT_IN_VOCABULARY: 'not_in_vocabulary'>
    """
    vocabulary = Vocabulary.build(values)
    match = match_texts([text], vocabulary, matching=matching or Matching())[0]
    if len(match.codes) > 1:
        named = tuple(vocabulary.values[code] for code in match.codes)
        return BestMatch(None, None, match.score, RefusalReason.AMBIGUOUS, named)
    value = vocabulary.values[match.codes[0]] if match.codes else None
    return BestMatch(value, match.method, match.score, match.reason, match.nearest)


def match_texts(
    texts: Sequence[str], vocabulary: Vocabulary, *, matching: Matching, remember: Remember | None = None
) -> list[Match]:
    """Match distinct texts, in order; `remember` may answer the slow ones from a memory of normalised texts."""
    normal = normalise_series(pl.Series("text", texts, dtype=pl.String)).to_list()
    found = [
        _named_apart(text, vocabulary) or _exact(spelling, vocabulary)
        for text, spelling in zip(texts, normal, strict=True)
    ]
    slow = sorted({text for text, match in zip(normal, found, strict=True) if match is None})
    if slow:

        def compute(wanted: list[str]) -> list[Match]:
            chunks = (wanted[start : start + _CHUNK] for start in range(0, len(wanted), _CHUNK))
            return [match for chunk in chunks for match in _match_slowly(chunk, vocabulary, matching)]

        matches = compute(slow) if remember is None else remember(slow, compute)
        by_text = dict(zip(slow, matches, strict=True))
        return [match or by_text[text] for text, match in zip(normal, found, strict=True)]
    return [match for match in found if match is not None]


def _named_apart(text: str, vocabulary: Vocabulary) -> Match | None:
    """Two legal values with a separator between them are two: "Silk, Cotton" is not the fabric Silk Cotton."""
    parts = _SEPARATOR.split(text)
    if len(parts) < 2:
        return None
    codes = dict.fromkeys(vocabulary.spelled.get(normalise_text(part), -1) for part in parts)
    return None if -1 in codes else Match(_narrowest(tuple(codes), vocabulary), "phrase", 100.0)


def _exact(text: str, vocabulary: Vocabulary) -> Match | None:
    code = vocabulary.spelled.get(text)
    if code is None:
        return None
    return Match((code,), "exact" if text in vocabulary.own else "synonym", 100.0)


def _match_slowly(texts: list[str], vocabulary: Vocabulary, matching: Matching) -> list[Match]:
    """Misspellings first, then a legal phrase among other words, else a refusal with the nearest values.

    A text that names two values is no misspelling of one: "Round / V-Neck" is not Round Neck.
    """
    scores = _value_scores(texts, vocabulary)
    phrases = _phrases_within(texts, vocabulary) if matching.phrases else {}
    matches = []
    for row, text in enumerate(texts):
        named = phrases.get(row)
        match = _fuzzy(text, scores[row], vocabulary, matching) if matching.fuzzy else None
        if match is None or match.reason is not None or (named and len(named.codes) > 1):
            match = named or match
        matches.append(match or _refused(scores[row], vocabulary))
    return matches


def _value_scores(texts: list[str], vocabulary: Vocabulary) -> np.ndarray:
    """The similarity of each text to each legal value: (texts, values), 0-100, the best of the value's spellings."""
    best = np.zeros((len(texts), len(vocabulary.spellings)), dtype=np.float32)
    for form in (str, _sorted_words, _without_spaces):
        similarity = process.cdist(
            [form(text) for text in texts],
            [form(spelling) for spelling in vocabulary.spellings],
            scorer=OSA.normalized_similarity,
            dtype=np.float32,
        )
        np.maximum(best, similarity * 100, out=best)
    best *= _same_numbers(texts, vocabulary.spellings)
    values = np.zeros((len(texts), len(vocabulary.values)), dtype=np.float32)
    np.maximum.at(values.T, vocabulary.spelling_codes, best.T)
    return values


def _same_numbers(texts: list[str], spellings: list[str]) -> np.ndarray:
    """Whether each text states the same numbers as each spelling: (texts, spellings)."""
    ids: dict[tuple[str, ...], int] = {}

    def number_ids(strings: Iterable[str]) -> np.ndarray:
        return np.array([ids.setdefault(tuple(sorted(_NUMBERS.findall(s))), len(ids)) for s in strings])

    same: np.ndarray = number_ids(texts)[:, None] == number_ids(spellings)[None, :]
    return same


def _sorted_words(text: str) -> str:
    return " ".join(sorted(text.split(" ")))


def _without_spaces(text: str) -> str:
    return text.replace(" ", "")


def _fuzzy(text: str, scores: np.ndarray, vocabulary: Vocabulary, matching: Matching) -> Match | None:
    """The best value when it is near enough and clearly the best; a refusal on a tie; None when nothing is near."""
    best = int(scores.argmax())
    score = float(scores[best])
    if not text:
        return None
    if score < matching.threshold:
        code = vocabulary.undoubled.get(undoubled(text), -1) if score >= _UNDOUBLED_SCORE else -1
        if code < 0 or not _is_slip_of(text, code, vocabulary):
            return None
        return Match((code,), "fuzzy", max(round(float(scores[code]), 1), matching.threshold))
    others = np.delete(scores, best)
    if others.size and score - float(others.max()) < matching.margin:
        return Match((), None, score, RefusalReason.AMBIGUOUS, _nearest(scores, vocabulary))
    return Match((best,), "fuzzy", round(score, 1)) if _is_slip_of(text, best, vocabulary) else None


def _is_slip_of(text: str, code: int, vocabulary: Vocabulary) -> bool:
    return any(is_slip(text, vocabulary.spellings[i]) for i in np.flatnonzero(vocabulary.spelling_codes == code))


def _refused(scores: np.ndarray, vocabulary: Vocabulary) -> Match:
    score = round(float(scores.max()), 1)
    return Match((), None, score, RefusalReason.NOT_IN_VOCABULARY, _nearest(scores, vocabulary))


def _nearest(scores: np.ndarray, vocabulary: Vocabulary) -> tuple[str, ...]:
    order = np.argsort(-scores, kind="stable")[:_NEAREST_COUNT]
    return tuple(vocabulary.values[code] for code in order if scores[code] > 0)


def _phrases_within(texts: list[str], vocabulary: Vocabulary) -> dict[int, Match]:
    """Texts in which legal phrases stand among a few other words: the values they name, in order."""
    hit_text, hit_phrase = vocabulary.phrases.find(spaced(pl.Series(texts, dtype=pl.String)))
    hits: dict[int, list[int]] = {}
    for text_index, phrase_index in zip(hit_text.tolist(), hit_phrase.tolist(), strict=True):
        hits.setdefault(text_index, []).append(phrase_index)
    matches = {}
    for row, phrase_indices in hits.items():
        codes = tuple(dict.fromkeys(int(vocabulary.spelling_codes[index]) for index in phrase_indices))
        rest = _rest(texts[row], [vocabulary.spellings[index] for index in phrase_indices])
        if _is_plain(rest) and not texts[row].endswith(_UNFINISHED):
            matches[row] = Match(_narrowest(codes, vocabulary), "phrase", 100.0)
        else:
            named = tuple(vocabulary.values[code] for code in codes[:_NEAREST_COUNT])
            matches[row] = Match((), None, 0.0, RefusalReason.NOT_IN_VOCABULARY, named)
    return matches


def _rest(text: str, phrases: list[str]) -> list[str]:
    """The words of a text that stand in none of the phrases."""
    padded = f" {text} "
    for phrase in phrases:
        padded = padded.replace(f" {phrase} ", "  ", 1)
    return padded.split()


def _is_plain(rest: list[str]) -> bool:
    """Whether the other words leave the legal phrase its meaning: few, no negation, no number but "100%"."""
    if len(rest) > _PHRASE_MAX_WORDS or not _NEGATIONS.isdisjoint(rest):
        return False
    return all(word == "100%" or not _NUMBERS.search(word) for word in rest)


def _narrowest(codes: tuple[int, ...], vocabulary: Vocabulary) -> tuple[int, ...]:
    """Leave out values that another one narrows: "pure silk (silk)" states Pure Silk."""
    return tuple(
        code for code in codes if not any(other != code and vocabulary.is_within(other, code) for other in codes)
    )
