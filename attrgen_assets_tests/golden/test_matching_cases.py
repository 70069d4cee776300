"""The labelled texts are what their README says, and the matcher is no worse on them than the page of figures tells."""

import hashlib
import json
from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.attributes.match_scoring import MatchCase
from attrgen_assets.workflows.bench_matching import measure_matching

FILE = Path(__file__).with_name("matching_cases.jsonl")
CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def cases() -> list[MatchCase]:
    lines = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [MatchCase(**{**line, "accept": tuple(line["accept"])}) for line in lines]


def test_there_are_enough_cases_and_no_running_text(cases: list[MatchCase]) -> None:
    assert sum(bool(case.accept) and not case.silence for case in cases) == 180
    assert sum(bool(case.accept) and case.silence for case in cases) == 118
    assert sum(not case.accept for case in cases) == 651
    assert all(case.silence for case in cases if not case.accept)
    assert max(len(case.text.split()) for case in cases) == 3
    assert len({(case.attribute, case.text) for case in cases}) == len(cases)


def test_the_parts_follow_from_the_texts(cases: list[MatchCase]) -> None:
    for case in cases:
        digest = hashlib.sha256(f"matching-split-1:{case.attribute}:{case.text}".encode()).hexdigest()
        assert case.part == ("measure" if int(digest[0], 16) % 2 else "tune")


def test_matching_is_no_worse_than_measured(cases: list[MatchCase]) -> None:
    measured = [case for case in cases if case.part == "measure"]
    types = {name: load_product_type(CONFIG, name) for name in sorted({case.product_type for case in cases})}
    [ours] = measure_matching(measured, types, libraries={}).methods
    assert (ours.score.accuracy or 0) >= 0.96
    assert (ours.score.recall or 0) >= 0.86
    assert (ours.score.false_match_fraction or 0) <= 0.02
    assert (ours.score.weighted_false_match_fraction or 0) <= 0.005
