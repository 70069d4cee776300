"""What kind of thing a part is, by the head noun of its title."""

import re
from collections.abc import Iterable
from typing import Any, Final

_END: Final = re.compile(r",|;|\(|\[| - |\b(?:for|with|of|from|fits|by|compatible|replaces)\b|\bw/", re.IGNORECASE)
_JOINED: Final = re.compile(r"\s+and\s+|\s*&\s*|\s*\+\s*|/", re.IGNORECASE)
_NO_KIND: Final = frozenset(
    "assembly assy asm kit set pack pair part parts replacement unit component accessory new oem genuine".split()
)
"""Words that say in what form something is sold, not what it is: a knob assembly is a knob."""


def kind_of_part(title: Any, category: Any) -> tuple[str, ...]:
    """The head nouns of a title, lower case: one for each thing of "panel and knob"; of the category where there is no
    title. In English the last word of a compound is the head: an ice bin auger motor is a motor.

    >>> kind_of_part("GE Ice Bin Auger Motor WR60X10074", None), kind_of_part("GASKET-DOOR, FF", None)
    (('motor',), ('gasket',))
    >>> kind_of_part("Control Panel and Knob Assembly", None), kind_of_part(None, "Door Seals")
    (('panel', 'knob'), ('seals',))
    """
    for text in (title, category):
        things = _JOINED.split(_END.split(str(text or ""), maxsplit=1)[0])
        heads = tuple(head for head in map(_head, things) if head)
        if heads:
            return heads
    return ()


def matching_word(kind: Iterable[str], words: Iterable[str]) -> str:
    """Of the words one that the part is, in whichever number; empty unless each of its head nouns is one of them.

    >>> matching_word(("shelves",), ("seal", "shelf")), matching_word(("panel", "knob"), ("knob",))
    ('shelf', '')
    """
    forms = {form: word for word in words for form in _forms(word)}
    found = [forms.get(head, "") for head in kind]
    return found[0] if found and all(found) else ""


def _head(text: str) -> str:
    """The last word that is no number and says what the thing is; of "gasket-door" the first part."""
    words = [word for word in text.lower().split() if word.strip("-.") and not re.search(r"\d", word)]
    while words and words[-1] in _NO_KIND:
        words.pop()
    return re.split(r"[^a-z]+", words[-1].strip("-.\"'"))[0] if words else ""


def _forms(word: str) -> tuple[str, ...]:
    plural = f"{word[:-1]}ves" if word.endswith("f") else f"{word}es"
    return word, f"{word}s", plural
