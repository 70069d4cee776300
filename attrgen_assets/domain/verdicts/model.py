"""What is recorded of asking models about a record."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Purpose = Literal["conflicts", "missing", "content"]
Why = Literal["conflict", "missing"]
Level = Literal["HIGH", "MEDIUM", "FUSED", "REVIEW"]
CallStatus = Literal["answered", "bad_answer", "refused", "unavailable", "budget"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelCall(_Frozen):
    """One question to one model.

    name: openai or grok. model: as the service knows it. purpose: what was asked. status: answered; bad_answer, of
    another form than asked for; refused, the service does not take the request; unavailable; budget, nothing is left
    to spend. error: why it is not answered. calls: requests, retries included; 0 from the cache. latency_s: of all of
    them with the waits. tokens, cost: of all of them, bad answers and timeouts included; cost is None where the prices
    are not known. cached: the same question was answered before, and nothing was billed.
    """

    name: str
    model: str
    purpose: Purpose
    status: CallStatus
    error: str = ""
    calls: int = Field(default=0, ge=0)
    latency_s: float = Field(default=0.0, ge=0)
    tokens: int = Field(default=0, ge=0)
    cost: float | None = None
    prompt_version: str = ""
    cached: bool = False


class FieldAnswer(_Frozen):
    """What a model said of a field.

    answer: as it came. value: what counts of it, that of a claim or one that the evidence has; None where it said that
    it cannot tell, or was refused. refusal: why an answer does not count.
    """

    name: str
    answer: Any = None
    value: Any = None
    confidence: float = Field(default=0.0, ge=0, le=1)
    refusal: str = ""


class FieldVerdict(_Frozen):
    """What was decided about a field that was asked.

    agreement: of the two models, 0-1; of the only one and the fused value; None where there is nothing to compare.
    value: what the record has now, None for none. confidence: of that. reason: why, for a person.
    """

    field: str
    why: Why
    answers: tuple[FieldAnswer, ...]
    agreement: float | None = Field(default=None, ge=0, le=1)
    level: Level
    value: Any = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    reason: str


class RecordVerdicts(_Frozen):
    """Everything about the models and a record.

    status: done, every model answered what it was asked; partial, some did not; skipped, there is no answer of any.
    reason: why it is not done; of a done one, what limits it (a budget that is kept by this process alone).
    """

    status: Literal["done", "partial", "skipped"]
    reason: str = ""
    models: tuple[ModelCall, ...] = ()
    fields: tuple[FieldVerdict, ...] = ()

    @property
    def tokens(self) -> int:
        """Tokens of all calls."""
        return sum(call.tokens for call in self.models)

    @property
    def cost(self) -> float | None:
        """Cost of all calls; None where a price is not known.

        >>> RecordVerdicts(status="skipped", reason="no key is set").cost
        0.0
        """
        costs = [call.cost for call in self.models if call.calls]
        return None if None in costs else sum((cost for cost in costs if cost is not None), 0.0)


class RefusedText(_Frozen):
    """A text that a model wrote and that was not taken. reasons: what it says that the facts do not."""

    name: str
    title: str
    description: str
    reasons: tuple[str, ...]


class RecordContent(_Frozen):
    """Title and description for the web.

    method: model; template, without any model; reviewed, both are a person's. by: the model that wrote them.
    """

    title: str
    description: str
    method: Literal["model", "template", "reviewed"]
    by: str = ""
    prompt_version: str = ""
    refused: tuple[RefusedText, ...] = ()
