"""Many who want the same at once: one works, and nobody is lost when that one is."""

import asyncio

import pytest

from attrgen_assets.workflows.flights import Flights


class Work:
    """Work that ends when it is let, and counts who did it."""

    def __init__(self) -> None:
        self.begun = 0
        self.let = asyncio.Event()

    async def __call__(self) -> int:
        """The number of the attempt, once it is let."""
        self.begun += 1
        mine = self.begun
        await self.let.wait()
        return mine


async def joined(flights: Flights[int], work: Work, count: int) -> list[asyncio.Task[tuple[int, bool]]]:
    """So many tasks that all have joined."""
    tasks = [asyncio.create_task(flights.join("A1", work)) for _ in range(count)]
    while not work.begun:
        await asyncio.sleep(0)
    return tasks


def test_one_of_many_works_and_all_get_the_result() -> None:
    async def run() -> None:
        flights: Flights[int] = Flights()
        work = Work()
        tasks = await joined(flights, work, 100)
        other = asyncio.create_task(flights.join("B2", work))
        work.let.set()
        assert sorted(await asyncio.gather(*tasks)) == [(1, False)] * 99 + [(1, True)]
        assert await other == (2, True)
        assert await flights.join("A1", work) == (3, True)  # what has ended is no flight any more

    asyncio.run(run())


def test_where_the_one_who_works_is_cancelled_another_begins_anew() -> None:
    async def run() -> None:
        flights: Flights[int] = Flights()
        work = Work()
        first, *others = await joined(flights, work, 5)
        first.cancel()
        others[0].cancel()
        while work.begun < 2:
            await asyncio.sleep(0)
        work.let.set()
        found = await asyncio.gather(first, *others, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in found] == [True, True, False, False, False]
        assert sorted(found[2:]) == [(2, False), (2, False), (2, True)]  # type: ignore[type-var]

    asyncio.run(run())


def test_a_waiter_that_is_cancelled_stops_nobody_and_an_error_reaches_all() -> None:
    async def fails() -> int:
        await asyncio.sleep(0)
        raise ValueError("broken")

    async def run() -> None:
        flights: Flights[int] = Flights()
        work = Work()
        first, second = await joined(flights, work, 2)
        second.cancel()
        work.let.set()
        assert await first == (1, True)
        with pytest.raises(asyncio.CancelledError):
            await second
        found = await asyncio.gather(*(flights.join("A1", fails) for _ in range(3)), return_exceptions=True)
        assert [str(one) for one in found] == ["broken"] * 3

    asyncio.run(run())
