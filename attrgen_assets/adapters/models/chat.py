"""Ask a language model behind an OpenAI-compatible address for an answer of a given form.

Temperature 0, the form as a JSON schema, a time limit, retries where trying again can help, and a budget. Needs the
extra `llm`. Errors are of our own tree: ModelUnavailable, ModelRefused, BadAnswer, BudgetSpent.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any, Final, Literal, Self, TypedDict

import httpx
import openai
from jsonschema import Draft202012Validator
from openai.types.chat import ChatCompletion
from pydantic import SecretStr
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from attrgen_assets.adapters.models.budget import Budget, Reservation, Spend
from attrgen_assets.adapters.models.retrying import asked_wait_s, is_hopeless, retry_after_s, wait_s
from attrgen_assets.errors import BadAnswer, ModelRefused, ModelUnavailable

_CHARACTERS_PER_TOKEN: Final = 3  # on the safe side for English; other scripts take more tokens
_SHOWN: Final = 200
_CONNECT_S: Final = 1.0  # for a connection: whoever does not take one by then is not there, and somebody may be waiting
_TRANSIENT_STATUSES: Final = frozenset({408, 409, 425, 429})


class Message(TypedDict):
    """One message of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatModel:
    """Which model to ask, where, and what it costs; prices per million tokens, None where they are not known.

    key_variable: the name of the variable that the key was read from, for the message of a key that is not taken.
    """

    base_url: str
    api_key: SecretStr
    name: str
    timeout_s: float = 30.0
    max_answer_tokens: int = 1_000
    price_in: float | None = None
    price_out: float | None = None
    key_variable: str = "ATTRGEN_LLM_API_KEY"

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


@dataclass(slots=True)
class Meter:
    """What calls took, good answers, bad ones and timeouts alike. cost: 0 where the prices are not known."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0


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
            timeout=httpx.Timeout(model.timeout_s, connect=min(_CONNECT_S, model.timeout_s)),
            max_retries=0,  # retries are ours, so that each counts as a call
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def ask(
        self,
        schema: Mapping[str, Any],
        messages: Sequence[Message],
        *,
        budget: Budget | None = None,
        meter: Meter | None = None,
        within_s: float | None = None,
    ) -> Answer:
        """The model's answer, which is JSON that fits `schema`.

        Args:
            budget: instead of the client's own.
            meter: where every attempt adds what it took, whatever its end.
            within_s: nothing is waited for that would end later; the caller has to stop a call that takes longer.

        Raises:
            BudgetSpent: before a call for which nothing is left.
            ModelUnavailable: no answer after all attempts, or the service asks to wait longer than there is time.
            ModelRefused: the service does not take the request; trying again cannot help.
            BadAnswer: an answer came and does not fit; its `value` holds what could be read.
        """
        until = None if within_s is None else self._clock() + within_s
        retrying = AsyncRetrying(
            retry=retry_if_exception_type(ModelUnavailable),
            stop=lambda state: self._gives_up(state, until),
            wait=wait_s,
            sleep=self._sleep,
            reraise=True,
        )
        spending = self._budget if budget is None else budget
        answer: Answer = await retrying(self._ask_once, schema, messages, spending, meter or Meter())
        return answer

    def _gives_up(self, state: RetryCallState, until: float | None) -> bool:
        too_late = until is not None and self._clock() + asked_wait_s(state) >= until
        return stop_after_attempt(self._attempts)(state) or too_late or is_hopeless(state)

    async def _ask_once(
        self, schema: Mapping[str, Any], messages: Sequence[Message], budget: Budget, meter: Meter
    ) -> Answer:
        aside = await budget.reserve(self._most(schema, messages))
        # Until it is known better: whoever is not waited for has read the question, and may be writing an answer.
        tokens = Tokens(_estimate(messages, schema), self._model.max_answer_tokens)
        started = self._clock()
        try:
            completion = await asyncio.wait_for(self._complete(schema, messages), self._model.timeout_s)
            latency_s = self._clock() - started
            tokens = _tokens(completion, messages, schema)
        except (openai.OpenAIError, TimeoutError) as error:
            if _is_free(error):
                tokens = Tokens(0, 0)
            raise self._translated(error) from error
        except ValueError as error:
            raise ModelUnavailable(f"{self._place}: the answer is not that of such a service") from error
        finally:
            await self._settle(budget, aside, tokens, meter)
        cost = self._model.cost(tokens)
        value = _parsed(completion, schema, tokens=tokens.total, cost=cost)
        return Answer(value=value, tokens=tokens, cost=cost, latency_s=latency_s)

    def _most(self, schema: Mapping[str, Any], messages: Sequence[Message]) -> Spend:
        """No more than this: a token is a byte at least, and a message has a few around it."""
        texts = [json.dumps(schema), *(message["content"] for message in messages)]
        most = Tokens(sum(len(text.encode()) + 16 for text in texts), self._model.max_answer_tokens)
        return Spend(most.total, self._model.cost(most) or 0.0)

    async def _settle(self, budget: Budget, aside: Reservation, tokens: Tokens, meter: Meter) -> None:
        used = Spend(tokens.total, self._model.cost(tokens) or 0.0)
        meter.calls += 1
        meter.tokens += used.tokens
        meter.cost += used.cost
        await budget.settle(aside, used)

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
            return self._of_status(error)
        if _is_unreached(error):
            return ModelUnavailable(f"{self._place}: cannot be reached", down=True)
        if isinstance(error, openai.APITimeoutError | TimeoutError):
            return ModelUnavailable(f"{self._place}: no answer in {self._model.timeout_s:g} s")
        return ModelUnavailable(f"{self._place}: {type(error).__name__}: {error}"[:_SHOWN])

    def _of_status(self, error: openai.APIStatusError) -> ModelUnavailable | ModelRefused:
        said = str(error.message).replace(self._model.api_key.get_secret_value(), "***")[:_SHOWN]
        what = f"{self._place}: status {error.status_code}: {said}"
        if error.status_code in (401, 403):
            return ModelRefused(
                f"{self._place}: status {error.status_code}: the key is not taken; see {self._model.key_variable}"
            )
        if error.code == "insufficient_quota":
            return ModelRefused(what)
        if error.status_code in _TRANSIENT_STATUSES or error.status_code >= 500:
            return ModelUnavailable(what, wait_s=retry_after_s(error.response.headers.get("retry-after")))
        return ModelRefused(what)


def _is_free(error: Exception) -> bool:
    """Whether nothing is billed: the service said that it did not answer, or was not reached."""
    return isinstance(error, openai.APIStatusError) or _is_unreached(error)


def _is_unreached(error: Exception) -> bool:
    return isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout)


def _parsed(completion: ChatCompletion, schema: Mapping[str, Any], *, tokens: int, cost: float | None) -> Any:
    """The answer's JSON. Raises BadAnswer, with what it took, where it is none or does not fit."""

    def bad(message: str, value: Any = None) -> BadAnswer:
        return BadAnswer(message, value=value, tokens=tokens, cost=cost)

    choice = completion.choices[0] if completion.choices else None
    if choice is not None and choice.message.refusal:
        raise bad(f"the model declined: {choice.message.refusal[:_SHOWN]!r}")
    text = choice.message.content if choice is not None else None
    if choice is None or text is None:
        raise bad("the model gave no answer")
    if choice.finish_reason == "length":
        raise bad("the answer was cut off at the limit of its length")
    try:
        value = json.loads(text)
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is no text, and nothing could store it
    except (ValueError, RecursionError) as error:
        raise bad(f"the answer is not JSON: {text[:_SHOWN]!r}") from error
    fault = next(iter(sorted(Draft202012Validator(dict(schema)).iter_errors(value), key=lambda e: e.json_path)), None)
    if fault is not None:
        raise bad(f"the answer does not fit its form at {fault.json_path}: {fault.message[:_SHOWN]}", value)
    return value


def _tokens(completion: ChatCompletion, messages: Sequence[Message], schema: Mapping[str, Any]) -> Tokens:
    """Tokens as the service counted them, or an estimate where it does not say."""
    usage = completion.usage
    if usage is not None and usage.total_tokens:
        # Some services bill what a model thinks, and count it in the total alone.
        answer = max(usage.completion_tokens, usage.total_tokens - usage.prompt_tokens)
        return Tokens(usage.prompt_tokens, answer)
    text = (completion.choices[0].message.content if completion.choices else None) or ""
    return Tokens(_estimate(messages, schema), len(text) // _CHARACTERS_PER_TOKEN + 1)


def _estimate(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    characters = sum(len(message["content"]) for message in messages) + len(json.dumps(schema))
    return characters // _CHARACTERS_PER_TOKEN + 1
