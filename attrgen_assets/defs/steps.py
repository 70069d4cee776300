"""What every step does around its workflow: names itself in the logs, and sorts errors into retried and final ones."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import dagster as dg
import structlog

from attrgen_assets.errors import AttrgenError, TransientError

RETRIES: Final = dg.RetryPolicy(
    max_retries=3, delay=2.0, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
)
"""Waits about 2, 4 and 8 seconds: longer than a MongoDB needs to come back after a restart."""


@contextmanager
def step(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, *, retries: dg.RetryPolicy = RETRIES
) -> Iterator[None]:
    """Run the body of an asset or a check.

    Its log lines carry run id, product type and step, and appear in Dagster's log as well. A TransientError is
    retried with backoff and jitter; any other error of attrgen fails the step at once, with its message and not with
    a stack trace of ours. What is not of our tree is a defect and passes as it is, without a retry.

    Raises:
        dagster.RetryRequested: for a TransientError, as long as the policy allows.
        dagster.Failure: for any other AttrgenError, and for the last TransientError.
    """
    name = context.op_execution_context.op.name
    with (
        structlog.contextvars.bound_contextvars(run_id=context.run.run_id, product_type=context.partition_key, step=name),
        _forwarded_to(context.log),
    ):
        try:
            yield
        except AttrgenError as error:
            attempt = context.op_execution_context.retry_number
            if isinstance(error, TransientError) and attempt < retries.max_retries:
                wait_s = retries.calculate_delay(attempt + 1)
                context.log.warning(f"{error}\nTrying again in {wait_s:.0f} s ({attempt + 1} of {retries.max_retries}).")
                raise dg.RetryRequested(max_retries=retries.max_retries, seconds_to_wait=wait_s) from error
            raise failure(error) from error


def failure(error: AttrgenError) -> dg.Failure:
    """The final failure of a step; `error` in its metadata names the kind."""
    metadata = {"error": type(error).__name__, "trying_again_may_help": isinstance(error, TransientError)}
    return dg.Failure(description=str(error), metadata=metadata, allow_retries=False)


class _ToDagster(logging.Handler):
    """Hands log records on to Dagster's log of a run."""

    def __init__(self, log: dg.DagsterLogManager) -> None:
        super().__init__(logging.INFO)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.log(record.levelno, record.getMessage())


@contextmanager
def _forwarded_to(log: dg.DagsterLogManager) -> Iterator[None]:
    handler = _ToDagster(log)
    logger = logging.getLogger("attrgen_assets")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
