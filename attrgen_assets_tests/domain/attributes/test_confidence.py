"""Confidence: what a gold set shows of scores, and what is accepted because of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.confidence import calibrated, fit_calibration
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validated, Validator, validate_candidates
from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.model import LexiconSource, ProductType
from attrgen_assets.domain.product_types.trust import Accept, Calibration, Measured
from attrgen_assets_tests.domain.attributes.listings import make_raw, with_attribute
from attrgen_assets_tests.factories import make_product_type

answers = st.lists(
    st.tuples(st.sampled_from(["color", "neck"]), st.sampled_from([0.3, 0.75, 0.8, 0.9, 0.98]), st.booleans()),
    min_size=1,
    max_size=300,
)


@given(answers)
def test_a_higher_score_never_means_less(given: list[tuple[str, float, bool]]) -> None:
    fitted = fit_calibration(given)
    assert fitted is not None
    scores = np.linspace(0, 1, 101)
    for name in ("color", "neck", "never measured"):
        confidences = calibrated(scores, name, fitted)
        assert (np.diff(confidences) >= 0).all()
        assert confidences.min() >= 0.01
        assert confidences.max() <= np.float32(0.999)


@given(answers)
def test_all_answers_are_counted_once(given: list[tuple[str, float, bool]]) -> None:
    fitted = fit_calibration(given)
    assert fitted is not None
    assert sum(one.given for one in fitted.attributes.values()) == len(given)
    assert sum(one.right for one in fitted.attributes.values()) == sum(right for _, _, right in given)


def test_confidence_is_the_share_that_is_right() -> None:
    """1,000 answers with each of three scores, right as often as the seed has it."""
    rng = np.random.default_rng(5)
    truth = {0.7: 0.6, 0.8: 0.85, 0.95: 0.99}
    drawn = [("color", score, bool(right)) for score, share in truth.items() for right in rng.random(1000) < share]
    fitted = fit_calibration(drawn)
    assert fitted is not None
    for score, share in truth.items():
        counted = np.mean([right for _, given, right in drawn if given == score])
        assert calibrated(np.array([score]), "color", fitted)[0] == pytest.approx(counted, abs=0.005)
        assert counted == pytest.approx(share, abs=0.05)


def test_few_answers_prove_little() -> None:
    fitted = fit_calibration([("color", 0.9, True)] * 3)
    assert fitted is not None
    assert calibrated(np.array([0.9]), "color", fitted)[0] < 0.9


def test_without_answers_there_is_no_calibration() -> None:
    assert fit_calibration([]) is None


@pytest.mark.parametrize("curve", [((0.9, 0.9), (0.8, 0.95)), ((0.8, 0.9), (0.9, 0.8)), ()], ids=str)
def test_a_curve_that_does_not_ascend_is_refused(curve: Any) -> None:
    with pytest.raises(ValueError, match=r"ascend|at least 1 item"):
        Calibration(curve=curve)


def test_no_more_can_be_right_than_were_given() -> None:
    with pytest.raises(ValueError, match="of 3 values given"):
        Measured(given=3, right=4, expected=2)


# Scores of the factory's sources: 0.98 from a column, 0.9 from running text.
CURVE = Calibration(curve=((0.9, 0.95), (0.98, 0.995)))


def run(*lines: Mapping[str, str | None], accept: dict[str, float]) -> Validated:
    config = make_product_type()
    attributes = tuple(
        one.model_copy(update={"accept": Accept(min_precision=accept[one.name])}) if one.name in accept else one
        for one in config.attributes
    )
    config = config.model_copy(update={"attributes": attributes, "calibration": CURVE})
    plan = compile_plan(ProductType.model_validate(config.model_dump()))
    raw = make_raw(*lines)
    return validate_candidates(raw, generate_candidates(raw, plan), plan)


def proposals(result: Validated) -> list[tuple[str, str, list[str], str]]:
    return [
        (one["attribute"], one["text"], one["nearest"], one["field"])
        for refusals in result.documents["refusals"]
        for one in refusals
        if one["reason"] == "needs_review"
    ]


def test_below_the_floor_a_value_is_a_proposal() -> None:
    line = {"title": "Saree", "color": "Red", "fabric": None, "description": "Pure silk saree with blouse piece"}
    result = run(line, accept={"fabric": 0.99, "color": 0.99})
    [document] = result.documents.to_dicts()
    assert (document["color"], document["color.status"]) == ("Red", "FOUND")
    assert document["color.confidence"] == pytest.approx(0.995)
    assert (document["fabric"], document["fabric.status"]) == (None, "NOT_FOUND")
    assert document["missing"] == ["fabric"]
    assert document["blouse"] == "Blouse Piece"  # it has no floor
    assert proposals(result) == [("fabric", "pure silk", ["Pure Silk"], "description")]


def test_a_proposal_never_quarantines() -> None:
    """Fabric quarantines what it refuses; this is nothing refused."""
    result = run({"title": "Cotton saree", "color": "Red", "description": None}, accept={"fabric": 0.99})
    assert result.quarantined.height == 0


def test_a_later_source_that_is_sure_enough_answers() -> None:
    """Prices are read from two fields here; of a proposal that is answered nothing remains."""
    line = {"title": "Saree", "color": "Navi Blue", "fabric": "Silk", "description": "A navy blue saree"}
    result = run(line, accept={"color": 0.93})  # the misspelled column is less sure than the text
    assert result.documents["color"].to_list() == ["Navy Blue"]
    assert result.documents["color.provenance"][0]["field"] == "description"
    assert proposals(result) == []


def test_values_of_every_kind_can_be_proposed() -> None:
    line = {
        "title": "Saree",
        "color": "Red",
        "fabric": "Silk",
        "ornamentation": "Zari, Lace",
        "price": "Rs. 1,699",
        "length": "5.5 m",
        "reversible": "yes",
    }
    names = ("title", "ornamentation", "price_inr", "length_m", "reversible")
    result = run(line, accept=dict.fromkeys(names, 0.999))
    assert {name: nearest for name, _, nearest, _ in proposals(result)} == {
        "title": ["Saree"],
        "ornamentation": ["Zari", "Lace"],
        "price_inr": ["1699"],
        "length_m": ["5.5"],
        "reversible": ["true"],
    }


def test_of_a_list_all_that_a_source_reads_is_proposed() -> None:
    line = {"title": "Red silk saree with zari", "color": "Red", "description": "Lace, zari and sequinned work"}
    sources = (LexiconSource(fields=("title", "description"), pick="all"),)
    config = with_attribute("ornamentation", sources=sources, accept=Accept(min_precision=0.99))
    plan, raw = compile_plan(config.model_copy(update={"calibration": CURVE})), make_raw(line)
    result = validate_candidates(raw, generate_candidates(raw, plan), plan)
    assert proposals(result) == [
        ("ornamentation", "zari, lace, sequinned", ["Zari", "Sequinned", "Lace"], "title, description")
    ]


def test_a_person_is_sure_whatever_the_gold_set_shows() -> None:
    config = make_product_type(calibration=CURVE)
    raw = make_raw({"title": "Saree", "color": "Red", "blouse": "No Blouse", "fabric": "Silk"})
    said = Override(
        product_type="saree",
        sku="A",
        attribute="fabric",
        value="Cotton",
        by="asha",
        at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    plan = compile_plan(config)
    [document] = Validator(plan, overrides=[said]).validate(raw, generate_candidates(raw, plan)).documents.to_dicts()
    assert (document["fabric"], document["fabric.confidence"]) == ("Cotton", 1.0)
    assert document["color.confidence"] == pytest.approx(0.995)
