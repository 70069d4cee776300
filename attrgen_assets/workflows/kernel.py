"""Batches through the kernel: candidates are generated ahead in threads, validation follows in order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.validate import Validated, Validator

_AHEAD: Final = 2
"""Batches generated ahead of validation: enough to keep two cores busy, few enough to keep memory small."""


def validated_batches(
    batches: Iterable[pl.DataFrame], plan: Plan, validator: Validator
) -> Iterator[tuple[pl.DataFrame, Validated]]:
    """Each raw batch with what became of it, in order.

    Threads pay because polars and numpy work outside of Python's lock; results do not depend on them.
    """

    running: deque[tuple[pl.DataFrame, Future[list[CandidateGroup]]]] = deque()
    with ThreadPoolExecutor(max_workers=_AHEAD, thread_name_prefix="generate") as pool:
        try:
            for batch in batches:
                running.append((batch, pool.submit(generate_candidates, batch, plan)))
                if len(running) > _AHEAD:
                    done, groups = running.popleft()
                    yield done, validator.validate(done, groups.result())
            while running:
                done, groups = running.popleft()
                yield done, validator.validate(done, groups.result())
        finally:
            for _, waiting in running:
                waiting.cancel()
