"""What a person reads when a command fails, and the exit code that goes with it."""

import traceback
from typing import Final

from attrgen_assets.errors import AttrgenError, TransientError

TERMINAL: Final = 1
TRANSIENT: Final = 3


def exit_code(error: Exception) -> int:
    """3 where trying again may help, else 1.

    >>> from attrgen_assets.errors import NotFoundError, StoreUnavailable
    >>> exit_code(NotFoundError("x")), exit_code(StoreUnavailable("x")), exit_code(ValueError("x"))
    (1, 3, 1)
    """
    return TRANSIENT if isinstance(error, TransientError) else TERMINAL


def explain(error: Exception, *, debug: bool = False) -> str:
    """The text for stderr, ending in a newline; with `debug` the traceback stands before it.

    >>> from attrgen_assets.errors import StoreUnavailable
    >>> print(explain(StoreUnavailable("MongoDB does not answer")), end="")
    error: MongoDB does not answer
    Trying again may help.
    """
    lines = [f"error: {_message(error)}"]
    if isinstance(error, TransientError):
        lines.append("Trying again may help.")
    if debug:
        lines.insert(0, "".join(traceback.format_exception(error)).rstrip())
    elif not isinstance(error, AttrgenError | OSError):
        lines.append("This is a defect of attrgen; --debug shows where it happened.")
    return "\n".join(lines) + "\n"


def _message(error: Exception) -> str:
    if isinstance(error, AttrgenError):
        return str(error)
    if isinstance(error, OSError) and error.strerror and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    return f"{type(error).__name__}: {error}"
