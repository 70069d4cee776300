"""Ask a language model behind an OpenAI-compatible address for an answer of a given form.

Temperature 0, the form as a JSON schema, a time limit, retries where trying again can help, and a budget. Needs the
extra `llm`. Errors are of our own tree: ModelUnavailable, ModelRefused, BadAnswer, BudgetSpent.
"""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, Literal, Self, TypedDict

import openai
from jsonschema import Draft202012Validator
from openai.types.chat import ChatCompletion
from pydantic import SecretStr
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from attrgen_assets.adapters.models.budget import Budget
from attrgen_assets.errors import BadAnswer, ModelRefused, ModelUnavailable

_CHARACTERS_PER_TOKEN: Final = 3  # on the safe side for English; other scripts take more tokens
_LONGEST_WAIT_S: Final = 30.0
_FIRST_WAIT_S: Final = 0.5
_SHOWN: Final = 200
_TRANSIENT_STATUSES: Final = frozenset({408, 409, 425, 429})


class Message(TypedDict):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatModel:
    """Which model to ask, where, and what it costs; prices per million tokens, None where they are not known."""

    base_url: str
    api_key: SecretStr
    name: str
    timeout_s: float = 30.0
    max_answer_tokens: int = 1_000
    price_in: float | None = None
    price_out: float | None = None

    def cost(self, tokens: "Tokens") -> float | None:
        """What these tokens cost, in the currency of the prices."""
        if self.price_in is None or self.price_out is None:
            return None
        return (tokens.prompt * self.price_in + tokens.answer * self.price_out) / 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens that went in and came out."""

    prompt: int
    answer: int

    @property
    def total(self) -> int:
        """Both together."""
        return self.prompt + self.answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer that fits its schema, and what it took; the latency is that of the call that succeeded."""

    value: Any
    tokens: Tokens
    cost: float | None
    latency_s: float


class ChatClient:
    """A client of one model; several may share a budget. To be used as an async context manager, in one event loop."""

    def __init__(
        self,
        model: ChatModel,
        *,
        budget: Budget,
        attempts: int = 4,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._model = model
        self._budget = budget
        self._attempts = attempts
        self._sleep = sleep
        self._clock = clock
        self._client = openai.AsyncOpenAI(
            base_url=model.base_url,
            api_key=model.api_key.get_secret_value(),
            timeout=model.timeout_s,
            max_retries=0,  # retries are ours, so that each counts as a call
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def ask(self, schema: Mapping[str, Any], messages: Sequence[Message]) -> Answer:
        """The model's answer, which is JSON that fits `schema`.

        Raises:
            BudgetSpent: before a call for which nothing is left.
            ModelUnavailable: no answer after all attempts, or the service asks to wait longer than half a minute.
            ModelRefused: the service does not take the request; trying again cannot help.
            BadAnswer: an answer came and does not fit; its `value` holds what could be read.
        """
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(ModelUnavailable),
            stop=self._gives_up,
            wait=_wait_s,
            sleep=self._sleep,
            reraise=True,
        )
        answer: Answer = await retrying(self._ask_once, schema, messages)
        return answer

    def _gives_up(self, state: RetryCallState) -> bool:
        return stop_after_attempt(self._attempts)(state) or (_asked_wait_s(state) or 0.0) > _LONGEST_WAIT_S

    async def _ask_once(self, schema: Mapping[str, Any], messages: Sequence[Message]) -> Answer:
        most = _estimate(messages, schema) + self._model.max_answer_tokens
        self._budget.reserve(most)
        tokens = Tokens(0, 0)
        started = self._clock()
        try:
            completion = await asyncio.wait_for(self._complete(schema, messages), self._model.timeout_s)
            latency_s = self._clock() - started
            tokens = _tokens(completion, messages, schema)
        except (openai.OpenAIError, TimeoutError) as error:
            raise self._translated(error) from error
        except ValueError as error:
            raise ModelUnavailable(f"{self._place}: the answer is not that of such a service") from error
        finally:
            self._budget.settle(most, used=tokens.total, cost=self._model.cost(tokens) or 0.0)
        value = _parsed(completion, schema)
        return Answer(value=value, tokens=tokens, cost=self._model.cost(tokens), latency_s=latency_s)

    async def _complete(self, schema: Mapping[str, Any], messages: Sequence[Message]) -> ChatCompletion:
        given: Any = list(messages)
        form: Any = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": dict(schema)}}
        completion: Any = await self._client.chat.completions.create(
            model=self._model.name,
            messages=given,
            response_format=form,
            temperature=0,
            max_tokens=self._model.max_answer_tokens,
        )
        if not isinstance(completion, ChatCompletion):  # what is not JSON comes through as the text that it is
            raise ValueError(f"found {type(completion).__name__}")
        return completion

    @property
    def _place(self) -> str:
        return f"{self._model.name} at {self._model.base_url}"

    def _translated(self, error: Exception) -> ModelUnavailable | ModelRefused:
        """Our own error; what the service says is cut short, and never shows the key."""
        if isinstance(error, openai.APIStatusError):
            said = str(error.message).replace(self._model.api_key.get_secret_value(), "***")[:_SHOWN]
            what = f"{self._place}: status {error.status_code}: {said}"
            if error.status_code in (401, 403):
                return ModelRefused(
                    f"{self._place}: status {error.status_code}: the key is not taken; see ATTRGEN_LLM_API_KEY"
                )
            if error.code == "insufficient_quota":
                return ModelRefused(what)
            if error.status_code in _TRANSIENT_STATUSES or error.status_code >= 500:
                return ModelUnavailable(what, wait_s=_retry_after_s(error.response.headers.get("retry-after")))
            return ModelRefused(what)
        if isinstance(error, openai.APITimeoutError | TimeoutError):
            return ModelUnavailable(f"{self._place}: no answer in {self._model.timeout_s:g} s")
        return ModelUnavailable(f"{self._place}: {type(error).__name__}: {error}"[:_SHOWN])


def _parsed(completion: ChatCompletion, schema: Mapping[str, Any]) -> Any:
    """The answer's JSON. Raises BadAnswer where it is none or does not fit."""
    choice = completion.choices[0] if completion.choices else None
    text = choice.message.content if choice is not None else None
    if choice is None or text is None:
        raise BadAnswer("the model gave no answer")
    if choice.finish_reason == "length":
        raise BadAnswer("the answer was cut off at the limit of its length")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadAnswer(f"the answer is not JSON: {text[:_SHOWN]!r}") from error
    fault = next(iter(sorted(Draft202012Validator(dict(schema)).iter_errors(value), key=lambda e: e.json_path)), None)
    if fault is not None:
        raise BadAnswer(f"the answer does not fit its form at {fault.json_path}: {fault.message[:_SHOWN]}", value=value)
    return value


def _tokens(completion: ChatCompletion, messages: Sequence[Message], schema: Mapping[str, Any]) -> Tokens:
    """Tokens as the service counted them, or an estimate where it does not say."""
    usage = completion.usage
    if usage is not None and usage.total_tokens:
        return Tokens(usage.prompt_tokens, usage.completion_tokens)
    text = (completion.choices[0].message.content if completion.choices else None) or ""
    return Tokens(_estimate(messages, schema), len(text) // _CHARACTERS_PER_TOKEN + 1)


def _estimate(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    characters = sum(len(message["content"]) for message in messages) + len(json.dumps(schema))
    return characters // _CHARACTERS_PER_TOKEN + 1


def _retry_after_s(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:  # a date: rare, and the usual backoff does as well
        return None


def _asked_wait_s(state: RetryCallState) -> float | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error.wait_s if isinstance(error, ModelUnavailable) else None


def _wait_s(state: RetryCallState) -> float:
    """As long as the service asks for; else half a second, one, two ... with up to a quarter more."""
    asked = _asked_wait_s(state)
    if asked is not None:
        return asked
    backoff: float = _FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)
    return min(backoff, _LONGEST_WAIT_S) * (1 + random.random() / 4)  # noqa: S311  jitter is no secret
