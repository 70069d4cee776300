"""Sources of values that no rule of the kernel finds, and the switch that turns generators off."""

from typing import Final, Literal

from pydantic import Field

from attrgen_assets.domain.product_types.base import Fraction, Frozen, Name

GeneratorName = Literal["column", "label", "lexicon", "pattern", "model", "llm"]
"""The generators that a config may name in a source, or switch off."""

PROPOSING: Final[frozenset[GeneratorName]] = frozenset({"model", "llm"})
"""Generators whose values are guesses: what the config does not allow of them is on record and stops no row."""

HOLDING_NO_ROW: Final[frozenset[GeneratorName]] = PROPOSING | {"label"}
"""Generators whose refusals are on record, and never quarantine a row."""


class ModelSource(Frozen):
    """Take what the product type's promoted model reads in these fields.

    `confidence` is multiplied by the model's own probability. Where no model is promoted, and what is less likely than
    `at_least`, is not proposed.
    """

    generator: Literal["model"] = "model"
    fields: tuple[Name, ...] = Field(min_length=1)
    confidence: Fraction = 1.0  # the model's probabilities are calibrated
    at_least: Fraction = 0.5  # more likely right than wrong
    enabled: bool = True


class LlmSource(Frozen):
    """Ask a language model of rows that have no answer yet, or one less sure than `below`.

    Its answer replaces one that is less sure than both `below` and `confidence`.
    """

    generator: Literal["llm"] = "llm"
    fields: tuple[Name, ...] = Field(min_length=1)
    below: Fraction = 0.7
    confidence: Fraction = 0.8  # below the defaults of all generators that point at a text
    enabled: bool = True


LearnedSource = ModelSource | LlmSource
