"""The root of the command line: errors and exit codes, laziness, version."""

import subprocess
import sys

import pytest

from attrgen_assets.cli import COMMANDS, main
from attrgen_assets_tests.cli.calling import ATTRGEN, PROJECT, attrgen, environment
from attrgen_assets_tests.cli.failing_commands import app as failing

HEAVY = (
    "polars",
    "pyarrow",
    "pymongo",
    "redis",
    "dagster",
    "numpy",
    "structlog",
    "yaml",
    "rapidfuzz",
    "attrgen_assets.settings",
)


@pytest.mark.parametrize(
    ("way", "code", "said"),
    [
        pytest.param("fine", 0, "", id="done"),
        pytest.param("seven", 7, "", id="a command's own code"),
        pytest.param("terminal", 1, "error: no such row\n", id="terminal"),
        pytest.param(
            "config", 1, "error: 2 problems in the configuration\na.yaml:1: k: worse\nb.yaml:2: k: bad\n", id="config"
        ),
        pytest.param("transient", 3, "error: MongoDB does not answer\nTrying again may help.\n", id="transient"),
        pytest.param("permission", 1, "error: /x/y: Permission denied\n", id="of the system"),
        pytest.param("interrupt", 130, "", id="Ctrl-C"),
    ],
)
def test_every_error_is_a_message_and_a_code(
    way: str, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([way], app=failing) == code
    assert capsys.readouterr().err == said


def test_a_defect_says_so_and_debug_shows_where(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["defect"], app=failing) == 1
    assert capsys.readouterr().err == (
        "error: ZeroDivisionError: division by zero\nThis is a defect of attrgen; --debug shows where it happened.\n"
    )
    assert main(["defect", "--debug"], app=failing) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "failing_commands.py" in shown


def test_debug_behind_a_double_dash_is_an_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["terminal", "--", "--debug"], app=failing) == 2
    assert "--debug" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["nonsense"], ["generate", "--nonsense"]])
def test_a_wrong_command_line_is_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_misspelt_command_is_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generat"]) == 2
    assert "generate" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = (
        "import sys; from attrgen_assets.cli import main; from attrgen_assets_tests.cli.failing_commands import app;"
        "sys.exit(main(app=app))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, "numbers"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait(timeout=60) == 1


@pytest.mark.parametrize("words", [["--help"], ["quarantine", "--help"], ["generate", "--help"]])
def test_help_imports_nothing_heavy(words: list[str]) -> None:
    probe = (
        "import sys; from attrgen_assets.cli import main; code = main(sys.argv[1:]);"
        f"loaded = sorted(set(sys.modules) & set({HEAVY!r})); print(code, loaded, file=sys.stderr)"
    )
    result = subprocess.run(
        [sys.executable, "-c", probe, *words], capture_output=True, text=True, check=True, env=environment()
    )
    assert result.stderr.strip().splitlines()[-1] == "0 []"


def test_every_command_is_in_the_help() -> None:
    shown = attrgen("--help")
    assert shown.returncode == 0
    assert [name for name in COMMANDS if name not in shown.stdout] == []


def test_no_words_show_the_help() -> None:
    assert "Usage" in attrgen().stdout + attrgen().stderr


def test_version_is_that_of_the_project() -> None:
    import tomllib

    version = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["version"]
    assert attrgen("--version").stdout == f"attrgen {version}\n"


def test_the_entry_point_is_this_function() -> None:
    assert ATTRGEN[-1].startswith("import sys; from attrgen_assets.cli import main")
    assert 'attrgen = "attrgen_assets.cli:main"' in (PROJECT / "pyproject.toml").read_text()
