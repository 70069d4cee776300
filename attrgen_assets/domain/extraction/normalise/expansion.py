"""Names and units written out: HP -> Hewlett-Packard, 36.4GB -> 36.4 Gigabytes, G3 -> Generation 3."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

_PIECE: Final = re.compile(r"\d+(?:\.\d+)?|[A-Za-z]+(?:-[A-Za-z]+)*|[^A-Za-z\d]+")


def _pieces(text: str) -> list[str]:
    return [piece for piece in _PIECE.findall(text) if piece]


def _word(piece: str) -> bool:
    return piece[0].isalpha()


def learn_expansions(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Replacements of words that the pairs agree on; a key ends in "+" when a number follows the word.

    Numbers are the anchors: between the same numbers, words become words. A replacement must be seen more often than
    any other of the same word.

    >>> pairs = [("16 GB", "16 Gigabytes"), ("HP ProLiant", "Hewlett-Packard ProLiant"), ("G3", "Generation 3")]
    >>> learn_expansions(pairs)
    {'g+': 'Generation', 'gb': 'Gigabytes', 'hp': 'Hewlett-Packard'}
    """
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for raw, normal in pairs:
        for (before, followed), (after, _) in _aligned(raw, normal):
            short, long = _without_common_ends(before, after)
            if len(short) == 1 and long:
                votes[short[0].lower() + ("+" if followed else "")][" ".join(long)] += 1
    return {word: counted.most_common(1)[0][0] for word, counted in sorted(votes.items())}


Group = tuple[list[str], bool]


def _groups(text: str) -> tuple[list[Group], list[str]]:
    """Words between numbers, whether a number follows each group, and the numbers."""
    groups: list[Group] = []
    found: list[str] = []
    current: list[str] = []
    for piece in _pieces(text):
        if _word(piece):
            current.append(piece)
        elif piece[0].isdigit():
            groups.append((current, True))
            found.append(piece)
            current = []
    groups.append((current, False))
    return groups, found


def _aligned(raw: str, normal: str) -> list[tuple[Group, Group]]:
    (before, numbers), (after, others) = _groups(raw), _groups(normal)
    return list(zip(before, after, strict=True)) if numbers == others else []


def _without_common_ends(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    before, after = list(before), list(after)
    while before and after and before[0] == after[0]:
        before, after = before[1:], after[1:]
    while before and after and before[-1] == after[-1]:
        before, after = before[:-1], after[:-1]
    return before, after


def expand(text: str, expansions: Mapping[str, str]) -> str:
    """Write a value out.

    >>> known = {"g+": "Generation", "gb": "Gigabytes", "hp": "Hewlett-Packard"}
    >>> expand("60-GB", known), expand("G8/G9", known), expand("HP COMPAQ", known)
    ('60 Gigabytes', 'Generation 8/Generation 9', 'Hewlett-Packard COMPAQ')
    """
    pieces = _pieces(text)
    written: list[str] = []
    for at, piece in enumerate(pieces):
        if not _word(piece):
            written.append(piece)
            continue
        after = next((other for other in pieces[at + 1 :] if other[0].isalnum()), "")
        followed = expansions.get(piece.lower() + "+") if after[:1].isdigit() else None
        unit = expansions.get(piece.lower())
        if followed:
            written.append(f"{followed} ")
        elif unit and at and (pieces[at - 1][0].isdigit() or (at > 1 and pieces[at - 2][0].isdigit())):
            if written[-1].strip() in ("", "-"):
                written.pop()
            written.append(f" {unit}")
        else:
            written.append(unit or piece)
    return " ".join("".join(written).split())
