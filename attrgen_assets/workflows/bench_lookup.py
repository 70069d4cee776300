"""How long lookups take: one at a time, at a steady rate by many users, and by many users without pauses."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from attrgen_assets.domain.parts.sessions import LookupSession
from attrgen_assets.workflows.lookup import Lookup

LookUp = Callable[[str], Awaitable[Lookup]]
ENDED: Final = frozenset({"COMPLETED", "PARTIAL", "FAILED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedLookup:
    """A lookup that ended. elapsed_s: from when it was due. slowest_s: of the slowest supplier, see `slowest_s`."""

    session: LookupSession
    elapsed_s: float
    slowest_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupLoad:
    """Lookups of one kind of load, in the order in which they ended.

    seconds: from the first that was due to the last end. cpu_s: of this process. raised: lookups that raised, by error.
    """

    users: int
    seconds: float
    cpu_s: float
    timed: tuple[TimedLookup, ...]
    raised: Mapping[str, int]

    @property
    def statuses(self) -> dict[str, int]:
        """How many ended with which status."""
        return dict(Counter(one.session.status.value for one in self.timed))

    @property
    def per_minute(self) -> float:
        """Lookups a minute."""
        return len(self.timed) / self.seconds * 60

    def elapsed_ms(self, percent: float) -> float:
        """The time that so many per cent of the lookups took at most."""
        return percentile_ms([one.elapsed_s for one in self.timed], percent)

    def over_slowest_ms(self, percent: float) -> float:
        """The same of what they took beyond their slowest supplier."""
        return percentile_ms([one.elapsed_s - one.slowest_s for one in self.timed], percent)


def percentile_ms(seconds: Sequence[float], percent: float) -> float:
    """A percentile of times, in milliseconds; NaN of none.

    >>> percentile_ms([0.1, 0.2, 0.3], 50)
    200.0
    """
    return float(np.percentile(seconds, percent)) * 1000 if seconds else float("nan")


async def measure_lookups(
    part_numbers: Iterable[str], look_up: LookUp, *, users: int, per_minute: float | None = None
) -> LookupLoad:
    """Look all part numbers up, at most `users` at once.

    Args:
        part_numbers: in this order.
        look_up: one of them; what it raises is counted.
        users: who look up one part after another.
        per_minute: how many are due a minute, of all users together, evenly; None: each user takes the next as soon
            as the last is there. A lookup whose user is late is timed from when it was due.
    """
    numbers = list(part_numbers)
    waiting = iter(enumerate(numbers))
    timed: list[TimedLookup] = []
    raised: Counter[str] = Counter()
    started, cpu = time.perf_counter(), time.process_time()

    async def one_user() -> None:
        for place, number in waiting:
            due = time.perf_counter()
            if per_minute is not None:
                due = started + place * 60 / per_minute
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
            try:
                found = await look_up(number)
            except Exception as error:  # noqa: BLE001 - a lookup that breaks is a figure here
                raised[type(error).__name__] += 1
                continue
            elapsed_s = time.perf_counter() - due
            timed.append(TimedLookup(session=found.session, elapsed_s=elapsed_s, slowest_s=slowest_s(found.session)))

    await asyncio.gather(*(one_user() for _ in range(users)))
    return LookupLoad(
        users=users,
        seconds=time.perf_counter() - started,
        cpu_s=time.process_time() - cpu,
        timed=tuple(timed),
        raised=dict(raised),
    )


def slowest_s(session: LookupSession) -> float:
    """Seconds of the session's slowest supplier; part numbers of a chain are asked for one after another."""
    slowest: dict[str, float] = {}
    for one in session.suppliers:
        slowest[one.part_number] = max(slowest.get(one.part_number, 0.0), one.elapsed_s)
    return sum(slowest.values())


def lost_sessions(loads: Iterable[LookupLoad], stored: Mapping[str, int]) -> int:
    """How many lookups have no session in the store that ended.

    Args:
        loads: all lookups there were.
        stored: of the store's sessions, how many have which status.
    """
    asked = sum(len(load.timed) + sum(load.raised.values()) for load in loads)
    return asked - sum(count for status, count in stored.items() if status in ENDED)
