"""What every step does around its workflow: names itself in the logs, and sorts errors into retried and final ones."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import dagster as dg

from attrgen_assets.adapters.logs import LOGGER_NAME, log_step
from attrgen_assets.defs.resources import ServicesResource
from attrgen_assets.errors import AttrgenError, TransientError
from attrgen_assets.wiring import Services

MAX_RETRIES: Final = 3
"""With the default delay the waits are about 2, 4 and 8 seconds: longer than a MongoDB needs for a restart."""


@contextmanager
def step(
    context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, services: ServicesResource
) -> Iterator[tuple[Services, dict[str, Any]]]:
    """Run the body of an asset or a check; yields the services, and a dictionary for counts to log with the end.

    Its log lines carry run id, product type and step, and appear in Dagster's log as well. A TransientError is
    retried with backoff and jitter; any other error of attrgen fails the step at once, with its message in place of
    a stack trace. What is not of our tree is a defect and passes as it is, without a retry.

    Raises:
        dagster.RetryRequested: for a TransientError, as long as retries are left.
        dagster.Failure: for any other AttrgenError, and for the last TransientError.
    """
    op_context = context.op_execution_context
    with _forwarded_to(context.log):
        try:
            with log_step(op_context.op.name, product_type=context.partition_key, run_id=context.run.run_id) as counts:
                yield services.services, counts
        except TransientError as error:
            attempt = op_context.retry_number + 1
            if attempt > MAX_RETRIES:
                raise failure(error) from error
            wait_s = retry_policy(services.retry_delay_s).calculate_delay(attempt)
            context.log.warning(f"Trying again in {wait_s:.1f} s, {attempt} of {MAX_RETRIES}: {error}")
            raise dg.RetryRequested(max_retries=MAX_RETRIES, seconds_to_wait=wait_s) from error
        except AttrgenError as error:
            raise failure(error) from error


def retry_policy(delay_s: float) -> dg.RetryPolicy:
    """How long to wait before each retry."""
    return dg.RetryPolicy(
        max_retries=MAX_RETRIES, delay=delay_s, backoff=dg.Backoff.EXPONENTIAL, jitter=dg.Jitter.PLUS_MINUS
    )


def failure(error: AttrgenError) -> dg.Failure:
    """The final failure of a step, with the kind of the error in its metadata."""
    metadata = {
        "error": dg.MetadataValue.text(type(error).__name__),
        "trying_again_may_help": dg.MetadataValue.bool(isinstance(error, TransientError)),
    }
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
    handler, logger = _ToDagster(log), logging.getLogger(LOGGER_NAME)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
