"""The states of a document: who made them, why, and what each changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.ports import Document
from attrgen_assets.domain.versions.diff import DocumentDiff, document_diff
from attrgen_assets.errors import NotFoundError


class VersionStore(Protocol):
    """Documents with their former states."""

    def list_versions(self, document_id: str) -> list[Document]:
        """The states of a document without their content, newest first."""
        ...

    def get_version(self, document_id: str, version: int) -> Document:
        """A state of a document; raises NotFoundError."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One state. previous: the number of the one before, None for the first. changed: attributes and blocks."""

    version: int
    previous: int | None
    at: datetime
    by: str
    why: str
    config_version: str
    run_id: str
    changed: tuple[str, ...]


def history(product_type: str, sku: str, *, store: VersionStore, limit: int = 0) -> list[HistoryEntry]:
    """The states of a document, newest first; at most `limit` of them, 0 for all.

    Raises NotFoundError where there is no such document.
    """
    key = document_id(product_type, sku)
    states = store.list_versions(key)
    if not states:
        raise NotFoundError(f"there is no document {key!r}; `attrgen search` finds what is stored")
    shown = states[:limit] if limit else states
    entries = []
    after = store.get_version(key, shown[0]["version"])
    for place, state in enumerate(shown):
        earlier = states[place + 1]["version"] if place + 1 < len(states) else None
        before = store.get_version(key, earlier) if earlier is not None else {"attributes": {}, "missing": []}
        entries.append(_entry(state, earlier, document_diff(before, after)))
        after = before
    return entries


def diff_versions(
    product_type: str, sku: str, first: int, second: int | None, *, store: VersionStore
) -> tuple[Document, Document, DocumentDiff]:
    """Two states and what differs between them; `second` None: the current one.

    Raises NotFoundError where the document has no such state, naming those it has.
    """
    key = document_id(product_type, sku)
    numbers = [state["version"] for state in store.list_versions(key)]
    if not numbers:
        raise NotFoundError(f"there is no document {key!r}; `attrgen search` finds what is stored")
    wanted = (first, numbers[0] if second is None else second)
    for number in wanted:
        if number not in numbers:
            raise NotFoundError(f"{key} has no version {number}; it has {_ranges(numbers)}")
    before, after = (store.get_version(key, number) for number in wanted)
    return before, after, document_diff(before, after)


def _entry(state: Document, earlier: int | None, found: DocumentDiff) -> HistoryEntry:
    change = state.get("change") or {}
    return HistoryEntry(
        version=state["version"],
        previous=earlier,
        at=state["updated_at"],
        by=change.get("by") or f"run {state.get('run_id', '')[:8]}".strip(),
        why=change.get("why") or ("first state" if earlier is None else "new feed or config"),
        config_version=state.get("config_version", ""),
        run_id=state.get("run_id", ""),
        changed=found.names,
    )


def _ranges(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    whole = len(numbers) == high - low + 1
    return f"{low} to {high}" if whole and low < high else ", ".join(map(str, sorted(numbers)))
