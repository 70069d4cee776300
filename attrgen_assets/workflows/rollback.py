"""Go back to a former state of a document, as a new version."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from attrgen_assets.domain.documents.identity import document_id
from attrgen_assets.domain.ports import Document, DocumentStore, Override
from attrgen_assets.domain.versions.diff import DocumentDiff
from attrgen_assets.workflows.history import VersionStore, diff_versions

_OF_THE_STATE = ("version", "created_at")  # put there by the store


class RollbackStore(VersionStore, DocumentStore, Protocol):
    """Documents, their states, and corrections."""

    def add_override(self, override: Override) -> None:
        """Record a correction; it is in force from then on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RollbackReport:
    """What going back did. version: the new one, None where the current state was the wanted one already.

    diff: from the state before to the present one. kept: attributes that later runs leave as they now are.
    """

    document: Document
    version: int | None
    diff: DocumentDiff
    kept: tuple[str, ...]


def roll_back(
    product_type: str,
    sku: str,
    version: int,
    *,
    store: RollbackStore,
    by: str,
    why: str,
    now: datetime,
    keep: bool = False,
) -> RollbackReport:
    """Make the content of a former state the current one, as a new version; nothing is deleted.

    keep: also record the values that this brings back as those of a person, so that no later run changes them. Without
    it the next run may: it says again what the sources say.

    Raises NotFoundError where the document has no such state; StoreUnavailable, StorageFull.
    """
    wanted, current, _ = diff_versions(product_type, sku, version, None, store=store)
    _, _, backwards = diff_versions(product_type, sku, current["version"], version, store=store)
    # A value that was not found then is nobody's to insist on.
    said = [change for change in backwards.attributes if change.value_changed and change.after.status != "NOT_FOUND"]
    kept = tuple(change.attribute for change in said) if keep else ()
    for name in kept:
        value = wanted["attributes"].get(name, {}).get("value")
        store.add_override(
            Override(product_type=product_type, sku=sku, attribute=name, value=value, by=by, at=now, reason=why)
        )
    document = {key: value for key, value in wanted.items() if key not in _OF_THE_STATE} | {
        "_id": document_id(product_type, sku),
        "updated_at": now,
        "change": {"by": by, "why": why or f"back to version {version}", "back_to": version},
    }
    report = store.write_documents([document])
    return RollbackReport(
        document=document,
        version=current["version"] + 1 if report.changed else None,
        diff=backwards,
        kept=kept,
    )
