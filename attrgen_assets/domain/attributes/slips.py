"""Whether one spelling looks like a slip of another, and not like another word.

Likeness alone cannot tell: "hopper" is as near to "copper" as "coppper", "painted" as near to "printed" as "prnted".
Slips of writers are of few kinds (Pollock and Zamora 1984; Kukich 1992): a letter left out, added, doubled, swapped
with its neighbour, a vowel for a vowel, a sound-alike, a neighbouring key - and hardly ever in the first letter. The
shorter a word, the more real words are one letter away from it, so that short words must be written as they are. What
English makes other words with is no slip in them: a doubled consonant between vowels ("diner", "dinner"), a letter
doubled in place of another ("copper", "cooper"), an s behind what has no plural ("short", "shorts").
"""

import re
from typing import Final

from rapidfuzz.distance import Levenshtein

_DOUBLED: Final = re.compile(r"([^\W\d_])\1+")
_BETWEEN_VOWELS: Final = re.compile(r"(?<=[aeiouy])([^\W\d_aeiouy])\1(?=[aeiouy])")
_VOWELS: Final = frozenset("aeiouy")
_WEAK: Final = _VOWELS | {"h"}  # an h comes and goes where Indian words are written in Latin letters (khadi, khadhi)
_SOUND_ALIKES: Final = ("ckq", "scz", "gj", "vw", "iy", "fp", "td", "mn")
_KEYS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_HAVE_NO_PLURAL: Final = frozenset("short long full half high low wide narrow deep thick thin tall".split())
_LONG_ENOUGH_TO_DOUBLE: Final = 4
_TO_DOUBLE_BETWEEN_VOWELS: Final = 6
_TO_DOUBLE_ANOTHER: Final = 7
_TO_SWAP: Final = 5
_TO_LOSE_A_VOWEL: Final = 5
_TO_LOSE_A_CONSONANT: Final = 7
_TO_CHANGE: Final = 7
_TO_SLIP_TWICE: Final = 9


def is_slip(text: str, spelling: str) -> bool:
    """Whether `text` is `spelling` with slips; both normalised. Words may be joined, parted, or in another order.

    >>> is_slip("embriodered", "embroidered"), is_slip("roundneck", "round neck"), is_slip("nvay blue", "navy blue")
    (True, True, True)
    >>> is_slip("painted", "printed"), is_slip("hopper", "copper"), is_slip("black print", "block print")
    (False, False, False)
    """
    ours, theirs = text.split(" "), spelling.split(" ")
    if len(ours) == len(theirs) and (_all_slips(ours, theirs) or _all_slips(sorted(ours), sorted(theirs))):
        return True
    one, other = "".join(ours), "".join(theirs)
    return one == other or (len(ours) != len(theirs) and _is_word_slip(one, other, beside=False, most=1))


def _all_slips(ours: list[str], theirs: list[str]) -> bool:
    beside = any(one == other for one, other in zip(ours, theirs, strict=True))
    return all(one == other or _is_word_slip(one, other, beside) for one, other in zip(ours, theirs, strict=True))


def _is_word_slip(word: str, spelling: str, beside: bool, most: int = 2) -> bool:
    """Whether one word is a slip of another, of `most` letters.

    beside: whether another word of the phrase is written as it should be, which tells as much as one more letter.
    """
    length = len(spelling)
    if undoubled(word) == undoubled(spelling):
        return _is_likely_doubling(word, spelling)
    if is_swap(word, spelling):
        return length + beside >= _TO_SWAP
    edits = Levenshtein.editops(spelling, word)
    if len(edits) > (most if length >= _TO_SLIP_TWICE else 1):
        return False
    return all(
        _is_likely(edit.tag, edit.src_pos, edit.dest_pos, spelling=spelling, word=word, beside=beside) for edit in edits
    )


def _is_likely_doubling(word: str, spelling: str) -> bool:
    """Whether words that differ in doubled letters alone are one word to a writer."""
    if min(len(word), len(spelling)) < _LONG_ENOUGH_TO_DOUBLE:
        return False
    added = len(word) - len(spelling)
    if abs(added) != 1:  # one letter instead of another, or two letters
        return len(spelling) >= _TO_DOUBLE_ANOTHER
    consonants = len(_BETWEEN_VOWELS.findall(word)) > len(_BETWEEN_VOWELS.findall(spelling))
    return not (added > 0 and consonants) or len(spelling) >= _TO_DOUBLE_BETWEEN_VOWELS


def undoubled(word: str) -> str:
    """A word with no letter twice in a row; digits stay.

    >>> undoubled("pallazos") == undoubled("palazzos")
    True
    """
    return _DOUBLED.sub(r"\1", word)


def is_swap(word: str, spelling: str) -> bool:
    """Whether two neighbours are swapped, the first letter not among them.

    >>> is_swap("sqaure", "square"), is_swap("orange", "roange")
    (True, False)
    """
    if len(word) != len(spelling):
        return False
    differ = [index for index, (one, other) in enumerate(zip(word, spelling, strict=True)) if one != other]
    if len(differ) != 2 or differ[0] == 0 or differ[1] != differ[0] + 1:
        return False
    return word[differ[0]] == spelling[differ[1]] and word[differ[1]] == spelling[differ[0]]


def _is_likely(tag: str, at: int, in_word: int, *, spelling: str, word: str, beside: bool) -> bool:
    """Whether one edit is a likely slip: at position `at` of the spelling, `in_word` of the word."""
    length = len(spelling)
    if tag == "replace":
        return _is_likely_change(spelling, word[in_word], at, beside=beside)
    if tag == "insert" and in_word == len(word) - 1:  # a plural, "weaved", or a letter of the next word
        plural = word[in_word] == "s" and spelling not in _HAVE_NO_PLURAL
        inflected = plural or (word.endswith("ed") and length >= _TO_SWAP)
        return inflected or length >= _TO_LOSE_A_CONSONANT - 1
    if min(at, in_word) == 0 or (tag == "delete" and at == length - 1 and length < _TO_LOSE_A_CONSONANT):
        return False
    letter = spelling[at] if tag == "delete" else word[in_word]
    if letter in _WEAK:
        return length + beside >= _TO_LOSE_A_VOWEL
    return length + beside >= _TO_LOSE_A_CONSONANT


def _is_likely_change(spelling: str, wrong: str, at: int, *, beside: bool) -> bool:
    """Whether the letter at `at` may become `wrong`: a sound-alike, another vowel, a key beside it."""
    right, length = spelling[at], len(spelling)
    alike = any(right in group and wrong in group for group in _SOUND_ALIKES)
    vowels = {right, wrong} <= _VOWELS
    if at == 0:
        return (alike and length >= _TO_CHANGE) or (vowels and length >= _TO_CHANGE - 1)
    if length < _TO_CHANGE:
        unstressed = vowels and length == _TO_CHANGE - 1 and not _VOWELS.isdisjoint(spelling[:at])
        return unstressed or (alike and length + beside >= _TO_SWAP)
    return alike or vowels or _are_neighbours(right, wrong)


def _are_neighbours(one: str, other: str) -> bool:
    return any(one in row and other in row and abs(row.index(one) - row.index(other)) == 1 for row in _KEYS)
