"""Supersession: "NLA use sub X" followed as a chain, with a guard against loops."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final, Literal

from attrgen_assets.domain.parts.part_numbers import same_part
from attrgen_assets.domain.parts.responses import SupplierAnswer

MAX_STEPS: Final = 8  # real chains are two or three long

End = Literal["current", "loop", "too_long", "out_of_time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One part number replaced by another, and the suppliers that say so."""

    old: str
    new: str
    suppliers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupersessionChain:
    """From the part number that was asked for to the one that is sold.

    end: None while there may be more; "current" where nobody names a successor; "loop" where a successor was in the
    chain already; "too_long" where there is another after `MAX_STEPS`; "out_of_time" where there was no time to ask
    for it. Only the part number of a chain that ended with "current" is sold.
    """

    asked: str
    steps: tuple[Step, ...] = ()
    end: End | None = None

    @property
    def part_number(self) -> str:
        """The last part number of the chain; of one that has ended it was asked for."""
        return self.steps[-1].new if self.steps else self.asked

    @property
    def part_numbers(self) -> tuple[str, ...]:
        """All of the chain, each once, the one that was asked for first."""
        return (self.asked, *(step.new for step in self.steps))

    def after(self, answers: Iterable[SupplierAnswer]) -> "SupersessionChain":
        """The chain with what the answers to its last part number say of a successor.

        >>> answer = SupplierAnswer(supplier="marcone", part_number="A1", outcome="ok", superseded_by="B2")
        >>> chain = SupersessionChain(asked="A1").after([answer])
        >>> chain.part_number, chain.end, chain.after([]).end
        ('B2', None, 'current')
        """
        if self.end is not None:
            return self
        step = successor(self.part_number, answers)
        if step is None:
            return replace(self, end="current")
        if any(same_part(step.new, earlier) for earlier in self.part_numbers):
            return replace(self, end="loop")
        if len(self.steps) >= MAX_STEPS:
            return replace(self, end="too_long")
        return replace(self, steps=(*self.steps, step))

    def stopped(self) -> "SupersessionChain":
        """The chain where there is no time to ask for a successor."""
        return replace(self, end="out_of_time")


def successor(part_number: str, answers: Iterable[SupplierAnswer]) -> Step | None:
    """The successor that most suppliers name, the first in the alphabet of several; None where nobody names one.

    A supplier that still sells the part outvotes nobody here: an old part in one stock does not undo a supersession.
    """
    named = [
        (answer.superseded_by, answer.supplier)
        for answer in answers
        if answer.superseded_by and not same_part(answer.superseded_by, part_number)
    ]
    if not named:
        return None
    votes = Counter(new for new, _ in named)
    new = min(votes, key=lambda name: (-votes[name], name))
    return Step(
        old=part_number, new=new, suppliers=tuple(sorted({supplier for name, supplier in named if name == new}))
    )
