"""Logs: structlog in, the standard library's handlers out.

`configure_logging` sends events to stderr and, as JSON lines, to <home>/logs/attribute_generation.log. Modules log with
`structlog.get_logger(__name__)`. An event reaches the logger "attrgen_assets" of the standard library as a record whose
message is readable and whose attribute `fields` has everything as a dictionary, so that any other handler put on that
logger (Dagster's, say) needs no formatter of ours. Secrets are masked before the record exists.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

from attrgen_assets.adapters.log_file import SharedRotatingFileHandler
from attrgen_assets.adapters.redaction import redact, redact_text
from attrgen_assets.errors import ConfigError, Problem

LOGGER_NAME: Final = "attrgen_assets"
LOG_FILE: Final = "attribute_generation.log"

_MAX_BYTES: Final = 10 << 20
_BACKUPS: Final = 5
_LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
_FORMATS: Final = ("auto", "text", "json")
_CONTROLS: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")  # all but the line feed
_PLAIN: Final = re.compile(r"[\w.,:;/@%+*#()-]+")
_SHOWN_APART: Final = ("event", "exception", "stack")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what sys.stderr is now, which a progress bar or a test may have replaced."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # the base class keeps the stream of its first use
        return sys.stderr


class JsonFormatter(logging.Formatter):
    """One JSON object a line: timestamp (UTC), level, logger, event, then the event's fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        head = {
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
        }
        fields = {f"{key}_" if key in head else key: value for key, value in fields_of(record).items()}
        return json.dumps(head | fields, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    """A line for people: local time, level, event, key=value."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without anything that could steer a terminal."""
        clock = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S")
        return f"{clock} {record.levelname.lower():7} {event_text(fields_of(record))}"


def configure_logging(
    *,
    home: Path,
    level: str = "INFO",
    format: str = "auto",
    stream: TextIO | None = None,
    console: bool = True,
    console_level: str | None = None,
) -> None:
    """Send the logs of attrgen to stderr (or `stream`) and to the log file of `home`. Calling it again replaces that.

    format: `text`, `json`, or `auto`: text on a terminal, else json. The file is always JSON lines, rotated at 10 MB,
    with five former ones kept; it is opened at the first event. Without `console` there is only the file.
    console_level: of what goes to stderr, where it is not `level`.

    Raises: ConfigError for an unknown level or format.
    """
    _check("ATTRGEN_LOG_LEVEL", level.upper(), _LEVELS)
    _check("ATTRGEN_LOG_FORMAT", format, _FORMATS)
    file = SharedRotatingFileHandler(home / "logs" / LOG_FILE, max_bytes=_MAX_BYTES, backups=_BACKUPS)
    file.setFormatter(JsonFormatter())
    handlers: list[logging.Handler] = [file]
    if console:
        screen = _Stderr() if stream is None else logging.StreamHandler(stream)
        as_text = format == "text" or (format == "auto" and (stream or sys.stderr).isatty())
        screen.setFormatter(TextFormatter() if as_text else JsonFormatter())
        screen.setLevel((console_level or level).upper())
        handlers.append(screen)
    _remove_handlers()
    logger = logging.getLogger(LOGGER_NAME)
    for handler in handlers:
        handler.of_attrgen = True  # type: ignore[attr-defined]  # the mark by which the next call finds its own
        logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
    configure_structlog()


@contextmanager
def logs_in_file(*, home: Path, level: str = "INFO") -> Iterator[None]:
    """Send the logs to the file alone for the length of the block; where logging is configured, leave it as it is.

    For processes whose stderr somebody else collects, such as a run of Dagster.
    """
    if _own_handlers():
        yield
        return
    configure_logging(home=home, level=level, console=False)
    try:
        yield
    finally:
        _remove_handlers()


def configure_structlog() -> None:
    """Route structlog to the standard library's loggers, masked; without handlers of ours."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            _to_record,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,  # else a second call would not reach loggers that were used before
    )


@contextmanager
def log_step(step: str, *, product_type: str, run_id: str | None = None) -> Iterator[dict[str, Any]]:
    """Log the start and the end of a step; events in between carry `step`, `product_type` and `run_id` too.

    Yields a dictionary: what is put there (counts, say) is logged with the end, beside `seconds`. An error is logged
    as the end, with its kind and text, and goes on.
    """
    log = structlog.get_logger(LOGGER_NAME)
    context = {"step": step, "product_type": product_type} | ({"run_id": run_id} if run_id else {})
    counts: dict[str, Any] = {}
    with structlog.contextvars.bound_contextvars(**context):
        started = time.perf_counter()
        log.info(f"{step} started")
        try:
            yield counts
        except BaseException as error:
            seconds = round(time.perf_counter() - started, 3)
            log.error(f"{step} failed", error=type(error).__name__, reason=str(error), seconds=seconds, **counts)
            raise
        log.info(f"{step} finished", **counts, seconds=round(time.perf_counter() - started, 3))


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """Event and fields of a record, masked; also of one that did not come through structlog."""
    fields: dict[str, Any] | None = getattr(record, "fields", None)
    if fields is not None:
        return fields
    foreign = {"event": redact_text(record.getMessage())}
    if record.exc_info:
        foreign["exception"] = redact_text(logging.Formatter().formatException(record.exc_info))
    return foreign


def event_text(fields: Mapping[str, Any]) -> str:
    """An event as one line, an exception's lines below it.

    >>> event_text({"event": "read finished", "rows": 5311, "file": "a b.csv"})
    'read finished  rows=5311 file="a b.csv"'
    """
    pairs = " ".join(f"{key}={_shown(value)}" for key, value in fields.items() if key not in _SHOWN_APART)
    first = _visible(str(fields.get("event", ""))).replace("\n", "\\n") + (f"  {pairs}" if pairs else "")
    return "\n".join([first, *(_visible(str(fields[key])) for key in ("stack", "exception") if fields.get(key))])


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if _PLAIN.fullmatch(text) else _visible(json.dumps(value, ensure_ascii=False, default=str))


def _visible(text: str) -> str:
    """Characters that would move a terminal's cursor or turn its direction, spelled out."""
    return _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def _own_handlers() -> list[logging.Handler]:
    return [handler for handler in logging.getLogger(LOGGER_NAME).handlers if getattr(handler, "of_attrgen", False)]


def _remove_handlers() -> None:
    for handler in _own_handlers():
        logging.getLogger(LOGGER_NAME).removeHandler(handler)
        handler.close()


def _to_record(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> tuple[tuple[str], dict[str, dict[str, Any]]]:
    """The last processor: arguments for a standard logger."""
    fields = redact({"event": event.pop("event", ""), **event})
    return (event_text(fields),), {"extra": {"fields": fields}}


def _check(name: str, found: str, allowed: tuple[str, ...]) -> None:
    if found not in allowed:
        raise ConfigError(
            [Problem("environment", None, name, "unknown value", repr(found), f"allowed: {', '.join(allowed)}")]
        )
