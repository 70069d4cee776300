"""A language model as a proposer of values: one request a product, answers remembered by what was asked."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from attrgen_assets.adapters.models.budget import RunBudget
from attrgen_assets.adapters.models.chat import ChatClient, ChatModel, Message
from attrgen_assets.domain.attributes.asking import PROMPT_VERSION, answer_schema, messages_about, read_answer
from attrgen_assets.domain.attributes.ports import ProposedValue, Question
from attrgen_assets.domain.ports import MatchCache
from attrgen_assets.domain.product_types.model import Attribute, ProductType
from attrgen_assets.errors import BadAnswer, BudgetSpent, ModelRefused, ModelUnavailable

_AT_ONCE: Final = 8  # requests under way
_FAILURES_IN_A_ROW: Final = 3  # products without an answer, each after several attempts, before no more are asked
_NOTHING: Final = object()


class LlmProposer:
    """Asks a language model about single products, within a budget. What it cannot get is left unanswered, with a note.

    One product a request: what a title says can have no effect on another product's answer.
    """

    def __init__(
        self,
        product_type: ProductType,
        *,
        model: ChatModel,
        budget: RunBudget,
        cache: MatchCache,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._product_type = product_type
        self._model = model
        self._budget = budget
        self._cache = cache
        self._sleep = sleep
        self._counts = Counter(dict.fromkeys(("llm_products", "llm_from_cache", "llm_bad_answers", "llm_not_asked"), 0))
        self._failures = 0
        self._stopped: str | None = None
        self._faults: list[str] = []
        self._forms: dict[tuple[str, ...], tuple[list[Attribute], dict[str, Any]]] = {}

    @property
    def version(self) -> str:
        """The model's name and the version of the wording."""
        return f"{self._model.name}/{PROMPT_VERSION}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Why not everything was asked, the first bad answer, and the cost where prices are known."""
        found = [f"llm: stopped asking: {self._stopped}"] if self._stopped else []
        found += [f"llm: {fault}" for fault in self._faults]
        if self._model.price_in is not None and self._model.price_out is not None:
            found.append(f"llm: cost {self._budget.cost:.4f}")
        return tuple(found)

    @property
    def counts(self) -> Mapping[str, int]:
        """Products asked about, answers from the cache, bad answers, products not asked, calls and tokens."""
        return {**self._counts, "llm_calls": self._budget.calls, "llm_tokens": self._budget.tokens}

    def propose(self, questions: Sequence[Question]) -> list[list[ProposedValue]]:
        """Values as the model answered them; the config's confidence stands for how likely they are."""
        asked = [self._prepared(question) for question in questions]
        self._counts["llm_products"] += len(asked)
        keys = list(dict.fromkeys(key for key, _, _ in asked))
        known: dict[str, Any] = {}
        for key, cached in zip(keys, self._cache.get_many(keys), strict=True):
            if (value := _decoded(cached)) is not _NOTHING:
                known[key] = value
        self._counts["llm_from_cache"] += len(known)
        unknown = {key: (schema, messages) for key, schema, messages in asked if key not in known}
        if unknown:
            fresh = asyncio.run(self._ask_all(unknown))
            self._cache.set_many({key: json.dumps(value).encode() for key, value in fresh.items()})
            known |= fresh
        return [self._values(question, known.get(key)) for question, (key, _, _) in zip(questions, asked, strict=True)]

    def _form(self, question: Question) -> tuple[list[Attribute], dict[str, Any]]:
        """The attributes asked for and the schema of their answer, made once for all rows that lack the same."""
        if question.attributes not in self._forms:
            attributes = [self._product_type.attribute(name) for name in question.attributes]
            self._forms[question.attributes] = (attributes, answer_schema(attributes))
        return self._forms[question.attributes]

    def _prepared(self, question: Question) -> tuple[str, dict[str, Any], list[Message]]:
        attributes, schema = self._form(question)
        messages: list[Any] = [
            {"role": role, "content": content}
            for role, content in messages_about(self._product_type, attributes, question.texts)
        ]
        content = json.dumps([self._model.base_url, self._model.name, PROMPT_VERSION, schema, messages])
        return f"llm:{blake2b(content.encode(), digest_size=20).hexdigest()}", schema, messages

    def _values(self, question: Question, answer: Any) -> list[ProposedValue]:
        field = next(iter(question.texts))
        return [
            ProposedValue(attribute=name, text=text, field=field, probability=1.0)
            for name, text in read_answer(answer, self._form(question)[0])
        ]

    async def _ask_all(self, unknown: Mapping[str, tuple[dict[str, Any], list[Message]]]) -> dict[str, Any]:
        answers: dict[str, Any] = {}
        free = asyncio.Semaphore(_AT_ONCE)
        async with ChatClient(self._model, budget=self._budget, sleep=self._sleep) as client:

            async def ask(key: str, schema: dict[str, Any], messages: list[Message]) -> None:
                async with free:
                    if self._stopped is None:
                        value = await self._ask_one(client, schema, messages)
                        if value is not _NOTHING:
                            answers[key] = value
                    else:
                        self._counts["llm_not_asked"] += 1

            await asyncio.gather(*(ask(key, *asked) for key, asked in unknown.items()))
        return answers

    async def _ask_one(self, client: ChatClient, schema: dict[str, Any], messages: list[Message]) -> Any:
        """The answer's value; of a bad one what can be read, because each value is judged by itself."""
        try:
            answer = await client.ask(schema, messages)
        except BadAnswer as error:
            self._failures = 0
            self._counts["llm_bad_answers"] += 1
            self._note(str(error))
            return _NOTHING if error.value is None else error.value
        except (BudgetSpent, ModelRefused) as error:
            self._counts["llm_not_asked"] += 1
            self._stopped = self._stopped or str(error)
            return _NOTHING
        except ModelUnavailable as error:
            self._counts["llm_not_asked"] += 1
            self._failures += 1
            self._note(str(error))
            if self._failures >= _FAILURES_IN_A_ROW:
                self._stopped = self._stopped or f"{self._failures} products in a row without an answer: {error}"
            return _NOTHING
        self._failures = 0
        return answer.value

    def _note(self, fault: str) -> None:
        if not self._faults:
            self._faults.append(fault)


def _decoded(cached: bytes | None) -> Any:
    """A remembered answer; whatever cannot be read counts as not remembered."""
    try:
        return json.loads(cached) if cached is not None else _NOTHING
    except ValueError:
        return _NOTHING
