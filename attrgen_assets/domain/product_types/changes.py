"""What a sensor remembers between ticks, and what a tick makes of what it sees. No clock, no disk, no Dagster."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

CURSOR_VERSION: Final = 1
ABSENT_TICKS_BEFORE_REMOVAL: Final = 2  # editors rename a file away and back while they save it
_HASH_SHOWN: Final = 16  # hex digits in a run key: 64 bits never collide among the states of one file


class Watched(BaseModel):
    """What is remembered of one key (a product type).

    `generation` counts accepted changes, so that content going A, B, A asks for three runs under three run keys.
    `accepted` is the fingerprint a run was last asked for (or was found to have seen); `pending` one that was seen
    while no run had finished yet; `reported` the bad content that was last complained about.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    generation: int = Field(default=0, ge=0)
    accepted: str | None = None
    pending: str | None = None
    reported: str | None = None
    absent_ticks: int = Field(default=0, ge=0)
    stat: str | None = Field(default=None, description="what was cheap to see when the fingerprint was taken")
    fingerprint: str | None = Field(default=None, description="the fingerprint taken then")


class Cursor(BaseModel):
    """The cursor of a sensor: versioned JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int = CURSOR_VERSION
    keys: dict[str, Watched] = Field(default_factory=dict)

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Read a cursor; one of another version, or that somebody edited into nonsense, counts as none.

        >>> Cursor.parse(None).keys, Cursor.parse("{'v': 9}").keys
        ({}, {})
        """
        try:
            cursor = cls.model_validate_json(text or "{}")
        except ValidationError:
            return cls()
        return cursor if cursor.version == CURSOR_VERSION else cls()

    def text(self) -> str:
        """What `parse` reads: short, because the UI shows it."""
        keys = {name: watched.model_dump(exclude_defaults=True) for name, watched in sorted(self.keys.items())}
        return json.dumps({"version": self.version, "keys": keys})


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One key as a tick finds it: its fingerprint, and the error where it is of no use."""

    fingerprint: str
    error: str | None = None
    stat: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What a tick decided."""

    cursor: Cursor
    run_keys: Mapping[str, str]
    present: tuple[str, ...]
    removed: tuple[str, ...]
    complaints: Mapping[str, str]

    @property
    def requested(self) -> tuple[str, ...]:
        """Keys that get a run."""
        return tuple(self.run_keys)


def observe(
    cursor: Cursor,
    seen: Mapping[str, Seen],
    *,
    processed: Mapping[str, str | None],
    first_sight_runs: bool,
) -> Changes:
    """Decide what a tick does.

    A key whose fingerprint differs from the accepted one gets a run under the key `key:generation:hash`. At first
    sight what the last run processed counts as accepted, so that a fresh cursor does not repeat work. A key that no
    run has processed gets one at once if `first_sight_runs`; else it waits (another watcher asks for its first run)
    until a run has processed it, it changes, or it was bad before. Bad content keeps what was accepted and is
    complained about once. A key is removed after two ticks without it.

    Args:
        cursor: what the last tick left.
        seen: the keys there are now, valid or not.
        processed: the fingerprint that the last finished run of a key saw, None or absent where there was none.
        first_sight_runs: whether a key without any run gets one from this watcher.

    >>> a, b = {"saree": Seen(fingerprint="aa")}, {"saree": Seen(fingerprint="bb")}
    >>> cursor, keys = Cursor(), []
    >>> for tick in (a, a, b, a):
    ...     changes = observe(cursor, tick, processed={}, first_sight_runs=True)
    ...     cursor = changes.cursor
    ...     keys.append(changes.run_keys.get("saree"))
    >>> keys
    ['saree:1:aa', None, 'saree:2:bb', 'saree:3:aa']
    """
    keys: dict[str, Watched] = {}
    run_keys: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for key in sorted(seen):
        now, former = seen[key], cursor.keys.get(key, Watched())
        after = former.model_copy(update={"absent_ticks": 0, "stat": now.stat, "fingerprint": now.fingerprint})
        if now.error is not None:
            if former.reported != now.fingerprint:
                complaints[key] = now.error
            keys[key] = after.model_copy(update={"reported": now.fingerprint})
            continue
        keys[key], run_key = _judge(key, after, now.fingerprint, processed.get(key), first_sight_runs=first_sight_runs)
        if run_key is not None:
            run_keys[key] = run_key
    absent = {key: _absent(cursor.keys[key]) for key in sorted(cursor.keys.keys() - seen.keys())}
    removed = tuple(key for key, after in absent.items() if after.absent_ticks == ABSENT_TICKS_BEFORE_REMOVAL)
    valid = tuple(key for key in sorted(seen) if seen[key].error is None)
    return Changes(
        cursor=Cursor(keys=keys | absent), run_keys=run_keys, present=valid, removed=removed, complaints=complaints
    )


def _absent(watched: Watched) -> Watched:
    """What becomes of a key that is not there."""
    ticks = min(watched.absent_ticks + 1, ABSENT_TICKS_BEFORE_REMOVAL + 1)
    if ticks != ABSENT_TICKS_BEFORE_REMOVAL:
        return watched.model_copy(update={"absent_ticks": ticks})
    # What was accepted is forgotten and the generation is not: a key that comes back has run keys of its own.
    return Watched(generation=watched.generation, absent_ticks=ticks)


def _judge(
    key: str, watched: Watched, fingerprint: str, processed: str | None, *, first_sight_runs: bool
) -> tuple[Watched, str | None]:
    """What becomes of a key with valid content, and the run key if it gets a run."""
    settled = {"accepted": fingerprint, "pending": None, "reported": None}
    first_sight = watched.accepted is None
    if watched.accepted == fingerprint or (first_sight and processed == fingerprint):
        return watched.model_copy(update=settled), None
    waits = first_sight and processed is None and watched.reported is None and not first_sight_runs
    if waits and watched.pending in {None, fingerprint}:
        return watched.model_copy(update={"pending": fingerprint}), None
    generation = watched.generation + 1
    run_key = f"{key}:{generation}:{fingerprint[:_HASH_SHOWN]}"
    return watched.model_copy(update={**settled, "generation": generation}), run_key
