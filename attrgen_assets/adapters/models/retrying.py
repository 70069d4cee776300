"""When a language model is asked again, and when no more."""

import random
from typing import Final

import httpx
from tenacity import RetryCallState

from attrgen_assets.errors import ModelUnavailable

_LONGEST_WAIT_S: Final = 30.0
_FIRST_WAIT_S: Final = 0.5


def retry_after_s(header: str | None) -> float | None:
    """The seconds of a Retry-After header; None where there is none.

    >>> retry_after_s("2"), retry_after_s("-1"), retry_after_s("Fri, 31 Dec 1999 23:59:59 GMT")
    (2.0, 0.0, None)
    """
    try:
        return max(0.0, float(header)) if header is not None else None
    except ValueError:  # a date: rare, and the usual backoff does as well
        return None


def wait_s(state: RetryCallState) -> float:
    """As long as the service asks for; else half a second, one, two ... with up to a quarter more."""
    fault = _fault(state)
    if fault is not None and fault.wait_s is not None:
        return fault.wait_s
    backoff: float = _FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1)
    return min(backoff, _LONGEST_WAIT_S) * (1 + random.random() / 4)  # noqa: S311  jitter is no secret


def asked_wait_s(state: RetryCallState) -> float:
    """How long the service asks to wait, in seconds; 0 where it does not."""
    fault = _fault(state)
    return (fault.wait_s or 0.0) if fault is not None else 0.0


def is_hopeless(state: RetryCallState) -> bool:
    """Whether the service asks for too long a wait, refused a connection twice, or took none in the time for it.

    Somebody may be waiting at the terminal for what a model that is not there would say.
    """
    fault = _fault(state)
    timed_out = isinstance(getattr(fault and fault.__cause__, "__cause__", None), httpx.ConnectTimeout)
    gone = fault is not None and fault.down and (timed_out or state.attempt_number > 1)
    return gone or asked_wait_s(state) > _LONGEST_WAIT_S


def _fault(state: RetryCallState) -> ModelUnavailable | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, ModelUnavailable) else None
