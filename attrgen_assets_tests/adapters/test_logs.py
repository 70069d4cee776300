"""What is logged, where, and in which form."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from attrgen_assets.adapters.logs import LOG_FILE, LOGGER_NAME, configure_logging, log_step
from attrgen_assets.errors import ConfigError


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """The configuration of logging is the process's: put it back."""
    logger = logging.getLogger(LOGGER_NAME)
    before = (list(logger.handlers), logger.level, logger.propagate)
    config = structlog.get_config()
    yield
    for handler in logger.handlers:
        handler.close()
    logger.handlers, logger.level, logger.propagate = before
    structlog.configure(**config)


def logged(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "logs" / LOG_FILE).read_text(encoding="utf-8").splitlines()]


def configure(home: Path, **options: Any) -> io.StringIO:
    stream = io.StringIO()
    configure_logging(home=home, stream=stream, **options)
    return stream


def test_events_are_json_lines_on_stderr_and_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(home=tmp_path)

    structlog.get_logger("attrgen_assets.workflows.read").info("read %s", "सूती", rows=5311, share=0.5)

    (event,) = logged(tmp_path)
    assert json.loads(capsys.readouterr().err) == event
    assert event.pop("timestamp").endswith("+00:00")
    assert event == {
        "level": "info",
        "logger": "attrgen_assets.workflows.read",
        "event": "read सूती",
        "rows": 5311,
        "share": 0.5,
    }


def test_stderr_is_the_one_of_the_moment(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(home=tmp_path, format="text")
    capsys.readouterr()

    structlog.get_logger(LOGGER_NAME).warning("now")

    assert "warning now" in capsys.readouterr().err


def test_a_step_is_logged_with_its_fields_and_those_of_its_events(tmp_path: Path) -> None:
    configure(tmp_path)

    with log_step("read", product_type="saree", run_id="r1") as counts:
        structlog.get_logger("attrgen_assets.x").info("between")
        counts["rows"] = 7
    structlog.get_logger("attrgen_assets.x").info("after")

    started, between, finished, after = logged(tmp_path)
    context = {"step": "read", "product_type": "saree", "run_id": "r1"}
    for event in (started, between, finished):
        assert context.items() <= event.items()
    assert [event["event"] for event in (started, between, finished)] == ["read started", "between", "read finished"]
    assert finished["rows"] == 7
    assert finished["seconds"] >= 0
    assert not context.keys() & after.keys()


def test_a_step_that_fails_is_logged_and_the_error_goes_on(tmp_path: Path) -> None:
    configure(tmp_path)

    with pytest.raises(ValueError, match="hunter2"), log_step("store", product_type="saree"):
        raise ValueError("no answer from mongodb://u:hunter2@db.example.com")

    failed = logged(tmp_path)[-1]
    assert failed["level"] == "error"
    assert failed["event"] == "store failed"
    assert failed["error"] == "ValueError"
    assert failed["reason"] == "no answer from mongodb://u:***@db.example.com"
    assert failed["seconds"] >= 0


def test_no_secret_reaches_any_output(tmp_path: Path) -> None:
    stream = configure(tmp_path, format="text")
    seen: list[str] = []
    other = logging.Handler()
    other.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger(LOGGER_NAME).addHandler(other)
    log = structlog.get_logger("attrgen_assets.x")

    log.info("to redis://:hunter2@h", settings={"uri": "mongodb://u:hunter2@h", "password": "hunter2"})
    try:
        raise ConnectionError("redis://:hunter2@h: password=hunter2")
    except ConnectionError:
        log.exception("failed")
        logging.getLogger("attrgen_assets.foreign").exception("also mongodb://u:hunter2@h")

    outputs = [stream.getvalue(), (tmp_path / "logs" / LOG_FILE).read_text()]
    assert [output.count("hunter2") for output in outputs] == [0, 0]
    assert [output.count("ConnectionError") >= 2 for output in outputs] == [True, True]
    assert "hunter2" not in "".join(seen[:2])
    assert "settings=" in seen[0]  # any handler of the standard library gets the fields as text


def test_text_is_for_people_and_cannot_steer_their_terminal(tmp_path: Path) -> None:
    stream = configure(tmp_path, format="text")

    structlog.get_logger(LOGGER_NAME).info("read\x1b[31m\nfinished", file="a\x1b]0;b\u202e.csv", rows=3, files=["a b"])

    (line,) = stream.getvalue().splitlines()
    assert line[8:] == (' info    read\\x1b[31m\\nfinished  file="a\\u001b]0;b\\x202e.csv" rows=3 files=["a b"]')


def test_text_on_a_terminal_and_json_elsewhere(tmp_path: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    configure_logging(home=tmp_path, stream=terminal)
    structlog.get_logger(LOGGER_NAME).info("hello", rows=1)
    elsewhere = configure(tmp_path)
    structlog.get_logger(LOGGER_NAME).info("hello", rows=1)

    assert terminal.getvalue().endswith("info    hello  rows=1\n")
    assert json.loads(elsewhere.getvalue())["rows"] == 1


def test_configuring_again_replaces_and_keeps_foreign_handlers(tmp_path: Path) -> None:
    log = structlog.get_logger("attrgen_assets.x")
    foreign = logging.NullHandler()
    first = configure(tmp_path)
    logging.getLogger(LOGGER_NAME).addHandler(foreign)
    log.info("one")
    second = configure(tmp_path)
    log.info("two")

    assert len(first.getvalue().splitlines()) == len(second.getvalue().splitlines()) == 1
    assert [event["event"] for event in logged(tmp_path)] == ["one", "two"]
    assert foreign in logging.getLogger(LOGGER_NAME).handlers


def test_levels(tmp_path: Path) -> None:
    stream = configure(tmp_path, level="warning")

    log = structlog.get_logger("attrgen_assets.x")
    log.info("no")
    log.warning("yes")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["yes"]


def test_a_field_may_be_called_as_ours_are(tmp_path: Path) -> None:
    configure(tmp_path)

    structlog.get_logger(LOGGER_NAME).info("x", level=3, timestamp="t", logger="l")

    (event,) = logged(tmp_path)
    assert (event["level"], event["level_"], event["timestamp_"], event["logger_"]) == ("info", 3, "t", "l")


def test_nothing_is_opened_before_the_first_event(tmp_path: Path) -> None:
    configure(tmp_path / "home")

    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(("option", "name"), [("level", "ATTRGEN_LOG_LEVEL"), ("format", "ATTRGEN_LOG_FORMAT")])
def test_an_unknown_option_names_the_setting_and_what_is_allowed(option: str, name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=f"{name}: unknown value; found '[lL][oO][uU][dD]'; allowed: "):
        configure(tmp_path, **{option: "loud"})
