"""Lookups of parts: what was asked, when, how it ended, and who did not answer."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from pydantic import BaseModel, ConfigDict

ABANDONED: Final = "abandoned: whoever looked the part up was stopped before the end"
"""The reason of a session that nobody ended."""


class LookupStatus(StrEnum):
    """PARTIAL: there is a record, and a supplier is missing from it. FAILED: there is none."""

    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    PARTIAL = "PARTIAL"
    FAILED = "FAILED"

    @property
    def ended(self) -> bool:
        """Whether it stays as it is."""
        return self not in (LookupStatus.PENDING, LookupStatus.IN_PROGRESS)


class SupplierPart(BaseModel):
    """How one supplier answered for one part number of the chain."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    supplier: str
    part_number: str
    outcome: str
    reason: str = ""
    elapsed_s: float = 0.0


class LookupSession(BaseModel):
    """One lookup. reason: why it is PARTIAL or FAILED. from_cache: answered without asking anyone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session_id: str
    part_number: str
    status: LookupStatus
    started_at: datetime
    finished_at: datetime | None = None
    document_id: str | None = None
    suppliers: tuple[SupplierPart, ...] = ()
    reason: str = ""
    from_cache: bool = False


class LookupSessions(Protocol):
    """Where sessions are kept."""

    def write_session(self, session: LookupSession) -> None:
        """Keep the session's present state in place of its former one."""
        ...

    def close_abandoned(self, *, started_before: datetime, at: datetime) -> int:
        """Make FAILED, with the reason `ABANDONED`, what has not ended and began so long ago; how many."""
        ...
