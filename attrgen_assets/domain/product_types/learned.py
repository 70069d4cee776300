"""Sources of values that no rule of the kernel finds, and the switch that turns generators off."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

_FRACTION = Field(ge=0, le=1)
_FIELD_PATTERN = r"^[a-z][a-z0-9_]{0,62}$"
_FieldName = Annotated[str, Field(pattern=_FIELD_PATTERN)]

GeneratorName = Literal["column", "lexicon", "pattern", "model", "llm"]
"""The generators that a config may name in a source, or switch off."""

PROPOSING: Final = frozenset({"model", "llm"})
"""Generators whose values are guesses: what the config does not allow of them is on record and stops no row."""


class ModelSource(BaseModel):
    """Take what the product type's promoted model reads in these fields.

    `confidence` is multiplied by the model's own probability. Where no model is promoted nothing is proposed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    generator: Literal["model"] = "model"
    fields: tuple[_FieldName, ...] = Field(min_length=1)
    confidence: Annotated[float, _FRACTION] = 1.0  # the model's probabilities are calibrated
    enabled: bool = True


class LlmSource(BaseModel):
    """Ask a language model of rows that have no answer yet, or one less sure than `below`.

    Its answer replaces one that is less sure than both `below` and `confidence`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    generator: Literal["llm"] = "llm"
    fields: tuple[_FieldName, ...] = Field(min_length=1)
    below: Annotated[float, _FRACTION] = 0.7
    confidence: Annotated[float, _FRACTION] = 0.8  # below that of every generator that points at a text
    enabled: bool = True


LearnedSource = ModelSource | LlmSource
