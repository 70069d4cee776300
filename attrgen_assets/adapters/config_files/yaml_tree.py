"""YAML to a tree of nodes, from the parser's events: nothing is constructed, expanded or resolved.

Anchors, aliases and tags are refused where they stand, and the rest of the file is still read.
"""

from collections.abc import Iterator
from typing import Any, Final

import yaml

from attrgen_assets.adapters.config_files.bytes_of import has_control
from attrgen_assets.adapters.config_files.limits import MAX_DEPTH, UnreadableFileError
from attrgen_assets.domain.product_types.nodes import BrokenNode, Entry, MappingNode, Node, Scalar, SequenceNode
from attrgen_assets.errors import Problem

# libyaml's parser takes a tenth of the time; the one written in Python gives the same events.
_LOADER: Final[Any] = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
_SHARE: Final = "write the values once under `vocabularies`, or a common file once and name it in `extends`"


def parse_yaml(text: str, *, shown: str) -> tuple[Node | None, list[Problem]]:
    """The tree of the only document of a file, and what was refused on the way; no tree for a file of comments.

    Raises UnreadableFileError where the text is not YAML.
    """
    builder = _Builder(shown)
    try:
        return builder.document(yaml.parse(text, Loader=_LOADER)), builder.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        said = " ".join(str(part) for part in (error.context, error.problem) if part)
        raise UnreadableFileError(Problem(shown, line, "", f"not YAML: {said}")) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError, OverflowError: PyYAML's own reading of \\U escapes beyond Unicode
        raise UnreadableFileError(Problem(shown, None, "", f"not YAML: {' '.join(str(error).split())}")) from error


class _Builder:
    """Builds nodes from events, and notes what it refuses."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.problems: list[Problem] = []

    def note(self, event: Any, message: str, found: str | None = None, help: str | None = None) -> None:
        self.problems.append(Problem(self.shown, event.start_mark.line + 1, "", message, found, help))

    def document(self, events: Iterator[Any]) -> Node | None:
        root: Node | None = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self.note(event, "a second document in one file", help="one file holds one config, without `---`")
                    return root
            elif not isinstance(event, yaml.StreamStartEvent | yaml.StreamEndEvent | yaml.DocumentEndEvent):
                root = self.node(event, events, 1)
        empty = isinstance(root, Scalar) and root.text == "" and root.plain
        return None if empty else root

    def node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        """The node that starts with `event`. Recursion is bounded by MAX_DEPTH."""
        line = event.start_mark.line + 1
        if depth > MAX_DEPTH:
            problem = Problem(self.shown, line, "", "nested too deeply", None, f"at most {MAX_DEPTH} levels")
            raise UnreadableFileError(problem)
        if isinstance(event, yaml.AliasEvent):
            self.note(event, "aliases are not read", f"*{event.anchor}", _SHARE)
            return BrokenNode(self.shown, line)
        refused = self.refuses(event)
        node: Node
        if isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                items.append(self.node(event, events, depth + 1))
            node = SequenceNode(tuple(items), self.shown, line)
        elif isinstance(event, yaml.MappingStartEvent):
            node = MappingNode(self.entries(events, depth), self.shown, line)
        else:
            node = Scalar(event.value, bool(event.implicit[0]) and not event.style, self.shown, line)
            if has_control(event.value):
                self.note(event, "a control character does not belong in a text of a config", repr(event.value[:60]))
                refused = True
        return BrokenNode(self.shown, line) if refused else node

    def refuses(self, event: Any) -> bool:
        """Whether the node carries an anchor (noted, but harmless by itself) or a tag (the node is dropped)."""
        if event.anchor is not None:
            self.note(event, "anchors are not read", f"&{event.anchor}", _SHARE)
        if event.tag is not None:
            self.note(event, "tags are not read", event.tag, "quote a text that should stay a text")
            return True
        return False

    def entries(self, events: Iterator[Any], depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self.node(event, events, depth + 1)
            value = self.node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                if not isinstance(key, BrokenNode):
                    self.note(event, "a key must be a text", str(key))
            elif key.text in entries:
                self.note(event, "the same key twice", repr(key.text), f"first on line {entries[key.text].line}")
            else:
                entries[key.text] = Entry(self.shown, key.line, value)
        return entries
