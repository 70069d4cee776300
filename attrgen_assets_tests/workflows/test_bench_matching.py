"""The bench of matching: libraries at the same recall, cases that the config spells left out."""

from collections.abc import Sequence
from itertools import count

import pytest
from rapidfuzz import fuzz, process

from attrgen_assets.domain.attributes.match_scoring import MatchCase
from attrgen_assets.domain.product_types.model import EnumAttribute
from attrgen_assets.errors import TerminalError
from attrgen_assets.workflows.bench_matching import MatchingReport, measure_matching
from attrgen_assets_tests.factories import make_product_type, make_values

FABRICS = ("Cotton", "Chiffon", "Georgette")


def case(text: str, *accept: str, weight: float = 1.0) -> MatchCase:
    silence = not accept
    shared = {"product_type": "saree", "attribute": "fabric", "stratum": "words", "part": "tune"}
    return MatchCase(text=text, accept=accept, silence=silence, weight=weight, **shared)


def ratio(text: str, choices: Sequence[str]) -> tuple[str, float]:
    choice, score, _ = process.extractOne(text, choices, scorer=fuzz.ratio)
    return choice, score


def measure(*cases: MatchCase) -> MatchingReport:
    named = {"name": "fabric", "vocabulary": "fabric", "origin": "specific", "defined_in": "saree.yaml"}
    fabric = EnumAttribute.model_validate({**named, "on_refusal": "drop", "values": make_values(*FABRICS)})
    saree = make_product_type(attributes=(fabric,), rules=())
    ticks = count()
    return measure_matching(cases, {"saree": saree}, libraries={"ratio": ratio}, clock=lambda: float(next(ticks)))


def test_ours_and_theirs_on_the_same_cases() -> None:
    report = measure(case("chifon", "Chiffon"), case("botton"), case("Cotton", "Cotton"), case("stone", weight=3))
    ours, theirs, *stricter = report.methods
    assert [method.score.right for method in stricter] == [0] * len(stricter)
    assert report.spelled == 1
    assert (ours.name, ours.threshold, theirs.name) == ("attrgen", None, "ratio")
    assert (ours.score.cases, ours.score.right, ours.score.false_matches) == (3, 1, 0)
    assert theirs.score.right == 1
    assert theirs.threshold is not None
    assert theirs.threshold > 80
    assert ours.seconds_per_1000 == pytest.approx(1000 / 3)
    assert report.misses == ()


def test_a_miss_is_listed_with_what_was_found_instead() -> None:
    report = measure(case("zzz", "Cotton"), case("coton"))
    assert [(found.text, value) for found, value in report.misses] == [("zzz", None), ("coton", "Cotton")]
    assert report.by_stratum["words"].false_match_fraction == 1.0


@pytest.mark.parametrize(("text", "value"), [("x", "Velvet")])
def test_a_label_that_the_config_does_not_have_is_an_error(text: str, value: str) -> None:
    with pytest.raises(TerminalError, match="fabric has no value Velvet"):
        measure(case(text, value))
