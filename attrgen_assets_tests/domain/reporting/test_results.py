"""Result files are strict, and the page shows all that is in them."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from attrgen_assets.domain.reporting.results import Goal, Result, result_json, sample
from attrgen_assets.domain.reporting.results_page import results_page, shown


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"bench": "Not a name"}, "bench"),
        ({"date": "yesterday"}, "date"),
        ({"data_sha256": {"a.csv": "abc"}}, "data_sha256"),
        ({"data_sha256": {}}, "data_sha256"),
        ({"seed": 1.5}, "seed"),
        ({"surprise": 1}, "surprise"),
        ({"goals": [{"figure": "f", "at_least": 1.0, "at_most": 2.0, "measured": 1.0}]}, "exactly one"),
        ({"goals": [{"figure": "f", "measured": 1.0}]}, "exactly one"),
        ({"tables": [{"title": "t", "columns": [{"name": "a"}], "rows": [{"b": 1}]}]}, "no columns for the cells b"),
        ({"tables": [{"title": "t", "columns": [{"name": "a"}, {"name": "a"}], "rows": []}]}, "twice"),
        ({"tables": [{"title": "t", "columns": [{"name": "a", "format": "count"}], "rows": [{"a": "x"}]}]}, "text"),
    ],
)
def test_what_is_no_result_is_refused(change: dict[str, Any], wrong: str) -> None:
    text = json.dumps(json.loads(result_json(sample())) | change)
    with pytest.raises(ValidationError, match=wrong):
        Result.model_validate_json(text)


@pytest.mark.parametrize(
    ("limits", "measured", "met"),
    [
        ({"at_least": 0.9}, 0.9, True),
        ({"at_least": 0.9}, 0.8999, False),
        ({"at_most": 0.1}, 0.1, True),
        ({"at_most": 0.1}, 0.2, False),
        ({"at_most": 0.1}, None, None),
    ],
)
def test_a_goal_is_met_at_its_limit(limits: dict[str, float], measured: float | None, met: bool | None) -> None:
    assert Goal(figure="f", measured=measured, **limits).met is met  # type: ignore[arg-type]


def test_every_table_says_when_with_what_and_on_what_it_was_measured() -> None:
    result = sample()
    page = results_page([result])
    table = page[page.index("### By method") :]
    for origin in ("2026-01-31", "seed 7", "`attrgen bench matching --data-dir DATA`", "values.jsonl 000000000000"):
        assert origin in table
    assert "| attrgen | 98.1 % |" in table
    assert "0" * 64 in page


def test_benches_come_in_their_order_whatever_order_they_are_read_in() -> None:
    benches = [
        sample().model_copy(update={"bench": bench, "title": bench})
        for bench in ("zeta", "fusion", "extraction", "accuracy", "matching", "alpha")
    ]
    page = results_page(benches)
    heads = [line[3:] for line in page.splitlines() if line.startswith("## ")]
    assert heads == ["accuracy", "matching", "extraction", "fusion", "alpha", "zeta"]
    assert results_page(list(reversed(benches))) == page


def test_no_text_breaks_out_of_its_cell() -> None:
    assert shown("a|b\n<script>", "text") == "a\\|b &lt;script>"


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (0.9999, "fraction", "100.0 %"),
        (83.42, "percent", "83.4"),
        (1234567, "number", "1,234,567"),
        (True, "text", "yes"),
    ],
)
def test_figures_are_shown_as_people_read_them(value: Any, how: Any, text: str) -> None:
    assert shown(value, how) == text
