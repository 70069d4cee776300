"""Chains of replaced parts within one deadline."""

import asyncio
from collections.abc import Mapping

import pytest

from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supersession import MAX_STEPS
from attrgen_assets.workflows.ask import PartAnswers, ask


class SlowSupplier:
    """One supplier that takes four seconds of a clock of its own and replaces P0 by P1, P1 by P2, and so on."""

    def __init__(self, last: int) -> None:
        self.now_s = 0.0
        self.deadlines_s: list[float] = []
        self._last = last

    @property
    def places(self) -> Mapping[str, str]:
        """One address."""
        return {"shop": "https://shop.example.com"}

    async def ask_all(self, part_number: str, *, deadline_s: float, patience_s: float = 0.0) -> list[SupplierAnswer]:
        """The answer, with the number's successor."""
        self.deadlines_s.append(deadline_s)
        self.now_s += 4
        at = int(part_number[1:])
        successor = f"P{at + 1}" if at < self._last else None
        return [SupplierAnswer(supplier="shop", part_number=part_number, outcome="ok", superseded_by=successor)]


def asked(supplier: SlowSupplier, deadline_s: float) -> PartAnswers:
    """P0 asked for."""
    return asyncio.run(ask("P0", suppliers=supplier, deadline_s=deadline_s, clock=lambda: supplier.now_s))


def test_a_chain_has_one_deadline_together_and_ends_with_it() -> None:
    supplier = SlowSupplier(last=99)
    found = asked(supplier, 10)
    assert supplier.deadlines_s == [10, 6, 2]
    assert (found.chain.part_numbers, found.chain.end) == (("P0", "P1", "P2"), "out_of_time")
    assert found.current[0].part_number == "P2"  # and not the number that nobody was asked for


@pytest.mark.parametrize(("last", "end", "sold"), [(0, "current", "P0"), (3, "current", "P3"), (99, "too_long", "P8")])
def test_with_time_enough_the_chain_decides(last: int, end: str, sold: str) -> None:
    found = asked(SlowSupplier(last), 1_000)
    assert (found.chain.end, found.chain.part_number) == (end, sold)
    assert len(found.answers) <= MAX_STEPS + 1
    assert found.current[0].part_number == sold
