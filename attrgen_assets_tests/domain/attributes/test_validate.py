from datetime import UTC, datetime
from typing import Any

import pytest

from attrgen_assets.domain.ports import Override
from attrgen_assets.domain.product_types.model import (
    BooleanAttribute,
    EnumAttribute,
    Fallback,
    LexiconSource,
    Matching,
    PatternSource,
    Texts,
)
from attrgen_assets.domain.product_types.rules import ExcludesRule, ImpliesRule, RequiresRule
from attrgen_assets.domain.tables import RefusalReason
from attrgen_assets_tests.domain.attributes.listings import (
    COLUMN_THEN_ALL_TEXTS,
    GOOD,
    first,
    make_raw,
    run,
    run_by_table,
    with_attribute,
)
from attrgen_assets_tests.factories import make_product_type, make_values

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def test_a_title_says_color_and_fabric() -> None:
    document = first(run(make_raw(GOOD)))
    assert (document["color"], document["fabric"]) == ("Navy Blue", "Pure Silk")
    assert document["color.provenance"] == {
        "generator": "lexicon",
        "version": "1",
        "field": "title",
        "text": "navy blue",
        "method": "exact",
    }
    assert (document["price_inr"], document["complete"], document["missing"]) == (1699.0, True, [])


def test_the_first_source_with_an_accepted_value_wins() -> None:
    assert first(run(make_raw(GOOD | {"color": "green"})))["color"] == "Green"


def test_a_later_source_may_narrow_but_not_contradict() -> None:
    assert first(run(make_raw(GOOD | {"fabric": "silk"})))["fabric"] == "Pure Silk"
    assert first(run(make_raw(GOOD | {"fabric": "cotton"})))["fabric"] == "Cotton"
    assert first(run(make_raw(GOOD | {"title": "Blue silk saree", "fabric": "art silk"})))["fabric"] == "Art Silk"


def test_a_field_may_come_under_different_names_row_by_row() -> None:
    raw = make_raw({"title": "Red silk saree", "product_name": None}, {"title": " ", "product_name": "Blue silk saree"})
    assert run(raw).documents["color"].to_list() == ["Red", "Blue"]


def test_brand_is_no_evidence() -> None:
    config = make_product_type()
    feed = config.feed.model_copy(update={"columns": dict(config.feed.columns) | {"brand": ("brand",)}})
    config = config.model_copy(update={"feed": feed})
    raw = make_raw({"title": "Woodbine Silk Mills red saree", "brand": "Woodbine Silk Mills"})
    document = first(run(raw, config))
    assert (document["color"], document["fabric"], document["missing"]) == ("Red", None, ["fabric"])
    inside = make_raw({"title": "Red saree by Woodbine Silk Mills", "brand": "Woodbine Silk Mills"})
    assert first(run(inside, config))["fabric"] is None


def test_boilerplate_is_no_evidence() -> None:
    config = make_product_type().model_copy(update={"texts": Texts(boilerplate=("model is wearing",))})
    raw = make_raw(GOOD | {"description": "Plain. The model is wearing a stitched blouse, with zari"})
    document = first(run(raw, config))
    assert (document["blouse"], document["ornamentation"]) == (None, ["Zari"])


def test_a_list_names_a_text_for_each_of_its_values() -> None:
    document = first(run(make_raw(GOOD | {"description": "Sequinned all over, with lace, zari and lace"})))
    assert document["ornamentation"] == ["Zari", "Sequinned", "Lace"]
    assert document["ornamentation.provenance"]["text"] == "sequinned, lace, zari"


def test_a_list_has_what_all_fields_of_a_lexicon_say() -> None:
    config = with_attribute("ornamentation", sources=COLUMN_THEN_ALL_TEXTS)
    raw = make_raw(
        GOOD | {"title": "Red silk saree with zari", "description": "Zari and lace"},
        GOOD | {"title": "Red silk saree", "description": "Sequinned"},
        GOOD | {"title": "Red silk saree with zari", "description": "Lace", "ornamentation": "Embroidered"},
    )
    for result in (run(raw, config), run_by_table(raw, config)):
        documents = result.documents
        assert documents["ornamentation"].to_list() == [["Zari", "Lace"], ["Sequinned"], ["Embroidered"]]
        told = documents["ornamentation.provenance"].struct.unnest()
        assert told["field"].to_list() == ["title, description", "description", "ornamentation"]
        assert told["text"].to_list() == ["zari, lace", "sequinned", "Embroidered"]


def test_glued_sentences_are_cut_apart() -> None:
    raw = make_raw(GOOD | {"description": "has a lace borderBlouse PieceThe model"})
    assert first(run(raw))["blouse"] == "Blouse Piece"


def test_near_looks_only_around_its_words() -> None:
    raw = make_raw(GOOD | {"description": "georgette drape, comes with a cotton blouse"})
    assert first(run(raw))["blouse_fabric"] == "Cotton"


def test_pick_second_is_the_next_other_value() -> None:
    config = with_attribute("color", sources=(LexiconSource(fields=("title",), pick="second"),))
    assert first(run(make_raw({"title": "Red & red and off-white silk saree"}), config))["color"] == "Off White"


def test_the_second_value_comes_from_the_clause_of_the_first() -> None:
    config = with_attribute("color", sources=(LexiconSource(fields=("title",), pick="second"),))
    assert first(run(make_raw({"title": "Navy blue silk saree - blue"}), config))["color"] is None


def test_a_regular_expression_without_a_match_states_nothing() -> None:
    pattern = PatternSource(form="regex", fields=("description",), regex=r'"Colour"=>"(?<value>[^"]*)"')
    config = with_attribute("color", sources=(pattern,))
    found = make_raw({"title": "silk", "description": '"Colour"=>"Red", "Fit"=>"Slim"'})
    assert first(run(found, config))["color"] == "Red"
    silent = run(make_raw({"title": "silk", "description": '"Fit"=>"Slim"'}), config)
    assert first(silent)["missing"] == ["color"]


def test_a_quantity_is_converted_and_must_be_in_range() -> None:
    assert first(run(make_raw(GOOD | {"length": "550 cm"})))["length_m"] == 5.5
    document = first(run(make_raw(GOOD | {"length": "55 m"})))
    assert document["length_m.status"] == "NOT_FOUND"
    assert document["refusals"] == [
        {
            "attribute": "length_m",
            "reason": "out_of_range",
            "text": "55 m",
            "nearest": ["4.5 to 10"],
            "field": "length",
        }
    ]
    found_in_text = make_raw(GOOD | {"description": "Weight 400 g. Saree length 6.3 mtr, blouse 0.8 m"})
    assert first(run(found_in_text))["length_m"] == 6.3


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Rs\n1,699", 1699.0),
        ("MRP: ₹1299 (incl. of all taxes)", 1299.0),
        ("Rs. 899/- only", 899.0),
        ("INR 500", 500.0),
        ("1,00,000", 100_000.0),
        ("-5", None),
        ("−500", None),
        ("1e3", None),
        ("$20", None),
        ("1 699", None),
        ("1k", None),
        ("1.7 lakh", None),
        ("about 5 thousand", None),
        ("50%", None),
        ("2016-03-25", None),
        ("1699-1999", None),
    ],
)
def test_a_price_is_the_whole_cell_or_refused_on_record(cell: str, value: float | None) -> None:
    document = first(run(make_raw(GOOD | {"price": None, "mrp": cell})))
    assert document["mrp_inr"] == value
    refused = [] if value is not None else [("mrp_inr", cell)]
    assert [(refusal["attribute"], refusal["text"]) for refusal in document["refusals"]] == refused


def test_sizes_are_a_list_whose_other_parts_are_refused_on_record() -> None:
    sizes = PatternSource(form="sizes", fields=("ornamentation",))
    plain = Matching(fuzzy=False, phrases=False)
    config = with_attribute("ornamentation", values=make_values("S", "M", "XL"), sources=(sizes,), matching=plain)
    document = first(run(make_raw(GOOD | {"ornamentation": "Size:XL,S,38"}), config))
    assert (document["ornamentation"], [r["text"] for r in document["refusals"]]) == (["S", "XL"], ["38"])
    assert first(run(make_raw(GOOD | {"ornamentation": "S-XL"}), config))["ornamentation"] is None


def test_lists_hold_each_legal_value_once_and_note_the_refused_part() -> None:
    document = first(run(make_raw(GOOD | {"ornamentation": "lace, Zari / lace; tinsel"})))
    assert document["ornamentation"] == ["Zari", "Lace"]
    assert [(r["reason"], r["text"]) for r in document["refusals"]] == [("not_in_vocabulary", "tinsel")]


def test_not_applicable_only_where_it_is_legal() -> None:
    config = with_attribute("blouse", na=True)
    assert first(run(make_raw(GOOD | {"blouse": "N/A"}), config))["blouse.status"] == "NOT_APPLICABLE"
    document = first(run(make_raw(GOOD | {"blouse": "N/A"})))
    assert (document["blouse.status"], document["refusals"][0]["reason"]) == ("NOT_FOUND", "na_not_allowed")


def test_a_refused_required_value_quarantines_the_row_as_it_came() -> None:
    raw = make_raw(GOOD | {"title": "A saree", "color": "gingham", "fabric": "silk"})
    result = run(raw)
    assert result.documents.height == 0
    row = result.quarantined.to_dicts()[0]
    assert (row["sku"], row["reasons"], row["row_number"]) == ("A", ["not_in_vocabulary"], 1)
    assert {"column": "color", "text": "gingham"} in row["fields"]
    assert row["refusals"][0]["nearest"]


def test_a_required_value_nobody_states_makes_the_document_incomplete() -> None:
    document = first(run(make_raw({"title": "A silk saree"})))
    assert (document["complete"], document["missing"], document["color.status"]) == (False, ["color"], "NOT_FOUND")


def test_a_refused_optional_value_keeps_the_row() -> None:
    document = first(run(make_raw(GOOD | {"blouse": "jacket"})))
    assert (document["blouse.status"], document["refusals"][0]["attribute"]) == ("NOT_FOUND", "blouse")


def test_a_fallback_is_used_only_for_what_was_refused_and_says_so() -> None:
    config = with_attribute("color", on_refusal=Fallback(fallback="Red"))
    refused, silent = run(
        make_raw({"title": "silk", "color": "gingham"}, {"title": "silk"}), config
    ).documents.to_dicts()
    assert (refused["color"], refused["color.provenance"]["generator"]) == ("Red", "fallback")
    assert silent["color"] is None


def test_a_rule_fills_in_its_one_consequence_and_drops_a_contradiction() -> None:
    silent = first(run(make_raw(GOOD | {"blouse": "no blouse"})))
    assert (silent["blouse_fabric.status"], silent["blouse_fabric.provenance"]["generator"]) == (
        "NOT_APPLICABLE",
        "rule",
    )
    loud = first(run(make_raw(GOOD | {"blouse": "no blouse", "description": "cotton blouse"})))
    assert loud["blouse_fabric.status"] == "NOT_FOUND"
    assert loud["refusals"][0]["field"] == "rule:no_blouse_has_no_fabric"


def test_a_price_above_the_mrp_is_dropped() -> None:
    document = first(run(make_raw(GOOD | {"price": "3000"})))
    assert (document["price_inr"], document["mrp_inr"]) == (None, 2000.0)


@pytest.mark.parametrize(
    ("rule", "refused"),
    [
        (RequiresRule(name="r", attribute="color", requires=("length_m",)), "color"),
        (ExcludesRule(name="e", attribute="color", excludes=("fabric",)), "fabric"),
        (ImpliesRule(name="i", when={"color": ("Navy Blue", "Red")}, then={"fabric": ("Cotton", "NA")}), "fabric"),
    ],
)
@pytest.mark.parametrize("on_violation", ["drop", "quarantine"])
def test_every_rule_form_drops_or_quarantines(rule: Any, refused: str, on_violation: str) -> None:
    config = make_product_type(rules=(rule.model_copy(update={"on_violation": on_violation}),))
    result = run(make_raw(GOOD), config)
    if on_violation == "drop":
        assert first(result)[f"{refused}.status"] == "NOT_FOUND"
        assert first(result)["missing"] == [refused]
    else:
        assert result.quarantined["reasons"].to_list() == [[RefusalReason.RULE_BROKEN]]


def make_override(attribute: str, value: Any, sku: str = "A") -> Override:
    return Override(product_type="saree", sku=sku, attribute=attribute, value=value, by="asha", at=NOW)


def test_a_correction_wins_over_every_machine_and_rule() -> None:
    raw = make_raw(GOOD | {"color": "gingham", "price": "3000"})
    overrides = [make_override("color", "Green"), make_override("price_inr", 3000.0), make_override("reversible", True)]
    overrides += [make_override("ornamentation", ["Lace", "Zari"]), make_override("title", "A better title")]
    document = first(run(raw, overrides=overrides))
    assert (document["color"], document["price_inr"], document["reversible"]) == ("Green", 3000.0, True)
    assert (document["ornamentation"], document["title"]) == (["Zari", "Lace"], "A better title")
    assert document["color.provenance"]["generator"] == "human"
    assert document["color.provenance"]["field"] == "asha"


def test_a_correction_to_not_applicable_and_one_that_is_no_longer_legal() -> None:
    overrides = [make_override("ornamentation", None), make_override("color", "Plaid")]
    document = first(run(make_raw(GOOD | {"ornamentation": "zari"}), overrides=overrides))
    assert (document["ornamentation.status"], document["color"]) == ("NOT_APPLICABLE", "Navy Blue")
    assert [(r["attribute"], r["field"]) for r in document["refusals"]] == [("color", "override")]


def test_a_boolean_is_read_from_a_column_and_from_telling_words() -> None:
    said = with_attribute("reversible", true_texts=("yes", "reversible"), sources=(LexiconSource(fields=("title",)),))
    assert isinstance(said.attribute("reversible"), BooleanAttribute)
    assert first(run(make_raw(GOOD | {"title": "Yes! A reversible blue silk saree"}), said))["reversible"] is True
    assert first(run(make_raw(GOOD | {"title": "Yes! A blue silk saree"}), said))["reversible"] is None
    assert first(run(make_raw(GOOD | {"reversible": "No"})))["reversible"] is False


def test_more_than_64_values_fit_in_a_list() -> None:
    many = make_values(*(f"value {chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(130)))
    config = with_attribute("ornamentation", values=many)
    document = first(run(make_raw(GOOD | {"ornamentation": "value aa, value ez, value cm"}), config))
    assert document["ornamentation"] == ["value aa", "value cm", "value ez"]


def test_rows_refused_by_the_reader_are_quarantined_with_its_reason() -> None:
    result = run(make_raw(GOOD, GOOD, refused={1: "duplicate_sku"}))
    assert (result.documents.height, result.quarantined["reasons"].to_list()) == (1, [["duplicate_sku"]])


def test_an_empty_batch_gives_two_empty_tables_with_columns() -> None:
    full, empty = run(make_raw(GOOD)), run(make_raw(GOOD).clear())
    assert empty.documents.schema == full.documents.schema
    assert empty.quarantined.schema == full.quarantined.schema
    assert empty.documents.height == empty.quarantined.height == 0


def test_several_first_takes_the_first_of_several() -> None:
    attribute = make_product_type().attribute("color")
    assert isinstance(attribute, EnumAttribute)
    config = with_attribute("color", matching=attribute.matching.model_copy(update={"several": "first"}))
    assert first(run(make_raw(GOOD | {"color": "Blue / Red"}), config))["color"] == "Blue"
    assert run(make_raw({"title": "silk", "color": "Blue / Red"})).quarantined["reasons"].to_list() == [["ambiguous"]]
