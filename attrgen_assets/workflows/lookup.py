"""Look one part up: ask suppliers, fuse what they say, store the record, and keep a session of it all."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.sessions import LookupSession, LookupSessions, LookupStatus, SupplierPart
from attrgen_assets.domain.ports import MatchCache, RawResponseStore, SupplierGateway
from attrgen_assets.workflows.ask import PartAnswers, ask
from attrgen_assets.workflows.catalogue_part import CataloguedPart, CataloguePorts, catalogue_part


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupPorts:
    """What a lookup needs from outside. new_id: ids of sessions. now: UTC."""

    suppliers: SupplierGateway
    responses: RawResponseStore
    sessions: LookupSessions
    catalogue: CataloguePorts
    cache: MatchCache
    now: Callable[[], datetime]
    new_id: Callable[[], str]


class Lookup(BaseModel):
    """A finished lookup; `record` is None where it FAILED."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: LookupSession
    record: PartRecord | None = None


async def look_up(
    part_number: str, *, ports: LookupPorts, deadline_s: float, max_age_s: float = 3600.0, refresh: bool = False
) -> Lookup:
    """The record of a part, from the cache where a complete lookup is younger than `max_age_s`.

    A supplier that fails is part of the answer (PARTIAL); with no supplier that knows the part it is FAILED.
    Whatever breaks in between leaves a session that says FAILED, and is raised.

    Raises InvalidPartNumber; what the stores raise.
    """
    number = canonical_part_number(part_number)
    started = ports.now()
    session = LookupSession(
        session_id=ports.new_id(), part_number=number, status=LookupStatus.PENDING, started_at=started
    )
    if not refresh:
        known = await asyncio.to_thread(_remembered, number, ports, started - timedelta(seconds=max_age_s))
        if known is not None:
            done = {"from_cache": True, "session_id": session.session_id, "started_at": started}
            warm = known.session.model_copy(update=done | {"finished_at": ports.now()})
            await asyncio.to_thread(ports.sessions.write_session, warm)
            return Lookup(session=warm, record=known.record)
    await asyncio.to_thread(ports.sessions.write_session, session)
    session = session.model_copy(update={"status": LookupStatus.IN_PROGRESS})
    await asyncio.to_thread(ports.sessions.write_session, session)
    try:
        answers = await ask(number, suppliers=ports.suppliers, deadline_s=deadline_s, store=ports.responses)
        part = await catalogue_part(answers, ports=ports.catalogue, run_id=session.session_id)
        return await asyncio.to_thread(_finish, session, answers, part, ports)
    except BaseException as error:
        failed = {"status": LookupStatus.FAILED, "finished_at": ports.now(), "reason": type(error).__name__}
        await asyncio.to_thread(ports.sessions.write_session, session.model_copy(update=failed))
        raise


def _finish(session: LookupSession, answers: PartAnswers, part: CataloguedPart | None, ports: LookupPorts) -> Lookup:
    """Close the session; remember the answer where nothing is missing from it."""
    asked = _supplier_parts(answers)
    failed = [one for one in asked if one.outcome in ("failed", "skipped") or (one.outcome == "ok" and one.reason)]
    status = LookupStatus.FAILED if part is None else LookupStatus.PARTIAL if failed else LookupStatus.COMPLETED
    reason = "; ".join(f"{one.supplier}: {one.outcome}, {one.reason}" for one in failed)
    finished = session.model_copy(
        update={
            "status": status,
            "finished_at": ports.now(),
            "document_id": part.document["_id"] if part is not None else None,
            "suppliers": asked,
            "reason": reason or ("" if part is not None else "no supplier knows the part"),
        }
    )
    ports.sessions.write_session(finished)
    done = Lookup(session=finished, record=part.record if part is not None else None)
    if status is LookupStatus.COMPLETED:
        ports.cache.set_many({_key(session.part_number): done.model_dump_json().encode()})
    return done


def _supplier_parts(answers: PartAnswers) -> tuple[SupplierPart, ...]:
    return tuple(
        SupplierPart(
            supplier=one.supplier, part_number=number, outcome=one.outcome, reason=one.reason, elapsed_s=one.elapsed_s
        )
        for number, found in answers.answers.items()
        for one in found
    )


def _remembered(number: str, ports: LookupPorts, oldest: datetime) -> Lookup | None:
    """The last complete lookup; None where there is none, it is too old, or of another release."""
    (found,) = ports.cache.get_many([_key(number)])
    if found is None:
        return None
    try:
        known = Lookup.model_validate_json(found)
    except ValidationError:
        return None
    return known if known.session.finished_at is not None and known.session.finished_at >= oldest else None


def _key(number: str) -> str:
    return f"lookup:1:{number}"
