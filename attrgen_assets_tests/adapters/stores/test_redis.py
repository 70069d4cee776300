"""The match cache in a real Redis, and without one."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from uuid import uuid4

import pytest
import redis
from structlog.testing import capture_logs

from attrgen_assets.adapters.services import embedded_redis
from attrgen_assets.adapters.stores.redis import RedisMatchCache
from attrgen_assets.errors import TerminalError

QUICK_S = 0.5


class Clock:
    """Seconds that a test moves."""

    def __init__(self, *, step: float = 0.0) -> None:
        self.now = 0.0
        self._step = step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def test_what_was_set_is_got_in_order(redis_cache: RedisMatchCache) -> None:
    items = {f"key {i} ключ 🥻": bytes([i % 256]) * (i % 50) for i in range(3500)}
    redis_cache.set_many(items)
    keys = ["absent", *items, "absent too"]
    assert redis_cache.get_many(keys) == [None, *items.values(), None]
    assert (redis_cache.hits, redis_cache.misses) == (3500, 2)


def test_nothing_is_a_question_too(redis_cache: RedisMatchCache) -> None:
    redis_cache.set_many({})
    assert redis_cache.get_many([]) == []


def test_values_live_as_long_as_they_are_told(redis_url: str) -> None:
    prefix = f"test:{uuid4().hex}:"
    with (
        RedisMatchCache(redis_url, ttl_s=1000, timeout_s=10, prefix=prefix) as cache,
        redis.Redis.from_url(redis_url) as client,
    ):
        cache.set_many({"a": b"1"})
        remaining = client.ttl(prefix + "a")
        assert isinstance(remaining, int)
        assert 900 < remaining <= 1000


def test_two_prefixes_are_two_caches(redis_url: str, redis_cache: RedisMatchCache) -> None:
    redis_cache.set_many({"a": b"1"})
    with RedisMatchCache(redis_url, timeout_s=10, prefix=f"test:{uuid4().hex}:") as other:
        assert other.get_many(["a"]) == [None]


def test_what_others_wrote_counts_as_nothing(redis_url: str) -> None:
    prefix = f"test:{uuid4().hex}:"
    with RedisMatchCache(redis_url, timeout_s=10, prefix=prefix) as cache, redis.Redis.from_url(redis_url) as client:
        cache.set_many({"whole": b"value", "cut": b"value", "turned": b"value"})
        client.set(prefix + "cut", (client.get(prefix + "cut") or b"")[:-1])
        client.setrange(prefix + "turned", 5, b"X")
        client.copy(prefix + "whole", prefix + "of another")
        client.set(prefix + "short", b"x")
        client.set(prefix + "empty", b"")
        client.set(prefix + "number", 7)
        client.rpush(prefix + "list", "x")
        keys = ["whole", "cut", "turned", "of another", "short", "empty", "number", "list"]
        with capture_logs() as logs:
            assert cache.get_many(keys) == [b"value", *[None] * 7]
        assert logs == []


def expect_empty_with_one_warning(cache: RedisMatchCache, reason: str) -> None:
    started = monotonic()
    with capture_logs() as logs:
        for _ in range(3):
            cache.set_many({f"k{i}": b"v" for i in range(2500)})
            assert cache.get_many([f"k{i}" for i in range(2500)]) == [None] * 2500
    assert [log["event"] for log in logs] == ["match cache is not used"]
    assert logs[0]["log_level"] == "warning"
    assert reason in logs[0]["reason"]
    assert monotonic() - started < 10 * QUICK_S, "one timeout, and not one for each of 18 batches"


def test_no_server_is_one_warning(tmp_path: Path) -> None:
    with RedisMatchCache(f"unix://{tmp_path}/nobody.sock", timeout_s=QUICK_S) as cache:
        expect_empty_with_one_warning(cache, "ConnectionError")
        assert cache.misses == 7500


@contextmanager
def server_that_says(answer: bytes | None) -> Iterator[str]:
    """A server that answers everything with the same bytes, or never with None."""
    stop = threading.Event()
    connections: list[socket.socket] = []

    def serve(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            connections.append(connection)
            if answer is not None:
                connection.sendall(answer)

    with socket.socket() as listener:
        listener.settimeout(0.05)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield f"redis://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            stop.set()
            thread.join()
            for connection in connections:
                connection.close()


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "Timeout"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", ""),
        (b"-NOAUTH Authentication required.\r\n" * 50, "Auth"),
        (b"-LOADING Redis is loading\r\n" * 50, ""),
        (b"$999999999999\r\n", ""),
        (b"*1\r\n$1\r\nx\r\n" * 50, ""),
    ],
)
def test_a_server_that_hangs_or_talks_nonsense_is_one_warning(answer: bytes | None, reason: str) -> None:
    with server_that_says(answer) as url, RedisMatchCache(url, timeout_s=QUICK_S) as cache:
        expect_empty_with_one_warning(cache, reason)


def test_a_server_that_dies_in_the_middle_is_one_warning_and_is_tried_again_later(tmp_path: Path) -> None:
    clock = Clock()
    with embedded_redis(tmp_path) as url:
        cache = RedisMatchCache(url, timeout_s=5, cool_down_s=30, clock=clock)
        cache.set_many({"a": b"1"})
        assert cache.get_many(["a"]) == [b"1"]
    with capture_logs() as logs:
        assert cache.get_many(["a"]) == [None]
        with embedded_redis(tmp_path):
            clock.now += 29
            assert cache.get_many(["a"]) == [None], "still cooling down"
            clock.now += 2
            assert cache.get_many(["a"]) == [b"1"], "and then it is tried again"
        clock.now += 100
        assert cache.get_many(["a"]) == [None]
    assert len(logs) == 1
    assert (cache.hits, cache.misses) == (2, 3)
    cache.close()


def test_a_slow_server_is_left_alone(redis_url: str) -> None:
    clock = Clock(step=3.0)  # whenever it is looked at, three seconds have passed
    with (
        RedisMatchCache(redis_url, timeout_s=2, prefix=f"test:{uuid4().hex}:", cool_down_s=60, clock=clock) as cache,
        capture_logs() as logs,
    ):
        cache.set_many({"a": b"1"})
        assert cache.get_many(["a"]) == [None]
        clock.now += 60
        assert cache.get_many(["a"]) == [b"1"], "slow, but an answer"
        assert cache.get_many(["a"]) == [None]
    assert [log["reason"] for log in logs] == ["a batch took 3.00 s"]


def test_a_full_server_is_one_warning(tmp_path: Path) -> None:
    with embedded_redis(tmp_path) as url, redis.Redis.from_url(url) as client:
        client.config_set("maxmemory-policy", "noeviction")
        client.config_set("maxmemory", "1")
        with RedisMatchCache(url, timeout_s=5) as cache, capture_logs() as logs:
            cache.set_many({"a": b"1"})
            assert cache.get_many(["a"]) == [None]
        assert len(logs) == 1
        assert "OutOfMemory" in logs[0]["reason"]


@pytest.mark.parametrize("url", ["", "http://x:secret@y", "redis://:secret@x:port"])
def test_a_url_that_is_none_is_terminal_and_its_password_a_secret(url: str) -> None:
    with pytest.raises(TerminalError, match="REDIS_URL") as error:
        RedisMatchCache(url)
    assert "secret" not in str(error.value)
