"""Look one part up: ask suppliers, fuse what they say, store the record, and keep a session of it all."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError
from xxhash import xxh3_128_hexdigest

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.record import PartRecord
from attrgen_assets.domain.parts.sessions import LookupSession, LookupSessions, LookupStatus, SupplierPart
from attrgen_assets.domain.parts.supersession import SupersessionChain
from attrgen_assets.domain.parts.supplier_config import SupplierConfig
from attrgen_assets.domain.ports import MatchCache, RawResponseStore, SupplierGateway
from attrgen_assets.workflows.ask import Former, PartAnswers, ask
from attrgen_assets.workflows.catalogue_part import CataloguedPart, CataloguePorts, catalogue_part
from attrgen_assets.workflows.flights import Flights

ABANDONED_AFTER_S: Final = 900.0
"""A session that has not ended by then never will: several times the longest deadline of the command line."""


class Lookup(BaseModel):
    """A finished lookup; `record` is None where it FAILED. content_hash: of the document that it became."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session: LookupSession
    record: PartRecord | None = None
    content_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupPorts:
    """What a lookup needs from outside.

    configs: of the suppliers by name, to read what they said before. new_id: ids of sessions. now: UTC.
    flights: lookups that are under way.
    """

    suppliers: SupplierGateway
    configs: Mapping[str, SupplierConfig]
    responses: RawResponseStore
    sessions: LookupSessions
    catalogue: CataloguePorts
    cache: MatchCache
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    flights: Flights[Lookup] = field(default_factory=Flights)


async def look_up(
    part_number: str, *, ports: LookupPorts, deadline_s: float, max_age_s: float = 3600.0, refresh: bool = False
) -> Lookup:
    """The record of a part, from the cache where a complete lookup is younger than `max_age_s`.

    A supplier that fails is part of the answer (PARTIAL); with no supplier that knows the part it is FAILED.
    Of lookups of one part at once, by these ports, one asks and the others wait for its answer.
    Whatever breaks in between leaves a session that says FAILED, and is raised.

    Raises InvalidPartNumber; what the stores raise.
    """
    number = canonical_part_number(part_number)
    started = ports.now()
    session = LookupSession(
        session_id=ports.new_id(), part_number=number, status=LookupStatus.PENDING, started_at=started
    )
    oldest = None if refresh else started - timedelta(seconds=max_age_s)
    known = await asyncio.to_thread(_remembered, number, ports, oldest)
    if known is not None:
        return await asyncio.to_thread(_shared, session, known, ports)
    try:
        await asyncio.to_thread(ports.sessions.write_session, session)
        session = session.model_copy(update={"status": LookupStatus.IN_PROGRESS})
        await asyncio.to_thread(ports.sessions.write_session, session)
        found, ours = await ports.flights.join(
            (number, deadline_s), lambda: _asked(session, ports, deadline_s=deadline_s, oldest=oldest)
        )
        return found if ours else await asyncio.to_thread(_shared, session, found, ports)
    except BaseException as error:
        failed = {"status": LookupStatus.FAILED, "finished_at": ports.now(), "reason": type(error).__name__}
        await asyncio.to_thread(ports.sessions.write_session, session.model_copy(update=failed))
        raise


def close_abandoned(sessions: LookupSessions, *, now: datetime) -> int:
    """End the sessions of lookups that were killed, as FAILED; how many there were. Raises what the store raises."""
    return sessions.close_abandoned(started_before=now - timedelta(seconds=ABANDONED_AFTER_S), at=now)


async def _asked(session: LookupSession, ports: LookupPorts, *, deadline_s: float, oldest: datetime | None) -> Lookup:
    known = await asyncio.to_thread(_remembered, session.part_number, ports, oldest)
    if known is not None:  # another lookup ended after we looked
        return await asyncio.to_thread(_shared, session, known, ports)
    since = ports.now() - timedelta(days=ports.catalogue.rules.former_answers_days)
    answers = await ask(
        session.part_number,
        suppliers=ports.suppliers,
        deadline_s=deadline_s,
        store=ports.responses,
        former=Former(responses=ports.responses, configs=ports.configs, since=since),
    )
    part = await catalogue_part(answers, ports=ports.catalogue, run_id=session.session_id)
    return await asyncio.to_thread(_finish, session, answers, part, ports)


def _shared(session: LookupSession, known: Lookup, ports: LookupPorts) -> Lookup:
    """The answer of another lookup as this one's."""
    own = {"from_cache": True, "session_id": session.session_id, "started_at": session.started_at}
    done = known.session.model_copy(update=own | {"finished_at": ports.now()})
    ports.sessions.write_session(done)
    return known.model_copy(update={"session": done})


def _finish(session: LookupSession, answers: PartAnswers, part: CataloguedPart | None, ports: LookupPorts) -> Lookup:
    """Close the session; remember the answer where nothing is missing from it."""
    asked = _supplier_parts(answers)
    failed = [one for one in asked if one.outcome in ("failed", "skipped") or one.reason]
    reasons = [f"{one.supplier}: {one.outcome}, {one.reason}" for one in failed]
    if answers.chain.end == "out_of_time":
        reasons.append(f"no time was left to ask for the successor of {answers.chain.part_number}")
    status = LookupStatus.FAILED if part is None else LookupStatus.PARTIAL if reasons else LookupStatus.COMPLETED
    finished = session.model_copy(
        update={
            "status": status,
            "finished_at": ports.now(),
            "document_id": part.document["_id"] if part is not None else None,
            "suppliers": asked,
            "reason": "; ".join(reasons) or ("" if part is not None else _nothing(answers)),
        }
    )
    ports.sessions.write_session(finished)
    done = Lookup(
        session=finished,
        record=part.record if part is not None else None,
        content_hash=part.document["content_hash"] if part is not None else None,
    )
    if status is LookupStatus.COMPLETED:
        both = _both(done, answers.chain)
        ports.cache.set_many({_key(one.session.part_number, ports): one.model_dump_json().encode() for one in both})
    return done


def _nothing(answers: PartAnswers) -> str:
    """Why there is no record although every supplier answered."""
    said = any(answer.claims for answer in answers.current)
    return "nothing that suppliers say of the part can be used" if said else "no supplier knows the part"


def _both(done: Lookup, chain: SupersessionChain) -> tuple[Lookup, ...]:
    """The answer, and where the part was replaced, the same as the answer to the number that is sold."""
    record = done.record
    if record is None or not chain.steps or chain.end != "current":
        return (done,)
    parts = tuple(one for one in done.session.suppliers if one.part_number == record.mpn)
    session = done.session.model_copy(update={"part_number": record.mpn, "suppliers": parts})
    own = record.model_copy(update={"part_number": record.mpn, "chain": (record.mpn,)})
    return done, done.model_copy(update={"session": session, "record": own})


def _supplier_parts(answers: PartAnswers) -> tuple[SupplierPart, ...]:
    return tuple(
        SupplierPart(
            supplier=one.supplier, part_number=number, outcome=one.outcome, reason=one.reason, elapsed_s=one.elapsed_s
        )
        for number, found in answers.answers.items()
        for one in found
    )


def _remembered(number: str, ports: LookupPorts, oldest: datetime | None) -> Lookup | None:
    """The last complete lookup.

    None where there is none, it is too old (always without `oldest`), or of another release; and where the document
    was changed since, by a correction, a rollback or a run: what is stored is what is true.
    """
    if oldest is None:
        return None
    (found,) = ports.cache.get_many([_key(number, ports)])
    if found is None:
        return None
    try:
        known = Lookup.model_validate_json(found)
    except ValidationError:
        return None
    if known.session.finished_at is None or known.session.finished_at < oldest:
        return None
    stored = ports.catalogue.documents.content_hash(known.session.document_id or "")
    return known if stored == known.content_hash else None


def _key(number: str, ports: LookupPorts) -> str:
    """Of a part and of who is asked: what a sandbox said is no answer of a supplier."""
    asked = json.dumps(dict(ports.suppliers.places), sort_keys=True)
    return f"lookup:3:{xxh3_128_hexdigest(asked.encode())}:{number}"
