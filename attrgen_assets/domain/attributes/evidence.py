"""Words of a text that are no evidence: what it denies ("without any embroidery"), and names ("Velvet Lane").

By rule:

- A denying word takes away what follows it, up to the next connecting word and no more than a few words:
  "no print or embroidery | in cotton". "No less", "not only" and "no 5" deny nothing.
- "Not included" takes away what stands before it: "kurta with | dupatta not included".
- What a phrase of the config spells stays, so that it is read as what the config says: "without sleeves", "no slits".
- A word that ends a name takes away itself and the word before: "Velvet Lane", "Silk Mills".
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.text import normalise_all

MOST_DENIED: Final = 4  # words; without a connecting word, what comes later is rarely meant
_ALTERNATIVES: Final = frozenset({"or", "nor"})  # what they join is denied, too
_CONNECTING: Final = frozenset(
    "and but yet with has have having in on at for from to by so as that which who it this is are was be because "
    "while though however instead rather than only just".split()
)
_HAVE: Final = frozenset({"have", "has", "in", "on", "for", "be"})  # right behind the denying word: denied, too
_COMES: Final = frozenset({"come", "comes"})  # "does not come with a belt"
_DENIES_NOTHING: Final = frozenset("only just merely simply doubt wonder matter longer less more ordinary".split())
_DENIED_BEFORE: Final = frozenset({"included", "provided", "supplied", "recommended", "advised"})
_BEGINS_ANEW: Final = frozenset({"with", "has", "but"})
_GAP: Final = "|"  # no word, so that no phrase is found across it

Phrase = tuple[str, ...]


class Evidence:
    """What counts of the texts of a product type."""

    def __init__(self, *, denying: Iterable[str], names: Iterable[str], known: Iterable[str]) -> None:
        """denying: words that deny what follows.  names: last words of names.  known: phrases that are looked for."""
        phrases = _phrases(denying)
        self._denying = _by_first_word(phrases)
        self._known = _by_first_word(
            phrase for phrase in _phrases(known) if any(_holds(phrase, one) for one in phrases)
        )
        self._names = frozenset(normalise_all(names))
        self._doubtful = _doubtful(phrases, sorted(self._names))

    def doubtful(self, texts: pl.Series) -> np.ndarray:
        """The texts (bool), as `text.spaced` writes them, of which not all may count; the others need no reading."""
        return texts.str.contains(self._doubtful).to_numpy()

    def of(self, texts: pl.Series) -> pl.Series:
        """The texts, as `text.spaced` writes them, with a gap for each run of words that are no evidence.

        >>> from attrgen_assets.domain.text import spaced
        >>> reading = Evidence(denying=["no", "without"], names=["mills"], known=["no slits", "print"])
        >>> texts = pl.Series(["plain kurta without any print or lace in silk", "no slits", "rajesh silk mills saree"])
        >>> [" ".join(text.split()) for text in reading.of(spaced(texts))]
        ['plain kurta without | in silk', 'no slits', 'rajesh | saree']
        """
        found = ["".join(f" {word} " for word in self._evident(text.split())) for text in texts.to_list()]
        return pl.Series(texts.name, found, dtype=pl.String)

    def _evident(self, words: Sequence[str]) -> list[str]:
        evident: list[str] = []
        at = 0
        while at < len(words):
            known = _first_at(self._known, words, at)
            if denial := known or _first_at(self._denying, words, at):
                start = at + len(denial)
                next_word = words[start] if start < len(words) else ""
                if not known and next_word in _DENIED_BEFORE:
                    _drop_last_statement(evident)
                evident += denial
                at = start if known and next_word not in _ALTERNATIVES else self._end_of_denial(words, start)
                evident += [_GAP] * (at > start)
            elif words[at + 1 : at + 2] and words[at + 1] in self._names:
                evident.append(_GAP)
                at += 2
            else:
                evident.append(words[at])
                at += 1
        return evident

    def _end_of_denial(self, words: Sequence[str], start: int) -> int:
        """Where what is denied from `start` on ends; `start` where nothing is."""
        if start < len(words) and (words[start] in _DENIES_NOTHING or words[start][0].isdigit()):
            return start
        end, since = start, 0
        while end < len(words) and since < MOST_DENIED and not _first_at(self._denying, words, end):
            if words[end] in _CONNECTING and not (words[end - 1] in _COMES or (end == start and words[end] in _HAVE)):
                break
            since = 0 if words[end] in _ALTERNATIVES else since + 1
            end += 1
        return end


def _drop_last_statement(evident: list[str]) -> None:
    """Take away the last words, back to one that began something new."""
    while evident and evident[-1] not in _BEGINS_ANEW:
        evident.pop()


def _phrases(texts: Iterable[str]) -> list[Phrase]:
    """Normalised, as words."""
    return sorted({tuple(text.split()) for text in normalise_all(texts) if text})


def _holds(phrase: Phrase, words: Phrase) -> bool:
    """Whether some words stand in a longer phrase."""
    starts = range(len(phrase) - len(words) + 1)
    return len(phrase) > len(words) and any(phrase[at : at + len(words)] == words for at in starts)


def _by_first_word(phrases: Iterable[Phrase]) -> dict[str, list[Phrase]]:
    """Longer ones first."""
    return {
        first: sorted(group, key=len, reverse=True)
        for first, group in groupby(sorted(phrases), key=lambda phrase: phrase[0])
    }


def _first_at(phrases: Mapping[str, Sequence[Phrase]], words: Sequence[str], at: int) -> Phrase | None:
    """The longest of some phrases that stands at a place."""
    for phrase in phrases.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return phrase
    return None


def _doubtful(denying: Sequence[Phrase], names: Sequence[str]) -> str:
    """A regular expression of a denying word before another word, or of a name's last word behind one."""
    denials = "|".join("  ".join(phrase) for phrase in denying)
    patterns = ([rf" (?:{denials})  [^\d ]"] if denying else []) + ([rf"\S  (?:{'|'.join(names)}) "] if names else [])
    return "|".join(patterns) or "$^"
