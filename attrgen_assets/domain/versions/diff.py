"""What differs between two states of a document."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

BLOCKS: Final = ("specifications", "content", "images")
"""What documents of parts have beside their attributes."""

_EMPTY: Final[Mapping[str, Any]] = {"value": None, "status": "NOT_FOUND", "confidence": None, "provenance": None}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class State(_Frozen):
    """An attribute in one state of a document. source: who says so, or the field it was found in; method: how."""

    value: Any = None
    status: str = "NOT_FOUND"
    confidence: float | None = None
    source: str = ""
    method: str = ""


class Change(_Frozen):
    """An attribute that differs. value_changed: its value or status, and not its confidence and source alone."""

    attribute: str
    before: State
    after: State

    @property
    def value_changed(self) -> bool:
        """Whether the two states say something else of the product."""
        return (self.before.value, self.before.status) != (self.after.value, self.after.status)


class BlockChange(_Frozen):
    """An entry of a block that differs, such as a line of the specification table; None where it is not there."""

    block: str
    entry: str
    before: Any = None
    after: Any = None


class DocumentDiff(_Frozen):
    """All that differs: attributes in alphabetical order, entries of blocks, what is missing."""

    attributes: tuple[Change, ...] = ()
    blocks: tuple[BlockChange, ...] = ()
    missing_before: tuple[str, ...] = ()
    missing_after: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether the two states are the same."""
        return not self.attributes and not self.blocks and self.missing_before == self.missing_after

    @property
    def names(self) -> tuple[str, ...]:
        """Attributes whose value changed, and blocks that did: a history's line."""
        changed = [change.attribute for change in self.attributes if change.value_changed]
        return (*changed, *dict.fromkeys(change.block for change in self.blocks))


def document_diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> DocumentDiff:
    """What differs between two documents, of any product type.

    >>> red = {"value": "Red", "status": "FOUND", "confidence": 1.0, "provenance": None}
    >>> document_diff({"attributes": {"color": red}, "missing": []}, {"attributes": {}, "missing": []}).names
    ('color',)
    """
    old, new = before["attributes"], after["attributes"]
    changes = [
        Change(attribute=name, before=_state(old.get(name)), after=_state(new.get(name)))
        for name in sorted(old.keys() | new.keys())
    ]
    return DocumentDiff(
        attributes=tuple(change for change in changes if change.before != change.after),
        blocks=tuple(
            change for block in BLOCKS for change in _block_changes(block, before.get(block), after.get(block))
        ),
        missing_before=tuple(sorted(before["missing"])),
        missing_after=tuple(sorted(after["missing"])),
    )


def _state(entry: Mapping[str, Any] | None) -> State:
    found = entry or _EMPTY
    provenance = found["provenance"] or {}
    return State(
        value=found["value"],
        status=found["status"],
        confidence=found["confidence"],
        source=provenance.get("field") or "",
        method=provenance.get("method") or "",
    )


def _block_changes(block: str, before: Any, after: Any) -> Sequence[BlockChange]:
    old, new = _entries(before), _entries(after)
    return [
        BlockChange(block=block, entry=name, before=old.get(name), after=new.get(name))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]


def _entries(block: Any) -> dict[str, Any]:
    """The entries of a block by name: the lines of a table, else its keys."""
    if not isinstance(block, Mapping):
        return {}
    if isinstance(block.get("rows"), Sequence):
        return {row["name"]: row for row in block["rows"]}
    return dict(block)
