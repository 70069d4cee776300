"""How far values can be trusted: what a gold set showed of scores, and the precision from which one is accepted."""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

_Share = Annotated[float, Field(ge=0, le=1)]


class Accept(BaseModel):
    """Values less likely to be right than `min_precision` are kept as proposals, for a person to accept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    min_precision: _Share


class Measured(BaseModel):
    """An attribute on the gold set: values given, those right, and how many of them the curve expects to be right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    given: int = Field(ge=0)
    right: int = Field(ge=0)
    expected: float = Field(ge=0)

    @model_validator(mode="after")
    def _cannot_exceed(self) -> Self:
        if max(self.right, self.expected) > self.given:
            raise PydanticCustomError("attrgen", "of {given} values given no more can be right", {"given": self.given})
        return self


class Calibration(BaseModel):
    """What a gold set showed: how many of the values with a score are right.

    curve: (score, precision), both 0-1 and ascending; between two points it is straight, from (0, 0) to the first.
    attributes: those that the gold set has; one that is more often right or wrong than the curve says moves it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    curve: tuple[tuple[_Share, _Share], ...] = Field(min_length=1)
    attributes: dict[str, Measured] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _must_ascend(self) -> Self:
        for (score, precision), (next_score, next_precision) in pairwise(self.curve):
            if next_score <= score or next_precision < precision:
                steps = f"[{score}, {precision}], [{next_score}, {next_precision}]"
                raise PydanticCustomError("attrgen", "the curve must ascend: {steps}", {"steps": steps})
        return self
