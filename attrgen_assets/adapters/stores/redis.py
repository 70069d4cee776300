"""The cache of enum matches in Redis. A cache may be slow, full, wrong or gone, and nobody is the worse for it.

A value is stored with a checksum of key and value in front, so that what others wrote, half of what we wrote, or the
answer to another question counts as nothing.
After the first fault there is one warning in the log, and the cache is empty for as long as it cools down; then the
next batch tries again. A batch that takes longer than the timeout in all is a fault as well, even when each answer
was in time.
"""

import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, Final, Self, TypeVar

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry

from attrgen_assets.errors import TerminalError

_BATCH: Final = 1_000  # keys per round trip: 450,000 keys/s on a unix socket, and a Redis is busy for 1 ms at most
_CHECKSUM_BYTES: Final = 4
_PREFIX: Final = "attrgen:match:1:"  # the number is that of the stored form

_T = TypeVar("_T")


class RedisMatchCache:
    """The MatchCache of `domain.ports`.

    Args:
        url: redis://, rediss:// or unix://; a Redis that is down is no error, here or later.
        ttl_s: life of a value, whole seconds.
        timeout_s: how long connecting, an answer, or a batch of a thousand may take.
        cool_down_s: how long the cache is left alone after a fault.
        prefix: of all keys, so that several installations can share a Redis.
        clock: seconds that only grow.

    Raises TerminalError for a URL that is none.
    """

    def __init__(
        self,
        url: str,
        *,
        ttl_s: int = 7 * 24 * 3600,
        timeout_s: float = 0.5,
        cool_down_s: float = 30.0,
        prefix: str = _PREFIX,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            self._client: Any = redis.Redis.from_url(
                url,
                socket_timeout=timeout_s,
                socket_connect_timeout=timeout_s,
                protocol=2,  # older servers know it, and it greets with fewer round trips
                retry=Retry(NoBackoff(), 0),  # the default tries three times, with pauses
            )
        except ValueError as error:
            # Not the URL itself: it may hold a password.
            raise TerminalError("REDIS_URL: need redis://, rediss:// or unix:// and a whole number as db") from error
        self._ttl_s = ttl_s
        self._timeout_s = timeout_s
        self._cool_down_s = cool_down_s
        self._prefix = prefix
        self._clock = clock
        self._down_until: float | None = None
        self._warned = False
        self.hits = 0
        self.misses = 0

    def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of the keys, in their order; None where nothing (or nothing sound) is remembered."""
        values: list[bytes | None] = []
        for batch in _batches(keys):
            nothing: list[object] = [None] * len(batch)
            stored = self._attempt("read", partial(self._read, batch), nothing=nothing)
            values.extend(_opened(key, found) for key, found in zip(batch, stored, strict=True))
        found = sum(value is not None for value in values)
        self.hits += found
        self.misses += len(values) - found
        return values

    def set_many(self, items: Mapping[str, bytes]) -> None:
        """Remember; silently nothing where the cache is down."""
        for batch in _batches(items.items()):
            self._attempt("write", partial(self._write, batch), nothing=None)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _read(self, keys: Sequence[str]) -> list[object]:
        found = list(self._client.mget([self._prefix + key for key in keys]))
        if len(found) != len(keys):
            raise redis.ResponseError(f"{len(found)} answers to {len(keys)} questions")
        return found

    def _write(self, items: Sequence[tuple[str, bytes]]) -> None:
        pipeline = self._client.pipeline(transaction=False)
        for key, value in items:
            pipeline.set(self._prefix + key, _sealed(key, value), ex=self._ttl_s)
        # One key that cannot be written (a full Redis) is told as an error of the whole.
        pipeline.execute()

    def _attempt(self, doing: str, work: Callable[[], _T], *, nothing: _T) -> _T:
        """What `work` gives, or `nothing` when the cache is down or goes down now."""
        started = self._clock()
        if self._down_until is not None:
            if started < self._down_until:
                return nothing
            self._down_until = None
        try:
            result = work()
        except Exception as error:  # noqa: BLE001  the client trips over odd answers in many ways; no match is worth it
            self._go_down(f"{type(error).__name__}: {error}", doing)
            return nothing
        elapsed_s = self._clock() - started
        if elapsed_s > self._timeout_s:
            self._go_down(f"a batch took {elapsed_s:.2f} s", doing)
        return result

    def _go_down(self, reason: str, doing: str) -> None:
        self._down_until = self._clock() + self._cool_down_s
        if not self._warned:
            self._warned = True
            log = structlog.get_logger(__name__)
            log.warning(
                "match cache is not used",
                reason=reason,
                doing=doing,
                consequence="matches are worked out anew; answers are the same",
                next_try_s=self._cool_down_s,
            )


def _sealed(key: str, value: bytes) -> bytes:
    return _checksum(key, value) + value


def _opened(key: str, stored: object) -> bytes | None:
    if not isinstance(stored, bytes):
        return None
    value = stored[_CHECKSUM_BYTES:]
    return value if stored[:_CHECKSUM_BYTES] == _checksum(key, value) else None


def _checksum(key: str, value: bytes) -> bytes:
    return zlib.crc32(value, zlib.crc32(key.encode())).to_bytes(_CHECKSUM_BYTES, "big")


def _batches(items: Iterable[_T]) -> Iterator[list[_T]]:
    remaining = iter(items)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
