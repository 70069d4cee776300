"""What may be spent on language models: tokens and money, set aside before a call and settled after it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from attrgen_assets.errors import BudgetSpent


@dataclass(frozen=True, slots=True)
class Spend:
    """Tokens, in and out, and what they cost in the currency of the prices (0 where these are not known)."""

    tokens: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Reservation:
    """What was set aside for a call. day: whose budget it is of. shared: other processes know of it."""

    most: Spend
    day: str = ""
    shared: bool = False


class Budget(Protocol):
    """A cap that stops. What a call may take is set aside before it, so that calls at once keep the cap together."""

    async def reserve(self, most: Spend) -> Reservation:
        """Set aside what a call may take. Raises BudgetSpent where it is not left."""
        ...

    async def settle(self, reservation: Reservation, used: Spend) -> None:
        """Give back what was set aside, and note what was used."""
        ...


@dataclass
class RunBudget:
    """What a run may spend: calls and tokens.

    >>> import asyncio
    >>> budget = RunBudget(max_calls=10, max_tokens=100)
    >>> aside = asyncio.run(budget.reserve(Spend(60)))
    >>> asyncio.run(budget.settle(aside, Spend(40)))
    >>> budget.calls, budget.tokens
    (1, 40)
    """

    max_calls: int
    max_tokens: int
    calls: int = field(default=0, init=False)
    tokens: int = field(default=0, init=False)
    cost: float = field(default=0.0, init=False)
    _reserved: int = field(default=0, init=False)

    async def reserve(self, most: Spend) -> Reservation:
        """Set a call and its tokens aside. Raises BudgetSpent where they are not left."""
        if self.calls >= self.max_calls:
            raise BudgetSpent(f"{self.max_calls:,} calls have been made, as many as a run may (ATTRGEN_LLM_MAX_CALLS)")
        if self.tokens + self._reserved + most.tokens > self.max_tokens:
            raise BudgetSpent(
                f"{self.tokens:,} tokens are spent and the next call may take {most.tokens:,}; "
                f"a run may spend {self.max_tokens:,} (ATTRGEN_LLM_MAX_TOKENS)"
            )
        self.calls += 1
        self._reserved += most.tokens
        return Reservation(most)

    async def settle(self, reservation: Reservation, used: Spend) -> None:
        """Give back what was set aside, and note what was used and what it cost."""
        self._reserved -= reservation.most.tokens
        self.tokens += used.tokens
        self.cost += used.cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """The most that may be spent. max_cost: None where only tokens count. variables: how those that set it begin."""

    max_tokens: int
    max_cost: float | None
    whose: str
    variables: str

    def check(self, spent: Spend, most: Spend) -> None:
        """Raises BudgetSpent where `most` is not left beside `spent`.

        >>> Caps(max_tokens=100, max_cost=None, whose="a record", variables="X_MAX").check(Spend(90), Spend(10))
        """
        if spent.tokens + most.tokens > self.max_tokens:
            found, cap = f"{spent.tokens:,} tokens", f"{self.max_tokens:,}"
            needs = f"{most.tokens:,}"
        elif self.max_cost is not None and spent.cost + most.cost > self.max_cost + 1e-9:
            found, cap, needs = f"a cost of {spent.cost:.4f}", f"{self.max_cost:g}", f"{most.cost:.4f}"
        else:
            return
        raise BudgetSpent(
            f"{found} spent or set aside, the next call may take {needs}; {self.whose} may spend {cap} "
            f"({self.variables}_TOKENS, _COST)"
        )


@dataclass
class RecordBudget:
    """What one record may spend, with all models together; on top of `shared`, the budget that all records have.

    >>> import asyncio
    >>> caps = Caps(max_tokens=100, max_cost=None, whose="a record", variables="X_MAX")
    >>> budget = RecordBudget(caps=caps, shared=RunBudget(max_calls=9, max_tokens=999))
    >>> asyncio.run(budget.reserve(Spend(80))).most.tokens
    80
    """

    caps: Caps
    shared: Budget
    tokens: int = field(default=0, init=False)
    cost: float = field(default=0.0, init=False)

    async def reserve(self, most: Spend) -> Reservation:
        """Set aside here and of the shared budget. Raises BudgetSpent where either lacks it."""
        self.caps.check(Spend(self.tokens, self.cost), most)
        self._add(most, 1)  # before anything is awaited: both models ask at once
        try:
            return await self.shared.reserve(most)
        except BaseException:
            self._add(most, -1)
            raise

    async def settle(self, reservation: Reservation, used: Spend) -> None:
        """Give back what was set aside, and note what was used, here and there."""
        self._add(reservation.most, -1)
        self._add(used, 1)
        await self.shared.settle(reservation, used)

    def _add(self, spend: Spend, sign: int) -> None:
        self.tokens += sign * spend.tokens
        self.cost += sign * spend.cost


@dataclass
class DailyBudget:
    """What may be spent a day (UTC), as far as this process knows. now: with a time zone."""

    caps: Caps
    now: Callable[[], datetime]
    _day: str = field(default="", init=False)
    _tokens: int = field(default=0, init=False)
    _cost: float = field(default=0.0, init=False)

    @property
    def today(self) -> str:
        """The day, as 2026-01-31; a new one begins with nothing spent."""
        day = f"{self.now():%Y-%m-%d}"
        if day != self._day:
            self._day, self._tokens, self._cost = day, 0, 0.0
        return day

    @property
    def spent(self) -> Spend:
        """What is spent or set aside today."""
        return Spend(self._tokens, self._cost) if self.today else Spend()

    async def reserve(self, most: Spend) -> Reservation:
        """Set aside. Raises BudgetSpent."""
        self.caps.check(self.spent, most)
        self.add(most, day=self.today)
        return Reservation(most, self.today)

    async def settle(self, reservation: Reservation, used: Spend) -> None:
        """Give back what was set aside, and note what was used, on the day on which it was set aside."""
        self.add(reservation.most, day=reservation.day, sign=-1)
        self.add(used, day=reservation.day)

    def add(self, spend: Spend, *, day: str, sign: int = 1) -> None:
        """Note what was spent on a day, without a cap; what was spent on another day is over."""
        if day == self.today:
            self._tokens += sign * spend.tokens
            self._cost += sign * spend.cost
