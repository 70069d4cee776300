"""Whatever a table holds, its documents are legal and no row is lost."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from attrgen_assets.domain.attributes.candidates import candidate_frame, candidate_groups
from attrgen_assets.domain.attributes.check import failing_values
from attrgen_assets.domain.attributes.generate import generate_candidates
from attrgen_assets.domain.attributes.plan import compile_plan
from attrgen_assets.domain.attributes.validate import Validator, validate_candidates
from attrgen_assets_tests.domain.attributes.listings import (
    COLUMN_THEN_ALL_TEXTS,
    GOOD,
    first,
    make_raw,
    run,
    with_attribute,
)
from attrgen_assets_tests.factories import make_product_type

WORDS = st.sampled_from(
    [
        "red",
        "navy",
        "silk",
        "Pure-Silk",
        "cotten",
        "gingham",
        "blouse piece",
        "5.5 m",
        "Rs\n99",
        "NA",
        "nan",
        "lace,",
        "💥",
    ]
)
CELLS = st.one_of(st.none(), st.text(max_size=25), st.lists(WORDS, max_size=5).map(" ".join))
COLUMNS = ("title", "description", "color", "fabric", "ornamentation", "blouse", "length", "price", "mrp", "reversible")
LINES = st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS))
LACE = st.lists(st.sampled_from(["lace", "zari"]), max_size=2).map(" ".join)
BOTH_TEXTS_STATE = st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS) | {"title": LACE, "description": LACE})


@settings(deadline=None)
@given(st.lists(LINES, min_size=1, max_size=12))
def test_any_table_of_any_text_gives_legal_documents_and_loses_no_row(lines: list[dict[str, str | None]]) -> None:
    raw, config = make_raw(*lines), make_product_type()
    result = run(raw, config)
    numbers = result.documents["row_number"].to_list() + result.quarantined["row_number"].to_list()
    assert sorted(numbers) == list(range(1, len(lines) + 1))
    assert failing_values(result.documents.lazy(), config).total == 0
    incomplete = result.documents.filter(~pl.col("complete"))
    assert incomplete["missing"].list.len().min() != 0


@settings(deadline=None)
@given(st.lists(LINES | BOTH_TEXTS_STATE, min_size=1, max_size=6), st.integers(1, 3))
def test_batches_and_the_candidate_table_change_no_answer(lines: list[dict[str, str | None]], size: int) -> None:
    raw, config = make_raw(*lines), with_attribute("ornamentation", sources=COLUMN_THEN_ALL_TEXTS)
    plan = compile_plan(config)
    whole = validate_candidates(raw, generate_candidates(raw, plan), plan)
    validator = Validator(plan)
    parts = []
    for start in range(0, raw.height, size):
        batch = raw.slice(start, size)
        table = candidate_frame(generate_candidates(batch, plan), first_row=start)
        parts.append(validator.validate(batch, candidate_groups(table, config, first_row=start)))
    assert_frame_equal(pl.concat([part.documents for part in parts]), whole.documents)
    assert_frame_equal(pl.concat([part.quarantined for part in parts]), whole.quarantined)


def test_a_cell_of_100_000_characters_and_nul_bytes_are_data() -> None:
    raw = make_raw(GOOD | {"description": "lace " + "x" * 100_000, "color": "re\x00d"})
    document = first(run(raw))
    assert (document["color"], document["ornamentation"]) == ("Red", ["Lace"])
    assert run(make_raw(GOOD | {"title": "x" * 100_000})).quarantined["reasons"].to_list() == [["too_long"]]
