"""Asking a language model: forms, faults, waits and the budget, against a service on a real socket."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from attrgen_assets.adapters.models.budget import RunBudget
from attrgen_assets.adapters.models.chat import Answer, ChatClient, ChatModel, Message, Meter
from attrgen_assets.errors import BadAnswer, BudgetSpent, ModelRefused, ModelUnavailable
from attrgen_assets_tests.adapters.models.chat_server import KEY, Reply, chat_server

SCHEMA = {
    "type": "object",
    "properties": {"color": {"type": ["string", "null"], "enum": ["Red", "Blue", None]}},
    "required": ["color"],
    "additionalProperties": False,
}
MESSAGES: list[Message] = [{"role": "system", "content": "Read."}, {"role": "user", "content": "a red saree"}]
RED = Reply(json.dumps({"color": "Red"}))


class Waits(list[float]):
    """A sleep that only notes how long it was asked to."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def budget(calls: int = 100, tokens: int = 1_000_000) -> RunBudget:
    """A budget for a few calls."""
    return RunBudget(max_calls=calls, max_tokens=tokens)


def ask(
    model: ChatModel, *, spending: RunBudget | None = None, waits: Waits | None = None, times: int = 1
) -> list[Answer]:
    """The answers to the same question, one after the other."""

    async def work() -> list[Answer]:
        sleep = waits if waits is not None else Waits()
        async with ChatClient(model, budget=spending or budget(), sleep=sleep) as client:
            return [await client.ask(SCHEMA, MESSAGES) for _ in range(times)]

    return asyncio.run(work())


def in_turn(replies: Sequence[Reply]) -> Any:
    """A model that gives these replies one after the other."""
    waiting = iter(replies)
    return lambda _request: next(waiting)


def test_an_answer_comes_with_what_it_took() -> None:
    with chat_server(lambda _: RED) as server:
        spending = budget()
        [answer] = ask(server.chat_model(price_in=2.0, price_out=10.0), spending=spending)
    assert (answer.value, answer.tokens.prompt, answer.tokens.answer) == ({"color": "Red"}, 100, 10)
    assert answer.cost == pytest.approx((100 * 2 + 10 * 10) / 1e6)
    assert answer.latency_s > 0
    assert (spending.calls, spending.tokens) == (1, 110)
    assert spending.cost == pytest.approx(answer.cost)
    [request] = server.requests
    assert request["temperature"] == 0
    assert request["response_format"]["json_schema"] == {"name": "answer", "strict": True, "schema": SCHEMA}
    assert server.keys == [f"Bearer {KEY}"]


@pytest.mark.parametrize(
    ("reply", "says", "value"),
    [
        (Reply('{"color": "Octarine"}'), "does not fit", {"color": "Octarine"}),
        (Reply('{"color": "Red", "price": 1}'), "does not fit", {"color": "Red", "price": 1}),
        (Reply('{"color": "Re'), "not JSON", None),
        (Reply("[" * 100_000), "not JSON", None),
        (Reply(None), "no answer", None),
        (Reply(None, refusal="I cannot help"), "declined: 'I cannot help'", None),
        (Reply('{"color": "\\ud800"}'), "not JSON", None),
        (Reply('{"color": "Red"}', finish_reason="length"), "cut off", None),
    ],
)
def test_an_answer_of_another_form_is_told(reply: Reply, says: str, value: object) -> None:
    spending = budget()
    with chat_server(lambda _: reply) as server, pytest.raises(BadAnswer, match=says) as caught:
        ask(server.chat_model(price_in=1.0, price_out=10.0), spending=spending)
    assert caught.value.value == value
    assert caught.value.tokens == 110
    assert caught.value.cost == pytest.approx(200 / 1e6)
    assert spending.cost == pytest.approx(200 / 1e6)
    assert (len(server.requests), spending.calls) == (1, 1), "the same question would get the same answer"
    assert spending.tokens == 110, "a bad answer costs as much as a good one"


def test_a_busy_service_is_asked_again_after_as_long_as_it_says() -> None:
    busy = Reply(status=429, headers={"retry-after": "7"})
    waits = Waits()
    with chat_server(in_turn([busy, busy, RED])) as server:
        [answer] = ask(server.chat_model(), waits=waits)
    assert answer.value == {"color": "Red"}
    assert waits == [7.0, 7.0]


def test_faults_are_tried_again_with_growing_waits_and_then_told() -> None:
    waits, spending = Waits(), budget()
    with chat_server(lambda _: Reply(status=503)) as server, pytest.raises(ModelUnavailable, match="503"):
        ask(server.chat_model(), waits=waits, spending=spending)
    assert len(server.requests) == 4
    assert [0.5 * 2**n <= wait <= 0.625 * 2**n for n, wait in enumerate(waits)] == [True] * 3
    assert (spending.calls, spending.tokens) == (4, 0)


def test_nobody_waits_for_an_hour() -> None:
    waits = Waits()
    hour = Reply(status=429, headers={"retry-after": "3600"})
    with chat_server(lambda _: hour) as server, pytest.raises(ModelUnavailable):
        ask(server.chat_model(), waits=waits)
    assert (len(server.requests), waits) == (1, [])


@pytest.mark.parametrize(
    "reply", [Reply(status=401), Reply(status=404), Reply(status=400), Reply(status=429, code="insufficient_quota")]
)
def test_what_trying_again_cannot_help_is_told_at_once_and_without_the_key(reply: Reply) -> None:
    with chat_server(lambda _: reply) as server, pytest.raises(ModelRefused) as caught:
        ask(server.chat_model())
    assert len(server.requests) == 1
    assert KEY not in str(caught.value)


def test_a_slow_service_is_given_up_and_what_it_may_have_written_is_spent() -> None:
    spending = budget()
    with (
        chat_server(lambda _: Reply(waits=True)) as server,
        pytest.raises(ModelUnavailable, match=r"no answer in 0\.2 s"),
    ):
        ask(server.chat_model(timeout_s=0.2, max_answer_tokens=500), spending=spending)
    assert spending.calls == 4
    assert 4 * 500 < spending.tokens < 4 * 700, "the question and as much of an answer as it may have given"


def test_whoever_stops_waiting_leaves_nothing_reserved_and_has_it_counted() -> None:
    spending, meter = budget(), Meter()

    async def work(model: ChatModel) -> None:
        async with ChatClient(model, budget=spending) as client, asyncio.timeout(0.2):
            await client.ask(SCHEMA, MESSAGES, meter=meter)

    with chat_server(lambda _: Reply(waits=True)) as server, pytest.raises(TimeoutError):
        asyncio.run(work(server.chat_model(max_answer_tokens=500)))
    assert (meter.calls, meter.tokens) == (1, spending.tokens)
    assert meter.tokens > 500
    assert spending._reserved == 0


def test_a_meter_counts_every_attempt_and_a_wait_beyond_the_time_left_is_not_begun() -> None:
    meter, waits = Meter(), Waits()

    async def work(model: ChatModel) -> None:
        async with ChatClient(model, budget=budget(), sleep=waits) as client:
            await client.ask(SCHEMA, MESSAGES, meter=meter)
            await client.ask(SCHEMA, MESSAGES, meter=meter, within_s=5)

    busy = [Reply(status=429, headers={"retry-after": str(seconds)}) for seconds in (1, 9)]
    with chat_server(in_turn([busy[0], RED, busy[1], RED])) as server, pytest.raises(ModelUnavailable, match="429"):
        asyncio.run(work(server.chat_model()))
    assert (meter.calls, meter.tokens, waits) == (3, 110, [1.0])


def test_tokens_that_a_model_thinks_with_are_counted_where_only_the_total_has_them() -> None:
    reply = {
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": RED.content}}]
    }
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 400}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "tiny", "usage": usage, **reply}
    with chat_server(lambda _: Reply(raw=json.dumps(body).encode())) as server:
        [answer] = ask(server.chat_model())
    assert answer.tokens.answer == 300


def test_the_message_about_a_key_names_the_variable_that_it_came_from() -> None:
    with chat_server(lambda _: Reply(status=401)) as server, pytest.raises(ModelRefused, match="ATTRGEN_GROK_API_KEY"):
        ask(server.chat_model(key_variable="ATTRGEN_GROK_API_KEY"))


def test_no_service_at_all_is_a_transient_error() -> None:
    with chat_server(lambda _: RED) as server:
        model = server.chat_model()
    with pytest.raises(ModelUnavailable):
        ask(model)


def test_a_page_that_is_no_answer_is_a_fault_of_the_service() -> None:
    page = Reply(raw=b"<html>welcome</html>", headers={"content-type": "text/html"})
    with chat_server(lambda _: page) as server, pytest.raises(ModelUnavailable):
        ask(server.chat_model())


def test_no_more_calls_and_tokens_than_a_run_may_spend() -> None:
    with chat_server(lambda _: RED) as server:
        with pytest.raises(BudgetSpent, match="2 calls"):
            ask(server.chat_model(), spending=budget(calls=2), times=3)
        assert len(server.requests) == 2
        spending = budget(tokens=1_300)
        with pytest.raises(BudgetSpent, match="1,300"):
            ask(server.chat_model(), spending=spending, times=9)
    assert spending.tokens <= 1_300
    assert spending.calls == spending.tokens // 110


def test_tokens_are_estimated_where_the_service_does_not_count() -> None:
    with chat_server(lambda _: Reply(RED.content, usage=None)) as server:
        [answer] = ask(server.chat_model())
    assert answer.tokens.prompt > 50
    assert answer.tokens.answer > 1
