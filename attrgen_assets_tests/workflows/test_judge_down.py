"""Models that are not there: they cost one record a moment, and the next ones nothing, in all processes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import perf_counter

import pytest

from attrgen_assets.settings import Settings
from attrgen_assets.wiring_judge import open_judge
from attrgen_assets.workflows.judge import Judged, judge
from attrgen_assets_tests.adapters.models.chat_server import ChatServer, Reply, chat_server
from attrgen_assets_tests.domain.verdicts.making import conflict, make_claims, make_record
from attrgen_assets_tests.workflows.test_judge import model, settings_for

CLAIMS = make_claims(conflict())


def judged(settings: Settings) -> Judged:
    """A record judged as a command does it, with everything opened and closed for it."""

    async def work() -> Judged:
        async with open_judge(settings) as ports:
            return await judge(make_record(CLAIMS), CLAIMS, ports=ports)

    return asyncio.run(work())


def nobody() -> ChatServer:
    """A service that was there, and is not any more: connections are refused."""
    with chat_server(lambda _: Reply()) as server:
        return server


@contextmanager
def silence() -> Iterator[ChatServer]:
    """An address that takes no connection and refuses none: the queue of those who wait there is full."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listening.getsockname())
        yield ChatServer(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", lambda _: Reply())


@pytest.mark.parametrize("refusing", [True, False])
def test_models_that_cannot_be_reached_are_tried_once_and_then_left_alone(redis_url: str, refusing: bool) -> None:
    with silence() as silent:
        servers = {"openai": nobody(), "grok": nobody()} if refusing else {"openai": silent, "grok": silent}
        settings = settings_for(servers, redis_url, llm_timeout_s=30)
        started = perf_counter()
        first, second = judged(settings), judged(settings)
        took_s = perf_counter() - started
    assert took_s < 8, "two seconds and what opening takes; every question by itself would be twelve and more"
    attempts = 2 if refusing else 1
    conflicts, content = first.verdicts.models[:2], first.verdicts.models[2:]
    assert [(call.calls, call.tokens, call.status) for call in conflicts] == [(attempts, 0, "unavailable")] * 2
    assert all("cannot be reached" in call.error for call in conflicts)
    assert [call.calls for call in (*content, *second.verdicts.models)] == [0] * 6
    assert all(call.error.startswith("not asked: left alone for another") for call in second.verdicts.models)
    assert (second.verdicts.status, second.content.method) == ("skipped", "template")
    assert second.record == make_record(CLAIMS)


def test_a_model_that_says_nothing_is_left_alone_and_the_other_one_is_not(redis_url: str) -> None:
    with chat_server(lambda _: Reply(waits=True)) as mute, chat_server(model(12)) as sound:
        settings = settings_for({"openai": mute, "grok": sound}, redis_url, llm_timeout_s=2, llm_deadline_s=1.5)
        first, second = judged(settings), judged(settings)
        asked = len(mute.requests)
    assert (first.verdicts.status, second.verdicts.status) == ("partial", "partial")
    assert asked == 1
    assert (second.content.method, second.content.by) == ("model", "grok")


def test_a_model_that_asks_to_wait_is_asked_again_for_the_next_record(redis_url: str) -> None:
    with chat_server(lambda _: Reply(status=429, headers={"retry-after": "60"})) as server:
        settings = settings_for({"openai": server}, redis_url)
        found = [judged(settings), judged(settings)]
        asked = len(server.requests)
    assert asked == sum(len(one.verdicts.models) for one in found) == 4
