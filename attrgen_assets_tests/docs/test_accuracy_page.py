"""docs/accuracy.md is what the stored result files say."""

import pytest

from attrgen_assets.adapters.result_files import read_results
from attrgen_assets.domain.reporting.results import Result
from attrgen_assets.domain.reporting.results_page import results_page
from attrgen_assets_tests.cli.calling import PROJECT

RESULTS = PROJECT / "docs" / "results"


def test_the_page_and_the_result_files_say_the_same() -> None:
    written = (PROJECT / "docs" / "accuracy.md").read_text(encoding="utf-8")
    assert written == results_page(read_results(RESULTS)), "run `attrgen bench page` and look at the change"


@pytest.mark.parametrize("result", read_results(RESULTS), ids=lambda result: result.bench)
def test_a_result_names_its_data_and_a_command_that_can_be_repeated(result: Result) -> None:
    command = result.bench.removesuffix("_accurate")  # a tier is an option of its bench
    assert result.command.startswith(f"attrgen bench {command} ")
    assert "../" not in result.command
    assert result.tables
    assert result.data_sha256
