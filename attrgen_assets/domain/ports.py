"""What workflows need from the outside, as protocols; adapters satisfy them without importing anything back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from attrgen_assets.domain.documents.search import Position, Search, SearchPage
from attrgen_assets.domain.parts.responses import RawResponse, SupplierAnswer

Document = dict[str, Any]
"""A document as it is stored; see domain/documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreReport:
    """What one write of documents did; new + changed + unchanged = documents given."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "StoreReport") -> "StoreReport":
        return StoreReport(
            new=self.new + other.new, changed=self.changed + other.changed, unchanged=self.unchanged + other.unchanged
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A correction by a person: on every run, this SKU's attribute has this value (None: NOT_APPLICABLE).

    With `entry_id` it gives an SKU (as `sku` and as `value` of the attribute `sku`) to the quarantined row of that id.
    """

    product_type: str
    sku: str
    attribute: str
    value: Any
    by: str
    at: datetime
    reason: str = ""
    entry_id: str | None = None


class MatchCache(Protocol):
    """Matches remembered between runs. A cache that is down answers None for every key and never raises."""

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order; None where nothing is remembered."""
        ...

    def set_many(self, items: Mapping[str, bytes]) -> None:
        """Remember; silently nothing where the cache is down."""
        ...


class DocumentStore(Protocol):
    """Documents and their former states."""

    def content_hashes(self, product_type: str) -> Mapping[str, str]:
        """{sku: content_hash} of what is stored; a stream read, 500,000/s."""
        ...

    def write_documents(self, documents: Iterable[Document]) -> StoreReport:
        """Insert new ones, replace changed ones after keeping their former state; idempotent, safe to kill."""
        ...

    def write_run_report(self, report: Document) -> None:
        """Record what a step of a run did: run_id, product_type, step, at, and counts."""
        ...


class DocumentSearch(Protocol):
    """Stored documents, found by words and conditions."""

    def search_documents(self, search: Search, *, after: Position | None, limit: int) -> SearchPage:
        """At most `limit` documents behind a place in the search's order, from the start where `after` is None."""
        ...


class RunReports(Protocol):
    """What runs did, as they recorded it."""

    def run_reports(
        self, product_type: str | None = None, *, step: str | None = None, limit: int = 20
    ) -> Iterator[Document]:
        """Reports of one product type or all, of one step or all; newest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineReport:
    """The quarantine of a product type after a run: entries open now, those among them that are new, and resolved."""

    open: int = 0
    new: int = 0
    resolved: int = 0


class QuarantineStore(Protocol):
    """Refused rows that wait for a person."""

    def replace_open(self, product_type: str, entries: Iterable[Document], *, seen_at: datetime) -> QuarantineReport:
        """Make `entries` the open ones of the type; those no longer refused become resolved, none is deleted."""
        ...


class OverrideStore(Protocol):
    """Corrections by people."""

    def overrides(self, product_type: str) -> Sequence[Override]:
        """All corrections in force, the latest per (sku, attribute)."""
        ...


class QuarantineDesk(Protocol):
    """Where people work on refused rows: the entries, the corrections, and the documents that come of them."""

    def find_quarantine(self, prefix: str, *, limit: int) -> list[Document]:
        """Entries of any status whose id begins with `prefix`, in the order of their ids, at most `limit`."""
        ...

    def list_quarantine(
        self, product_type: str | None = None, *, statuses: Sequence[str], reason: str | None, sku: str | None
    ) -> Iterator[Document]:
        """Entries in the order of their ids."""
        ...

    def release_quarantine(self, entry_id: str, *, by: str, at: datetime, reason: str) -> Document:
        """Take an entry from the open ones; the next run decides whether it is resolved. Idempotent."""
        ...

    def overrides(self, product_type: str) -> Sequence[Override]:
        """All corrections in force, the latest per (sku, attribute)."""
        ...

    def add_override(self, override: Override) -> None:
        """Record a correction; it is in force from then on."""
        ...

    def get_document(self, document_id: str) -> Document:
        """A document as it is stored; raises NotFoundError."""
        ...

    def write_documents(self, documents: Iterable[Document]) -> StoreReport:
        """Insert new ones, replace changed ones after keeping their former state; idempotent, safe to kill."""
        ...


class ProposalDesk(Protocol):
    """Where people accept values that are not sure enough without them."""

    def documents_with_proposals(self, product_type: str, *, attribute: str | None, limit: int) -> Iterator[Document]:
        """Stored documents (sku, title, refusals) with a proposal, by SKU; at most `limit`, 0 for all."""
        ...

    def get_document(self, document_id: str) -> Document:
        """A document as it is stored; raises NotFoundError."""
        ...

    def add_override(self, override: Override) -> None:
        """Record a correction; it is in force from then on."""
        ...


class TableWriter(Protocol):
    """Takes frames of one table, in order; nothing is visible before `close`, and an error leaves the former table."""

    def write(self, frame: pl.DataFrame) -> None:
        """Append the frame's rows."""
        ...


class TableStore(Protocol):
    """Tables between steps, one per (table, product type). Replaced as a whole, atomically."""

    def writer(self, *tables: str, product_type: str) -> AbstractContextManager[tuple[TableWriter, ...]]:
        """Writers of one or more tables, put in place together when the block ends without an error."""
        ...

    def scan(self, table: str, *, product_type: str) -> pl.LazyFrame:
        """The table, lazily; raises NotFoundError when it was never written."""
        ...

    def read_batches(self, table: str, *, product_type: str, batch_rows: int) -> Iterator[pl.DataFrame]:
        """The table's rows in order, at most `batch_rows` at a time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedInfo:
    """What a reader has read so far, and what a person should know of it."""

    files: tuple[str, ...] = ()
    newest_mtime: float | None = None  # seconds since 1970; None where the source has no such time
    notes: tuple[str, ...] = ()


class FeedReader(Protocol):
    """Rows of a feed, in batches, in order. Reading twice gives the same rows."""

    def read_batches(self, *, batch_rows: int) -> Iterator[pl.DataFrame]:
        """Frames as `domain.tables` describes RAW, without `sku` (mapping is not the reader's work).

        Columns may differ between frames (files of a glob, keys of JSON lines): one that a frame lacks is null there.
        A source with columns and no rows gives one frame without rows; rows come at most `batch_rows` at a time.
        """
        ...

    def info(self) -> FeedInfo:
        """Files, times and notes; complete after the last batch."""
        ...


class SupplierGateway(Protocol):
    """The suppliers of parts."""

    @property
    def places(self) -> Mapping[str, str]:
        """Per supplier who is asked in its name, by address; empty where nobody can be asked."""
        ...

    async def ask_all(self, part_number: str, *, deadline_s: float, patience_s: float = 0.0) -> list[SupplierAnswer]:
        """One answer per supplier, in the order of their names; asked in parallel, and none takes longer than this.

        `patience_s` on top may be spent on waiting for a turn, where a supplier takes so many requests a second.
        A supplier that fails is an answer that says so. Raises InvalidPartNumber for a text that is none.
        """
        ...


class RawResponseStore(Protocol):
    """Every response of every supplier, as it came."""

    def write_responses(self, responses: Iterable[RawResponse]) -> int:
        """Keep them; how many. Each belongs to one attempt, and is kept once however often it is written."""
        ...

    def responses_of(
        self, part_number: str, *, places: Mapping[str, str] | None = None, since: datetime | None = None
    ) -> Sequence[RawResponse]:
        """Those that make the suppliers' present answers (`present_answers`), by supplier, in the order they came.

        places: per supplier whose answers count; None: whoever was asked last. since: older ones do not count.
        """
        ...
