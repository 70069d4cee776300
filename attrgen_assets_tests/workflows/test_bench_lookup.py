"""Loads of lookups, measured over a look-up function of known times."""

import asyncio
import math
from datetime import UTC, datetime

import pytest

from attrgen_assets.domain.parts.sessions import LookupSession, LookupStatus, SupplierPart
from attrgen_assets.workflows.bench_lookup import LookupLoad, lost_sessions, measure_lookups, slowest_s
from attrgen_assets.workflows.lookup import Lookup


def ended(number: str, *parts: tuple[str, float]) -> Lookup:
    """A lookup that ended; parts: part number and seconds of one supplier each."""
    suppliers = tuple(
        SupplierPart(supplier=f"s{at}", part_number=asked, outcome="ok", elapsed_s=seconds)
        for at, (asked, seconds) in enumerate(parts)
    )
    session = LookupSession(
        session_id=number, part_number=number, status=LookupStatus.COMPLETED, suppliers=suppliers,
        started_at=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    return Lookup(session=session)


class Desk:
    """Looks up after some turns of the loop, counts how many are at it, and breaks at one part."""

    def __init__(self) -> None:
        self.at_once = self.most = 0
        self.order: list[str] = []

    async def __call__(self, number: str) -> Lookup:
        """The lookup."""
        self.order.append(number)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        for _ in range(5):
            await asyncio.sleep(0)
        self.at_once -= 1
        if number == "P7":
            raise ValueError("broken")
        return ended(number)


def measured(desk: Desk, *, users: int, per_minute: float | None = None) -> LookupLoad:
    """Twenty lookups."""
    return asyncio.run(measure_lookups([f"P{n}" for n in range(20)], desk, users=users, per_minute=per_minute))


@pytest.mark.parametrize("users", [1, 4, 100])
def test_every_part_is_looked_up_once_by_as_many_users_as_there_are(users: int) -> None:
    desk = Desk()
    load = measured(desk, users=users)
    assert desk.order == [f"P{n}" for n in range(20)]
    assert desk.most == min(users, 20)
    assert (len(load.timed), load.raised, load.statuses) == (19, {"ValueError": 1}, {"COMPLETED": 19})
    assert load.per_minute == pytest.approx(19 / load.seconds * 60)


def test_a_steady_load_is_spread_over_its_time() -> None:
    load = measured(Desk(), users=20, per_minute=6_000)  # one every 10 ms
    assert load.seconds >= 19 * 0.01
    assert load.elapsed_ms(50) < 100


def test_numbers_of_a_chain_are_asked_for_one_after_another() -> None:
    found = ended("A", ("A", 0.2), ("A", 0.4), ("B", 0.3), ("B", 0.1))
    assert slowest_s(found.session) == pytest.approx(0.7)
    assert math.isnan(LookupLoad(users=1, seconds=1, cpu_s=0, timed=(), raised={}).elapsed_ms(95))


def test_a_session_that_is_missing_or_has_not_ended_is_lost() -> None:
    load = measured(Desk(), users=2)
    assert lost_sessions([load], {"COMPLETED": 19, "FAILED": 1}) == 0
    assert lost_sessions([load], {"COMPLETED": 17, "PARTIAL": 1, "IN_PROGRESS": 1, "FAILED": 1}) == 1
    assert lost_sessions([load, load], {"COMPLETED": 20}) == 20
