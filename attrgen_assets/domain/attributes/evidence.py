"""Words of a text that are no evidence: what it denies ("without any embroidery"), and names ("Velvet Lane").

By rule:

- A denying word takes away what follows it, up to the next connecting word and no more than a few words:
  "no print or embroidery | in cotton". "No less", "not only", "no KT101" and "style no" deny nothing; "zero shrinkage"
  and "no-fuss" deny that word alone.
- "Not included" takes away what stands before it, "kurta with | dupatta not included", and so does the answer "no" to a
  label, "| Dupatta: No". "Not suitable for" takes away what follows.
- What a phrase of the config spells stays, so that it is read as what the config says: "without sleeves", "no slits".
- A word that ends a name takes away itself and the word before: "Velvet Lane", "Silk Mills".
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import groupby
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.text import normalise_all, regex_literal

MOST_DENIED: Final = 4  # words; without a connecting word, what comes later is rarely meant
_ALTERNATIVES: Final = frozenset({"or", "nor"})  # what they join is denied, too
_CONNECTING: Final = frozenset(
    "and but yet with has have having in on at for from to by so as that which who it this is are was be because "
    "while though however instead rather than only just".split()
)
_HAVE: Final = frozenset({"have", "has", "in", "on", "for", "be"})  # right behind the denying word: denied, too
_COMES: Final = frozenset({"come", "comes"})  # "does not come with a belt"
_DENIES_NOTHING: Final = frozenset(
    "only just merely simply doubt wonder matter longer less more ordinary better usual your such "
    "get go wait stop help beat resist miss".split()
)
_DENIED_ALONE: Final = frozenset(  # qualities: what follows them is said of the product
    "iron ironing fuss maintenance shrinkage shrink fade fading bleed bleeding pilling wrinkle wrinkles crease creases "
    "compromise hassle".split()
)
# "Style no KT101": of these "no" says the number
_NUMBERED: Final = frozenset("style design item art article model lot batch code serial part ref order".split())
_DENIED_BEFORE: Final = frozenset({"included", "provided", "supplied", "recommended", "advised", "used"})
# "not suitable for": what follows is denied
_MEANT: Final = frozenset({"suitable", "meant", "fit", "advisable", "intended", "safe", "recommended", "advised"})
_FOR: Final = frozenset({"for", "to"})
_BEGINS_ANEW: Final = frozenset({"with", "has", "but"})
_NOTHING: Final = "$^"  # the regular expression of no text
_GAP: Final = "|"  # no word, so that no phrase is found across it
_COMPOUND: Final = re.compile(r"(?=\b(\w+)-(\w+))")
_ANSWER: Final = re.compile(r":\s*\w+\W*$")

Phrase = tuple[str, ...]


class Evidence:
    """What counts of the texts of a product type."""

    def __init__(self, *, denying: Iterable[str], names: Iterable[str], known: Iterable[str]) -> None:
        """denying: words that deny what follows.  names: what names end with.  known: phrases that are looked for."""
        phrases = _phrases(denying)
        self._denying = _by_first_word(phrases)
        self._known = _by_first_word(
            phrase
            for phrase in _phrases(known)
            if any(_holds(phrase, one) for one in phrases)
            and not (phrase[:-1] in phrases and phrase[-1] in _DENIED_BEFORE)
        )
        endings = _phrases(names)
        self._names = _by_first_word(endings)
        self._a_denial = rf" {_any_of(phrases)} "
        may_deny, a_name = rf" {_any_of(phrases)} (?: [^\d ]|$)", rf"\S  {_any_of(endings)} "
        self._doubtful = f"{may_deny}|{a_name}"

    def doubtful(self, texts: pl.Series) -> np.ndarray:
        """The texts (bool), as `text.spaced` writes them, of which not all may count; the others need no reading."""
        return texts.str.contains(self._doubtful).to_numpy()

    def denies(self, texts: pl.Series) -> np.ndarray:
        """The texts (bool), as `text.spaced` writes them, in which a denying word stands.

        >>> from attrgen_assets.domain.text import spaced
        >>> Evidence(denying=["no"], names=(), known=()).denies(spaced(pl.Series(["no blouse", "nora"]))).tolist()
        [True, False]
        """
        return texts.str.contains(self._a_denial).to_numpy()

    def of(self, raw: pl.Series, texts: pl.Series) -> pl.Series:
        """The texts, as `text.spaced` writes them, with a gap for each run of words that are no evidence.

        raw: the same texts as they came, with their hyphens and colons.

        >>> from attrgen_assets.domain.text import normalise_series, spaced
        >>> reading = Evidence(denying=["no", "without"], names=["mills"], known=["no slits", "print"])
        >>> raw = pl.Series(["Plain, without lace or print in silk", "No slits", "Rajesh Silk Mills", "No-fuss silk"])
        >>> [" ".join(text.split()) for text in reading.of(raw, spaced(normalise_series(raw)))]
        ['plain without | in silk', 'no slits', 'rajesh |', 'no | silk']
        """
        pairs = zip(raw.to_list(), texts.to_list(), strict=True)
        found = ["".join(f" {word} " for word in self._evident(as_came, text.split())) for as_came, text in pairs]
        return pl.Series(texts.name, found, dtype=pl.String)

    def _evident(self, raw: str, words: Sequence[str]) -> list[str]:
        compounds, answers = set(_COMPOUND.findall(raw.lower())), _ANSWER.search(raw) is not None
        evident: list[str] = []
        at = 0
        while at < len(words):
            if known := _first_at(self._known, words, at):
                evident += known
                start = end = at + len(known)
                if start < len(words) and words[start] in _ALTERNATIVES:
                    end = self._end_of_denial(words, start)
            elif (denial := _first_at(self._denying, words, at)) and not _is_in_a_name(words, at, compounds):
                start = _first_denied(evident, words, at + len(denial), answers=answers)
                evident += denial
                compound = (denial[-1], *words[start : start + 1]) in compounds
                end = start + 1 if compound else self._end_of_denial(words, start)
            elif at + 1 < len(words) and (ending := _first_at(self._names, words, at + 1)):
                start, end = at, at + 1 + len(ending)
            else:
                evident.append(words[at])
                start = end = at + 1
            evident += [_GAP] * (end > start)
            at = end
        return evident

    def _end_of_denial(self, words: Sequence[str], start: int) -> int:
        """Where what is denied from `start` on ends; `start` where nothing is."""
        if start < len(words) and (words[start] in _DENIES_NOTHING or any(map(str.isdigit, words[start]))):
            return start
        end, since = start, 0
        while end < len(words) and since < MOST_DENIED and not _first_at(self._denying, words, end):
            if words[end] in _CONNECTING and not (words[end - 1] in _COMES or (end == start and words[end] in _HAVE)):
                break
            since = 0 if words[end] in _ALTERNATIVES else since + 1
            end += 1
            if words[end - 1] in _DENIED_ALONE and words[end : end + 1] and words[end] not in _ALTERNATIVES:
                break
        return end


def _is_in_a_name(words: Sequence[str], at: int, compounds: Collection[tuple[str, str]]) -> bool:
    """Whether a denying word is none: "Style No KT101", "forget-me-not"."""
    return at > 0 and ((words[at - 1], words[at]) in compounds or (words[at] == "no" and words[at - 1] in _NUMBERED))


def _first_denied(evident: list[str], words: Sequence[str], behind: int, *, answers: bool) -> int:
    """Where what a denial takes away begins; what it takes away before itself is taken from `evident`.

    behind: the word after the denying one.  answers: whether the last word of the text answers a label.
    """
    following = words[behind : behind + 2]
    speaks_of_before = following[0] in _DENIED_BEFORE if following else answers
    if speaks_of_before and _drop_last_statement(evident):
        return behind
    return behind + 2 if len(following) == 2 and following[0] in _MEANT and following[1] in _FOR else behind


def _drop_last_statement(evident: list[str]) -> bool:
    """Take away the last words, back to one that began something new; whether they said anything."""
    told = False
    while evident and evident[-1] not in _BEGINS_ANEW:
        told |= evident.pop() not in _CONNECTING | {_GAP}
    return told


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


def _any_of(phrases: Iterable[Phrase]) -> str:
    """A regular expression of any of some phrases, as `text.spaced` writes them but for its outer spaces."""
    return f"(?:{'|'.join(regex_literal('  '.join(phrase)) for phrase in phrases) or _NOTHING})"
