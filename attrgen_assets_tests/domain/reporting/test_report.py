"""What the page says to do about refusals."""

from typing import Any

import pytest
import yaml

from attrgen_assets.domain.reporting.profile import PROPOSAL, Profile, RefusedText
from attrgen_assets.domain.reporting.report import ADVICE, RunRecord, TypeReport, refusal_line
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets_tests.factories import NOW, make_product_type


def refused(**changes: Any) -> RefusedText:
    base = {"attribute": "color", "reason": "not_in_vocabulary", "text": "rde", "nearest": "Red", "rows": 1}
    return RefusedText(**(base | changes))


def report(*refusals: RefusedText) -> TypeReport:
    profile = Profile(documents=1, quarantined=0, incomplete=0, attributes=(), refusals=refusals)
    run = RunRecord(run_id="r", at=NOW, config_version="c", profile=profile)
    return TypeReport(product_type=make_product_type(), run=run, former=None, drift=None, gold=None)


@pytest.mark.parametrize("reason", [reason for reason in RefusalReason if reason.value != PROPOSAL])
def test_every_refusal_has_advice(reason: RefusalReason) -> None:
    assert refusal_line(refused(reason=reason.value), make_product_type()).advice == ADVICE[reason]


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({}, 'color: {add_values: {"MEANT": ["rde"]}}'),
        ({"text": 'a "b"\n c', "reason": "ambiguous"}, 'color: {add_values: {"MEANT": ["a \\"b\\" c"]}}'),
        ({"text": "कपास"}, 'color: {add_values: {"MEANT": ["कपास"]}}'),
        ({"text": "x" * 61}, ""),
        ({"text": " "}, ""),
        ({"text": None}, ""),
        ({"attribute": "length_m"}, ""),
        ({"attribute": "(row)", "reason": "missing_sku"}, ""),
        ({"reason": "na_not_allowed"}, ""),
    ],
)
def test_a_synonym_is_suggested_where_one_would_help(changes: dict[str, Any], line: str) -> None:
    assert refusal_line(refused(**changes), make_product_type()).config_line == line


def test_the_suggested_line_is_yaml_that_a_config_takes() -> None:
    line = refusal_line(refused(text="a: 'b' # \\"), make_product_type()).config_line
    assert yaml.safe_load(line) == {"color": {"add_values": {"MEANT": ["a: 'b' # \\"]}}}


def test_unmatched_values_are_grouped_by_attribute_most_rows_first() -> None:
    found = report(
        refused(text="a", rows=2),
        refused(attribute="fabric", text="b", rows=9),
        refused(text="c", reason="ambiguous"),
        refused(attribute="length_m", text="d", reason="out_of_range", rows=50),
    ).unmatched
    assert {name: [one.text for one in texts] for name, texts in found.items()} == {
        "fabric": ["b"],
        "color": ["a", "c"],
    }
    assert list(found) == ["fabric", "color"]
