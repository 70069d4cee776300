"""Batches through the kernel: generated and validated ahead in threads of their own, given out in order."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import polars as pl

from attrgen_assets.domain.attributes.candidates import CandidateGroup
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import Plan
from attrgen_assets.domain.attributes.validate import Validated, Validator

_GENERATING: Final = 2
_AHEAD: Final = 3
"""Batches in work beside the one that the caller has: enough to keep two cores busy, few enough for the memory."""


def validated_batches(
    batches: Iterable[pl.DataFrame], plan: Plan, validator: Validator
) -> Iterator[tuple[pl.DataFrame, Validated]]:
    """Each raw batch with what became of it, in order.

    Threads pay because polars and numpy work outside of Python's lock; results do not depend on them: one thread
    alone validates, batch after batch, while another one writes what it has done and others generate ahead.
    """
    running: deque[tuple[pl.DataFrame, Future[Validated]]] = deque()
    generating = ThreadPoolExecutor(max_workers=_GENERATING, thread_name_prefix="generate")
    validating = ThreadPoolExecutor(max_workers=1, thread_name_prefix="validate")

    def validate(batch: pl.DataFrame, groups: "Future[list[CandidateGroup]]") -> Validated:
        return validator.validate(batch, groups.result())

    with generating, validating:
        try:
            for batch in batches:
                groups = generating.submit(generate_candidates, batch, plan)
                running.append((batch, validating.submit(validate, batch, groups)))
                if len(running) > _AHEAD:
                    done, result = running.popleft()
                    yield done, result.result()
            while running:
                done, result = running.popleft()
                yield done, result.result()
        finally:
            for _, waiting in running:
                waiting.cancel()
