"""Values behind labels in running text: "Neck: Round | Sleeves - 3/4 | Kurta Fabric: Cotton".

A label is called like a column of the feed, with the product's name in front at most. By rule:

- It begins a line, or what follows a comma; a dash is as good as a colon there. Behind another label's value it may
  stand anywhere ("Fabric: Cotton Neck: Round").
- Its value ends with the line, or where another label begins, known or not.
- "Back Neck: Deep", "Bottom Type: Palazzos": other words in front make another label of it, which says nothing.
"""

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Final

from attrgen_assets.domain.product_types.fields import spelling
from attrgen_assets.domain.product_types.model import Feed
from attrgen_assets.domain.text import normalise_all

SIGNS: Final = r"[:=\]]|[-–—] "
"""What all texts with a label match, found in less time than `Labels.pattern`."""

_INLINE_TAGS: Final = re.compile(r"</?(?:b|strong|i|em|u|span|font)\b[^<>]{0,80}>", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\[([\w /&-]{1,40})\]\s*(?=\w)")  # "[Neck] Round"
_GLUED: Final = re.compile(r"(?<=[a-z0-9).])(?=[A-Z][a-z])")  # "CottonNeck: round"
_BULLET: Final = re.compile(r"^[\W_]+")
_LINES: Final = re.compile(r"[\n\r\t;|•·●▪✔✓\[\]]+|<[^<>]{0,80}>|\.\s+|\.$")
_SIGN: Final = re.compile(r"\s*[:=]\s*|\s?[-–—] \s*")
_WORD: Final = re.compile(r"\S+")
_LABEL_WORDS: Final = 5
_OTHERS_WORDS: Final = 3  # of a label of another part: "Blouse Length Size"
_LOOK_BACK: Final = 200  # characters for a label: the time that a line takes grows with its length
_REMEMBERED: Final = 50_000  # lines
_LONGEST: Final = 80  # characters of a value; more is a sentence
_TRIMMED: Final = " ,.*\"'–—-("


class Labels:
    """The labels of a product type.

    fields: spelling of a label -> the fields of `feed.columns` that are called so.
    pattern: what all texts with a label match, as a regular expression of Rust.
    """

    def __init__(self, feed: Feed, *, product: Iterable[str], parts: Iterable[str]) -> None:
        """product: words for the product; parts: words for other parts of it."""
        self.fields: dict[str, list[str]] = {}
        names = label_names(feed)
        for name, fields in names.items():
            known = self.fields.setdefault(spelling(name), [])
            known += [field for field in fields if field not in known]
        self.pattern = rf"(?i)(?:{any_of(names)})\s*(?:[:=\]]|[-–—] )"
        self._known_lines: dict[str, tuple[tuple[str, str], ...]] = {}
        self._product, self._parts = frozenset(normalise_all(product)), frozenset(normalise_all(parts))

    def read(self, text: str, *, missing: Container[str] = ()) -> dict[str, str]:
        """The first value of each field that a text labels; those that state nothing, in lower case, are `missing`.

        >>> feed = Feed(columns={"neck": ("neck", "neck_type"), "fabric": ("fabric",)})
        >>> labels = Labels(feed, product=["kurta"], parts=["dupatta"])
        >>> labels.read("Neck Type - Round, high | Back Neck: Deep. Kurta Fabric: Net Dupatta Fabric: Silk")
        {'neck': 'Round, high', 'fabric': 'Net'}
        """
        found: dict[str, str] = {}
        text = _IN_BRACKETS.sub(r"\n\1: ", _INLINE_TAGS.sub("", text))
        for line in _LINES.split(_GLUED.sub("\n", text)):
            for label, value in self._remembered(line):
                if value.lower() not in missing:
                    for field in self.fields[label]:
                        found.setdefault(field, value)
        return found

    def _remembered(self, line: str) -> tuple[tuple[str, str], ...]:
        """Labels and values of a line: descriptions that are tables repeat each other's lines."""
        pairs = self._known_lines.get(line)
        if pairs is None:
            trimmed = ((label, value.strip(_TRIMMED)) for label, value in self._pairs(_BULLET.sub("", line)))
            pairs = tuple((label, value) for label, value in trimmed if value and len(value) <= _LONGEST)
            if len(line) <= _LOOK_BACK and len(self._known_lines) < _REMEMBERED:
                self._known_lines[line] = pairs
        return pairs

    def _pairs(self, line: str) -> Iterator[tuple[str, str]]:
        """Spellings of known labels, and all up to the next label."""
        label: str | None = None
        start = 0
        for sign in _SIGN.finditer(line):
            shown = max(start, sign.start() - _LOOK_BACK)
            before = line[shown : sign.start()]
            begin = max(before.rfind(","), before.rfind("(")) + 1
            following = self._known(before[begin:])
            if following is None and sign[0].strip() not in (":", "="):
                continue
            if following is None and start:
                begin, following = self._behind_value(before)
            if label is not None:
                yield label, line[start : shown + begin]
            label, start = following, sign.end()
        if label is not None:
            yield label, line[start:]

    def _known(self, text: str) -> str | None:
        """The spelling of a text that is a label, with the product's name in front or not."""
        words = text.split()
        for at in range(len(words)):
            label = spelling("".join(words[at:]))
            if label in self.fields:
                return label
            if _bare(words[at]) not in self._product:
                break
        return None

    def _behind_value(self, text: str) -> tuple[int, str | None]:
        """Where the label at the end of a text begins, and its spelling, if it is known and no other part's."""
        words = list(_WORD.finditer(text))
        for at in range(max(0, len(words) - _LABEL_WORDS), len(words)):
            label = spelling(text[words[at].start() :])
            if label in self.fields:
                ahead = _bare(words[at - 1][0]) if at else ""
                if ahead in self._parts and _bare(words[at][0]) not in self._parts:
                    return words[at - 1].start(), None
                return words[at - 1 if ahead in self._product else at].start(), label
        named = [word for word in words[-_OTHERS_WORDS:] if _bare(word[0]) in self._parts]
        return next((word.start() for word in (*named, *words[-1:])), 0), None


def by_field(texts: Mapping[int, Mapping[str, str]]) -> dict[str, dict[int, str]]:
    """From the values of each text, by number and field, to those of each field, by number."""
    found: dict[str, dict[int, str]] = {}
    for number, values in texts.items():
        for field, value in values.items():
            found.setdefault(field, {})[number] = value
    return found


def _bare(word: str) -> str:
    return word.strip(_TRIMMED).lower()


def label_names(feed: Feed) -> dict[str, list[str]]:
    """What columns are called, without the prefix of unfolded keys -> the fields that they carry.

    >>> label_names(Feed(columns={"neck": ("neck_type", "spec.collar")}, specifications={"column": ["specs"]}))
    {'neck_type': ['neck'], 'collar': ['neck']}
    """
    prefix = f"{feed.specifications.prefix}." if feed.specifications else "\n"
    found: dict[str, list[str]] = {}
    for field, names in feed.columns.items():
        for name in names:
            found.setdefault(name.removeprefix(prefix), []).append(field)
    return found


def any_of(names: Iterable[str]) -> str:
    """A regular expression of names, longer ones first, written with any spaces, dashes or underscores."""
    words = {tuple(word for word in re.split(r"[\s_-]+", name.strip()) if word) for name in names}
    written = (r"[\s_-]*".join(re.escape(word) for word in each) for each in words if each)
    return "|".join(sorted(written, key=lambda each: (-len(each), each))) or "$."
