"""JSON to a tree of nodes with lines; numbers keep their spelling, a key that comes twice is found."""

import json
import re
from typing import Final, NoReturn

from attrgen_assets.adapters.config_files.bytes_of import has_control
from attrgen_assets.adapters.config_files.limits import MAX_DEPTH, UnreadableFileError
from attrgen_assets.domain.product_types.nodes import BrokenNode, Entry, MappingNode, Node, Scalar, SequenceNode
from attrgen_assets.errors import Problem

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_BARE: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")


def parse_json(text: str, *, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a JSON file, and the keys that came twice; no tree for an empty file.

    Raises UnreadableFileError where the text is not JSON.
    """
    parser = _Parser(text, shown)
    if parser.next() == "":
        return None, []
    root = parser.node(1)
    if parser.next() != "":
        parser.fail("not JSON: something follows the end")
    return root, parser.problems


class _Parser:
    """A cursor over the text. Lines are counted as it moves on."""

    def __init__(self, text: str, shown: str) -> None:
        self.text, self.shown = text, shown
        self.position, self.line = 0, 1
        self.problems: list[Problem] = []

    def fail(self, message: str, help: str | None = None) -> NoReturn:
        found = repr(self.text[self.position : self.position + 20]) if self.position < len(self.text) else "the end"
        raise UnreadableFileError(Problem(self.shown, self.line, "", message, found, help))

    def next(self) -> str:
        """Skip spaces; the next character, "" at the end."""
        space = _SPACE.match(self.text, self.position)
        if space:
            self.line += space[0].count("\n")
            self.position = space.end()
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> None:
        if self.next() != character:
            self.fail(f"not JSON: {character!r} expected")
        self.position += 1

    def node(self, depth: int) -> Node:
        """The node at the cursor. Recursion is bounded by MAX_DEPTH."""
        if depth > MAX_DEPTH:
            self.fail("nested too deeply", f"at most {MAX_DEPTH} levels")
        first, line = self.next(), self.line
        if first == "{":
            return MappingNode(self.entries(depth), self.shown, line)
        if first == "[":
            return SequenceNode(self.items(depth), self.shown, line)
        if first == '"':
            text = self.string()
            if not has_control(text):
                return Scalar(text, False, self.shown, line)
            message = "a control character does not belong in a text of a config"
            self.problems.append(Problem(self.shown, line, "", message, ascii(text[:60])))
            return BrokenNode(self.shown, line)
        bare = _BARE.match(self.text, self.position)
        if bare is None:
            self.fail("not JSON: a value expected")
        self.position = bare.end()
        return Scalar(bare[0], True, self.shown, line)

    def string(self) -> str:
        found = _STRING.match(self.text, self.position) if self.next() == '"' else None
        if found is None:
            self.fail("not JSON: a text in double quotes expected")
        try:
            text = str(json.loads(found[0], strict=False))
        except ValueError:
            self.fail("not JSON: an unknown escape in a text")
        self.position = found.end()
        return text

    def items(self, depth: int) -> tuple[Node, ...]:
        self.take("[")
        items: list[Node] = []
        while self.next() != "]":
            if items:
                self.take(",")
            items.append(self.node(depth + 1))
        self.take("]")
        return tuple(items)

    def entries(self, depth: int) -> dict[str, Entry]:
        self.take("{")
        entries: dict[str, Entry] = {}
        count = 0
        while self.next() != "}":
            if count:
                self.take(",")
            self.next()
            line, key = self.line, self.string()
            self.take(":")
            self.add(entries, key, Entry(self.shown, line, self.node(depth + 1)))
            count += 1
        self.take("}")
        return entries

    def add(self, entries: dict[str, Entry], key: str, entry: Entry) -> None:
        if has_control(key):
            message = "a control character does not belong in a key"
            self.problems.append(Problem(self.shown, entry.line, "", message, ascii(key[:60])))
        elif key in entries:
            help = f"first on line {entries[key].line}"
            self.problems.append(Problem(self.shown, entry.line, "", "the same key twice", repr(key), help))
        else:
            entries[key] = entry
