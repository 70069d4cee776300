"""What suppliers answered: every response as it came, and one answer per supplier."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from attrgen_assets.domain.parts.claims import Claim

PARSER_VERSION: Final = 1
"""Of what turns a response into claims; raised with every change that makes other claims of the same response."""

Outcome = Literal["ok", "not_found", "failed", "skipped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawResponse:
    """One response, or the lack of one, to one attempt at one request.

    part_number: that was asked for. asked_at: when the supplier was first asked for it, the same for all responses
    of one answer. page: of a paged endpoint, from 1. status: HTTP status; None where none came.
    headers: less secrets. body: as text, less secrets; cut where it was too large (error says so).
    latency_s: from sending to the last byte. attempt: from 1. error: why this attempt failed, None where it did not.
    place: who was asked, by address: what a sandbox says is not what the supplier says.
    """

    supplier: str
    endpoint: str
    part_number: str
    received_at: datetime
    asked_at: datetime
    latency_s: float
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    page: int = 1
    attempt: int = 1
    parser_version: int = PARSER_VERSION
    error: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierAnswer:
    """All that one supplier said when asked for one part.

    reason: why it failed or was skipped, and for `ok` what is missing from a partial answer; empty for a whole one.
    superseded_by: the part number that the supplier sells instead. discontinued: it says that this one is no more.
    elapsed_s: from asking to having all, waits included. place: as in its responses; empty where nobody can be asked.
    """

    supplier: str
    part_number: str
    outcome: Outcome
    reason: str = ""
    responses: tuple[RawResponse, ...] = ()
    claims: tuple[Claim, ...] = ()
    superseded_by: str | None = None
    discontinued: bool = False
    elapsed_s: float = 0.0
    place: str = ""

    @property
    def whole(self) -> bool:
        """Whether the supplier said all that it has to say.

        >>> SupplierAnswer(supplier="a", part_number="A1", outcome="ok", reason="images: HTTP 500").whole
        False
        """
        return self.outcome in ("ok", "not_found") and not self.reason
