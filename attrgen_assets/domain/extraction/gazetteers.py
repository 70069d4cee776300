"""Values seen in training, looked up in texts.

A row that finds its own answers in the gazetteer teaches the model to trust the gazetteer blindly, so every training
row is looked up without what its own group of rows contributed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

MAX_ENTRY_TOKENS: Final = 8  # 99 of 100 labelled values are at most this long

Entry = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mention:
    """That a group of rows in a category stated these lower-case tokens as a value of an attribute."""

    group: str
    category: str
    attribute: str
    entry: Entry


@dataclass(slots=True)
class Gazetteer:
    """How many groups state an entry as a value of an attribute, in any category and in each."""

    counts: dict[Entry, dict[str, int]]
    by_category: dict[Entry, dict[tuple[str, str], int]]
    lengths: dict[str, tuple[int, ...]]
    own: dict[str, set[tuple[str, str, Entry]]] = field(default_factory=dict)

    def lookup(self, lower: Sequence[str], category: str, *, without: str | None = None) -> list[list[str]]:
        """Features of each token: in which attributes' values it stands, at their beginning, inside or end."""
        features: list[list[str]] = [[] for _ in lower]
        own = self.own.get(without, set()) if without is not None else set()
        covered: dict[str, int] = defaultdict(int)
        for at, token in enumerate(lower):
            for length in self.lengths.get(token, ()):
                entry = tuple(lower[at : at + length])
                if len(entry) == length and entry in self.counts:
                    for kind, attribute in self._stated(entry, category, own):
                        if at >= covered[attribute]:
                            covered[attribute] = at + length
                            _mark(features, at, length, f"{kind}:{{}}:{attribute}")
        return features

    def seen(self, entry: Entry, category: str, attribute: str) -> tuple[int, int]:
        """How many groups state the entry for the attribute: in the category, and in any."""
        here = self.by_category.get(entry, {}).get((category, attribute), 0)
        return here, self.counts.get(entry, {}).get(attribute, 0)

    def _stated(self, entry: Entry, category: str, own: set[tuple[str, str, Entry]]) -> Iterator[tuple[str, str]]:
        """Attributes that others state this entry for: g+ more than once in the category, g once, go elsewhere only."""
        here = self.by_category[entry]
        for attribute, count in self.counts[entry].items():
            mine = (category, attribute, entry) in own
            if count - mine > 0:
                inside = here.get((category, attribute), 0) - mine
                yield ("g+" if inside > 1 else "g" if inside > 0 else "go"), attribute


def _mark(features: list[list[str]], at: int, length: int, name: str) -> None:
    """Name each token's place in the entry: the only, the first, the last one, or between."""
    for offset in range(length):
        place = "U" if length == 1 else "B" if offset == 0 else "L" if offset == length - 1 else "M"
        features[at + offset].append(name.format(place))


def build_gazetteer(mentions: Iterable[Mention], *, leave_out: bool) -> Gazetteer:
    """Count every mention once per group; with `leave_out` remember who contributed what.

    >>> tea = Mention("row 1", "Tea", "Flavor", ("mint",))
    >>> gazetteer = build_gazetteer([tea], leave_out=True)
    >>> gazetteer.lookup(["mint"], "Tea"), gazetteer.lookup(["mint"], "Tea", without="row 1")
    ([['g:U:Flavor']], [[]])
    """
    distinct = sorted(
        {m for m in mentions if 0 < len(m.entry) <= MAX_ENTRY_TOKENS},
        key=lambda m: (m.entry, m.attribute, m.category, m.group),
    )
    counts: dict[Entry, Counter[str]] = defaultdict(Counter)
    by_category: dict[Entry, Counter[tuple[str, str]]] = defaultdict(Counter)
    lengths: dict[str, set[int]] = defaultdict(set)
    own: dict[str, set[tuple[str, str, Entry]]] = defaultdict(set)
    for mention in distinct:
        counts[mention.entry][mention.attribute] += 1
        by_category[mention.entry][mention.category, mention.attribute] += 1
        lengths[mention.entry[0]].add(len(mention.entry))
        if leave_out:
            own[mention.group].add((mention.category, mention.attribute, mention.entry))
    return Gazetteer(
        {entry: dict(found) for entry, found in counts.items()},
        {entry: dict(found) for entry, found in by_category.items()},
        {token: tuple(sorted(found, reverse=True)) for token, found in sorted(lengths.items())},
        dict(own),
    )
