"""Work that several want at once, done once: the first does it, the others wait for what comes of it."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Flights(Generic[T]):
    """What is under way in this process, by key.

    >>> async def two() -> list[tuple[str, bool]]:
    ...     flights: Flights[str] = Flights()
    ...     async def work() -> str:
    ...         await asyncio.sleep(0)
    ...         return "done"
    ...     return await asyncio.gather(flights.join("A1", work), flights.join("A1", work))
    >>> asyncio.run(two())
    [('done', True), ('done', False)]
    """

    def __init__(self) -> None:
        self._under_way: dict[Hashable, asyncio.Future[T]] = {}

    async def join(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
        """What `work` gives, and whether it was this caller's; raises what the work that was done raises.

        Where whoever works is cancelled, one of those who wait begins anew.
        """
        while (flight := self._under_way.get(key)) is not None:
            try:
                return await asyncio.shield(flight), False
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if not flight.cancelled() or (task is not None and task.cancelling()):  # it is us who were cancelled
                    raise
        flight = self._under_way[key] = asyncio.get_running_loop().create_future()
        try:
            result = await work()
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # seen: nobody may be waiting for it
            raise
        except BaseException:
            flight.cancel()
            raise
        else:
            flight.set_result(result)
            return result, True
        finally:
            del self._under_way[key]
