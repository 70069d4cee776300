"""Which of the things that went and of those that came are probably the same under another name."""

import re
from collections.abc import Mapping, Set
from typing import Final

from rapidfuzz import fuzz

from attrgen_assets.domain.text import normalise_text

_NEAR_SPELLING: Final = 75.0  # rapidfuzz ratio of 0-100: one letter of four, as in Gray and Grey
_NUMBERS: Final = re.compile(r"\d+")
_SHARED_SPELLINGS: Final = 0.5  # of the smaller set


def match_renames(old: Mapping[str, Set[str]], new: Mapping[str, Set[str]]) -> dict[str, str]:
    """Pairs of an old and a new name, each name at most once, the likeliest first.

    old, new: the spellings that stand for each name (synonyms; for an attribute, its values). Two are a pair where
    one's name is a spelling of the other, they share at least half their spellings, or their names are near.

    >>> match_renames({"Gray": {"ash"}}, {"Grey": {"ash", "gray"}, "Red": set()})
    {'Gray': 'Grey'}
    """
    scored = [(_likeness(a, old[a], b, new[b]), a, b) for a in old for b in new if _likeness(a, old[a], b, new[b]) > 0]
    pairs: dict[str, str] = {}
    for _, a, b in sorted(scored, key=lambda score: (-score[0], score[1], score[2])):
        if a not in pairs and b not in pairs.values():
            pairs[a] = b
    return pairs


def _likeness(a: str, spellings_a: Set[str], b: str, spellings_b: Set[str]) -> float:
    """0 for two different things, else up to 3."""
    name_a, name_b = normalise_text(a), normalise_text(b)
    all_a, all_b = ({normalise_text(s) for s in spellings} for spellings in (spellings_a, spellings_b))
    if name_a == name_b or name_a in all_b or name_b in all_a:
        return 3.0
    shared = len(all_a & all_b) / max(1, min(len(all_a), len(all_b)))
    if shared >= _SHARED_SPELLINGS:
        return 1.0 + shared
    if _NUMBERS.findall(name_a) != _NUMBERS.findall(name_b):  # 3XL was not renamed to 13XL
        return 0.0
    near = fuzz.ratio(name_a, name_b)
    return near / 100 if near >= _NEAR_SPELLING else 0.0
