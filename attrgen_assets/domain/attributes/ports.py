"""What generation needs of models, as a protocol; a trained model and a language model both satisfy it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a proposer is asked of one product: its texts by field, and the attributes that are wanted."""

    texts: Mapping[str, str]
    attributes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedValue:
    """A value as a proposer wrote it, the field that it was read in, and how likely it is right, 0-1."""

    attribute: str
    text: str
    field: str
    probability: float


class Proposer(Protocol):
    """Proposes values that no rule finds. Whether they are legal is for the validator to say."""

    @property
    def version(self) -> str:
        """Which model it is; on record in the provenance of its values."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the work so far."""
        ...

    @property
    def counts(self) -> Mapping[str, int]:
        """Figures of the work so far, by name."""
        ...

    def propose(self, questions: Sequence[Question]) -> list[list[ProposedValue]]:
        """The values proposed for each question, in order; of a list attribute several, of any other at most one."""
        ...
