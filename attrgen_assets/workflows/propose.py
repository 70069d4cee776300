"""Ask models about a batch: the trained model of every row, the language model of the uncertain share."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup, SourceKey
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.ports import Proposer
from attrgen_assets.domain.attributes.proposals import (
    Asking,
    asked_fields,
    asking_sources,
    in_config_order,
    proposed_groups,
    questions_about,
    texts_of,
)
from attrgen_assets.domain.attributes.state import FOUND, NOT_FOUND, AttributeState
from attrgen_assets.domain.attributes.validate import Validator
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.learned import GeneratorName, LearnedSource, LlmSource

WHY_NOT: Final[Mapping[GeneratorName, str]] = {
    "model": "no model is promoted for this product type; materialise attribute_model to train one",
    "llm": "no language model is named (ATTRGEN_LLM_API_KEY, ATTRGEN_LLM_MODEL)",
}


class Generation:
    """Candidates of batch after batch. Without sources that ask a model this is the kernel alone."""

    def __init__(
        self, plan: Plan, *, proposers: Mapping[GeneratorName, Proposer], overrides: Sequence[Override] = ()
    ) -> None:
        product_type = plan.product_type
        self._plan = plan
        self._proposers = proposers
        self._wanted = {name: asking_sources(product_type, name) for name in WHY_NOT}
        self._validator = Validator(plan, overrides=overrides) if self._asks("llm") else None
        self.notes = tuple(
            f"{name}: {WHY_NOT[name]}; its sources proposed nothing"
            for name, sources in self._wanted.items()
            if sources and name not in proposers
        )

    def _asks(self, generator: GeneratorName) -> bool:
        return bool(self._wanted[generator]) and generator in self._proposers

    def candidates(self, rows: pl.DataFrame) -> list[CandidateGroup]:
        """All candidates of a batch (RAW), in the order of the config."""
        if not self._asks("model"):
            groups = generate_candidates(rows, self._plan)
        else:
            every = dict.fromkeys(self._wanted["model"], rows["refused"].is_null().to_numpy())
            groups = generate_candidates(rows, self._plan, self._propose("model", rows, every))
        if self._validator is None:
            return groups
        states = self._validator.decide(rows, groups)
        usable = rows["refused"].is_null().to_numpy()
        uncertain = {
            key: usable & _uncertain(states[key[0]], source.below)
            for key, source in self._wanted["llm"].items()
            if isinstance(source, LlmSource)
        }
        proposed = self._propose("llm", rows, uncertain)
        return in_config_order(
            [*groups, *(group for found in proposed.values() for group in found)], self._plan.product_type
        )

    def _propose(
        self, generator: GeneratorName, rows: pl.DataFrame, wanted: Mapping[SourceKey, np.ndarray]
    ) -> dict[SourceKey, list[CandidateGroup]]:
        """What one model says: the trained one of all fields it learned from, a language model of those of a source."""
        every, proposer = self._wanted[generator], self._proposers[generator]
        parts = _by_fields(every) if generator == "llm" else [every]
        found: dict[SourceKey, list[CandidateGroup]] = {}
        for sources in parts:
            texts = texts_of(rows, self._plan.product_type, asked_fields(sources.values()))
            asked, questions = questions_about(texts, wanted, sources)
            if questions:
                answers = proposer.propose(questions)
                found |= proposed_groups(asked, answers, sources=sources, version=proposer.version)
        return found


def _by_fields(sources: Asking) -> list[Asking]:
    """The sources, those that name the same fields together."""
    parts: dict[tuple[str, ...], dict[SourceKey, LearnedSource]] = {}
    for key, source in sources.items():
        parts.setdefault(source.fields, {})[key] = source
    return list(parts.values())


def _uncertain(state: AttributeState, below: float) -> np.ndarray:
    """Rows without an answer, or with one by a machine that is less sure than `below`."""
    unsure = (state.status == FOUND) & (state.confidence < below) & ~state.by_human()
    uncertain: np.ndarray = (state.status == NOT_FOUND) | unsure
    return uncertain
