"""A config file as it was written: every scalar with its spelling, every node with its file and line.

Readers of YAML and JSON build these nodes; nothing is resolved early, so that a legal value `28`, `No` or `12:30`
stays the text that was written, and every later complaint can name a line. Numbers, true, false and null are read
where a number, a truth value or nothing is expected, by the core schema of YAML 1.2 (which holds JSON's).
"""

import math
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Final

from attrgen_assets.errors import Problem

Step = str | int
Path = tuple[Step, ...]

_INT: Final = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_KEY: Final = re.compile(r"[A-Za-z0-9_-]+\Z")
_LINE_BREAK: Final = re.compile(r"\s")  # a path stays on one line
_SHOWN_CHARACTERS: Final = 60
_MAX_NUMBER_CHARACTERS: Final = 400  # Python refuses to read integers of 4300 digits and more


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value. `plain` says that it was written without quotes, so that it may be a number, a truth or null."""

    text: str
    plain: bool
    file: str
    line: int

    @property
    def is_null(self) -> bool:
        """Nothing, `~` or null, without quotes."""
        return self.plain and self.text in _NULL

    @property
    def truth(self) -> bool | None:
        """True or False where it was written as such, else None.

        >>> Scalar("true", True, "a.yaml", 1).truth, Scalar("yes", True, "a.yaml", 1).truth
        (True, None)
        """
        if not self.plain:
            return None
        return True if self.text in _TRUE else False if self.text in _FALSE else None

    @property
    def number(self) -> float | int | None:
        """The finite number that was written, else None: `1_000`, `12:30` and `"28"` are texts.

        >>> [Scalar(t, True, "a.yaml", 1).number for t in ("28", "4.5", "1e3", "0x10", "1_000", "12:30", "3XL")]
        [28, 4.5, 1000.0, 16, None, None, None]
        """
        if not self.plain or len(self.text) > _MAX_NUMBER_CHARACTERS:
            return None
        if _INT.match(self.text):
            return int(self.text, 0) if self.text[:2] in ("0o", "0x") else int(self.text)
        if _FLOAT.match(self.text) and math.isfinite(float(self.text)):
            return float(self.text)
        return None

    def __str__(self) -> str:
        text = self.text if len(self.text) <= _SHOWN_CHARACTERS else self.text[:_SHOWN_CHARACTERS] + "..."
        if self.is_null:
            return "nothing"
        return text if self.number is not None or self.truth is not None else repr(text)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping: where the key stands, and the node that it names."""

    file: str
    line: int
    node: "Node"


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys (always texts, as they were written) and their nodes, in order."""

    entries: Mapping[str, Entry]
    file: str
    line: int

    def __str__(self) -> str:
        return "a mapping" if self.entries else "an empty mapping"


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list of nodes. `written_at` has their positions in the file, where some items were taken out."""

    items: "tuple[Node, ...]"
    file: str
    line: int
    written_at: tuple[int, ...] | None = None

    @property
    def positions(self) -> Sequence[int]:
        """Where each item stands in the file."""
        return range(len(self.items)) if self.written_at is None else self.written_at

    def __str__(self) -> str:
        return "a list" if self.items else "an empty list"


@dataclass(frozen=True, slots=True)
class BrokenNode:
    """Something stood here that was refused already (an alias, a tag); nobody complains about it again."""

    file: str
    line: int


Node = Scalar | MappingNode | SequenceNode | BrokenNode


def render_path(path: Path) -> str:
    """How a key path is shown.

    >>> render_path(("attributes", "fabric", "sources", 0, "in")), render_path(("values", "Pure Silk"))
    ('attributes.fabric.sources[0].in', 'values."Pure Silk"')
    """
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step}]"
        else:
            cut = step if len(step) <= _SHOWN_CHARACTERS else step[:_SHOWN_CHARACTERS] + "..."
            shown += ("." if shown else "") + (
                cut if _PLAIN_KEY.match(cut) else '"' + _LINE_BREAK.sub(" ", cut.replace('"', "'")) + '"'
            )
    return shown


@dataclass(frozen=True, slots=True)
class At:
    """A place in a file: the file's tree and a path. Steps that the file does not have are passed over.

    Shorthands make such steps: `column: fabric` is read as `column: [fabric]`, so item 0 is the scalar itself.
    """

    root: Node
    path: Path = ()

    def __truediv__(self, step: Step | Path) -> "At":
        return At(self.root, (*self.path, *(step if isinstance(step, tuple) else (step,))))

    def find(self) -> tuple[Path, Node, int]:
        """The steps that exist, the node they lead to, and the line to name."""
        node, taken, line = self.root, [], self.root.line
        for step in self.path:
            found = _child(node, step)
            if found is not None:
                key, node, line = found
                taken.append(key)
        return tuple(taken), node, line

    def problem(self, message: str, *, found: str | None = None, help: str | None = None) -> Problem:
        """A problem at this place."""
        path, node, line = self.find()
        return Problem(node.file, line, render_path(path), message, found, help)

    def complain(self, message: str, *, help: str | None = None) -> Problem:
        """A problem at this place that shows what stands there."""
        return self.problem(message, found=str(self.find()[1]), help=help)


def _child(node: Node, step: Step) -> tuple[Step, Node, int] | None:
    """The child and the line to name: a container's own key rather than the line below it."""
    if isinstance(node, MappingNode):
        if isinstance(step, int):
            if step >= len(node.entries):
                return None
            step = list(node.entries)[step]
        entry = node.entries.get(step)
        if entry is None:
            return None
        return step, entry.node, entry.node.line if isinstance(entry.node, Scalar) and entry.node.text else entry.line
    if isinstance(node, SequenceNode):
        if isinstance(step, int):
            found = node.items[step] if step < len(node.items) else None
            return None if found is None else (node.positions[step], found, found.line)
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar) and item.text == step:
                return node.positions[index], item, item.line
    return None


def broken_places(node: Node, path: Path = ()) -> list[tuple[Path, Node]]:
    """Every broken node, and where it stands."""
    if isinstance(node, BrokenNode):
        return [(path, node)]
    if isinstance(node, MappingNode):
        children: list[tuple[Step, Node]] = [(key, entry.node) for key, entry in node.entries.items()]
    else:
        children = list(enumerate(node.items)) if isinstance(node, SequenceNode) else []
    return [place for step, child in children for place in broken_places(child, (*path, step))]


def without(node: Node, gone: Set[int]) -> Node:
    """The tree without the nodes of those ids (`id(node)`); items that stay remember their positions."""
    if isinstance(node, MappingNode):
        kept = {
            k: Entry(e.file, e.line, without(e.node, gone)) for k, e in node.entries.items() if id(e.node) not in gone
        }
        return MappingNode(kept, node.file, node.line)
    if isinstance(node, SequenceNode):
        stay = [
            (position, without(item, gone))
            for position, item in zip(node.positions, node.items, strict=True)
            if id(item) not in gone
        ]
        return SequenceNode(tuple(n for _, n in stay), node.file, node.line, tuple(p for p, _ in stay))
    return node


def to_data(node: Node) -> Any:
    """The tree as dicts and lists whose leaves are still scalars."""
    if isinstance(node, MappingNode):
        return {key: to_data(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [to_data(item) for item in node.items]
    return node


def to_plain(node: Node) -> Any:
    """The tree as JSON data by the core schema, as an editor's JSON Schema support sees it.

    >>> to_plain(SequenceNode(tuple(Scalar(t, True, "a.yaml", 1) for t in ("no", "28", "null", "true")), "a.yaml", 1))
    ['no', 28, None, True]
    """
    if isinstance(node, MappingNode):
        return {key: to_plain(entry.node) for key, entry in node.entries.items()}
    if isinstance(node, SequenceNode):
        return [to_plain(item) for item in node.items]
    if isinstance(node, BrokenNode) or node.is_null:
        return None
    if node.truth is not None:
        return node.truth
    return node.text if node.number is None else node.number
