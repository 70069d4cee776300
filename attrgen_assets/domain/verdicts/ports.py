"""A model that can be asked, as the workflow sees it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from attrgen_assets.domain.verdicts.model import ModelCall, Purpose

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a model is asked. schema: of the answer, JSON schema. messages: (role, content), in their order."""

    purpose: Purpose
    prompt_version: str
    schema: Mapping[str, Any]
    messages: tuple[tuple[Role, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What became of it. value: the answer; of a bad one what could be read; None where there is none."""

    call: ModelCall
    value: Any = None


class JudgeModel(Protocol):
    """A model with what it may spend on one record."""

    @property
    def name(self) -> str:
        """What it is called on record: openai, grok."""
        ...

    async def ask(self, inquiry: Inquiry, *, within_s: float) -> Reply:
        """Its answer, within a time; a failure is a reply as well, and nothing is raised for it."""
        ...
