"""Config files that are right: merging, shorthands, versions and digests."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import (
    list_type_files,
    load_all,
    load_file,
    load_product_type,
    source_digest,
)
from attrgen_assets.domain.product_types.model import (
    BooleanAttribute,
    EnumAttribute,
    Fallback,
    Gate,
    LexiconSource,
    NumberAttribute,
    PatternSource,
    ProductType,
)
from attrgen_assets.domain.product_types.rules import ImpliesRule
from attrgen_assets.errors import ConfigError, UnknownProductType
from attrgen_assets_tests.config_texts import APPAREL, SAREE, as_json, changed, line_of, make_config_dir, problems_of


@pytest.fixture(name="config_dir")
def _config_dir(tmp_path: Path) -> Path:
    return make_config_dir(tmp_path)


@pytest.fixture(name="saree")
def _saree(config_dir: Path) -> ProductType:
    return load_product_type(config_dir, "saree")


def _enum(product_type: ProductType, name: str) -> EnumAttribute:
    attribute = product_type.attribute(name)
    assert isinstance(attribute, EnumAttribute)
    return attribute


def test_a_product_type_is_its_own_file_on_top_of_those_it_extends(saree: ProductType) -> None:
    assert [(a.name, a.origin, a.defined_in) for a in saree.attributes][4:6] == [
        ("mrp_inr", "common", "common/apparel.yaml"),
        ("fabric", "specific", "product_types/saree.yaml"),
    ]
    assert saree.extends == ("apparel.yaml",)
    assert saree.feed.columns["sku"] == ("sku", "product_id")
    assert saree.feed.columns["fabric"] == ("fabric", "saree_fabric")
    assert [rule.name for rule in saree.rules][:2] == ["price_at_most_mrp", "no_border_has_no_width"]
    assert saree.gates.max_quarantined_fraction == Gate(warn=0.05, error=0.5)
    assert saree.gates.min_coverage == {"fabric": Gate(warn=0.8, error=0.3)}


def test_an_override_changes_only_the_keys_it_names(saree: ProductType) -> None:
    color = _enum(saree, "color")
    assert (color.required, color.origin, color.matching.threshold) == (False, "common", 90)
    assert color.on_refusal == "drop"
    assert len(color.sources) == 2


def test_values_are_added_dropped_and_given_more_synonyms(saree: ProductType) -> None:
    color = _enum(saree, "color")
    assert [v.value for v in color.values] == ["Navy Blue", "Blue", "No", "28", "Mustard"]
    assert {v.value: [s.text for s in v.synonyms] for v in color.values}["Blue"] == ["neel"]
    assert color.values[0].synonyms[1].reason == "what sellers call it"


def test_texts_stay_as_they_were_written(saree: ProductType) -> None:
    assert [v.value for v in _enum(saree, "color").values][2:4] == ["No", "28"]
    assert saree.texts.missing == ("", "nan", "null", "-")
    pre_draped = saree.attribute("pre_draped")
    assert isinstance(pre_draped, BooleanAttribute)
    assert (pre_draped.true_texts, pre_draped.false_texts) == (("yes", "pre draped"), ("no",))


def test_shorthands_are_spelled_out(saree: ProductType) -> None:
    assert [s.generator for s in saree.attribute("length_m").sources] == ["column", "pattern", "pattern"]
    quantity, price = saree.attribute("length_m").sources[1], saree.attribute("price_inr").sources[0]
    assert isinstance(quantity, PatternSource)
    assert isinstance(price, PatternSource)
    assert (quantity.form, quantity.near, price.fields) == ("quantity", ("length", "long"), ("price",))
    lexicon = saree.attribute("fabric").sources[1]
    assert isinstance(lexicon, LexiconSource)
    assert (lexicon.words_before, lexicon.words_after, lexicon.confidence) == (3, 4, 0.8)
    assert saree.attribute("border").on_refusal == Fallback(fallback="No Border")
    assert [a.on_refusal for a in saree.attributes if a.required] == ["quarantine"] * 3
    length = saree.attribute("length_m")
    assert isinstance(length, NumberAttribute)
    assert (length.unit, length.minimum, length.maximum) == ("m", 4.5, 10)


def test_rules_name_truth_values_only_for_booleans(saree: ProductType) -> None:
    rules = {rule.name: rule for rule in saree.rules}
    implies = rules["pre_draped_has_no_size"]
    assert isinstance(implies, ImpliesRule)
    assert (implies.when, implies.then, implies.reason) == ({"pre_draped": (True,)}, {"size": ("NA",)}, "one fits all")
    assert rules["no_size_with_length"].on_violation == "quarantine"


def test_json_says_the_same_as_yaml(tmp_path: Path, saree: ProductType) -> None:
    files = {"common/apparel.json": as_json(APPAREL), "product_types/saree.json": as_json(SAREE)}
    folder = make_config_dir(tmp_path / "json", {**files, "common/apparel.yaml": "", "product_types/saree.yaml": ""})
    assert load_product_type(folder, "saree").config_version == saree.config_version


def test_a_file_that_two_others_extend_comes_once_and_first(tmp_path: Path) -> None:
    files = {
        "common/base.yaml": "texts: {boilerplate: [base]}\ngates: {max_feed_age_days: 1}\n",
        "common/left.yaml": "extends: base\ntexts: {boilerplate: [left]}\n",
        "common/right.yaml": "extends: [base.yaml]\ngates: {max_feed_age_days: 2}\n",
        "product_types/saree.yaml": changed(SAREE, "[apparel]", "[apparel, left, right]").replace(
            "  max_feed_age_days: 90\n", ""
        ),
    }
    saree = load_product_type(make_config_dir(tmp_path, files), "saree")
    assert saree.extends == ("apparel.yaml", "base.yaml", "left.yaml", "right.yaml")
    assert (saree.texts.boilerplate, saree.gates.max_feed_age_days) == (("left",), 2)


def test_null_undoes_what_a_common_file_set(tmp_path: Path) -> None:
    text = changed(SAREE, "    required: false\n", "    required: false\n    matching: null\n    sources: ~\n")
    color = _enum(load_product_type(make_config_dir(tmp_path, {"product_types/saree.yaml": text}), "saree"), "color")
    assert (color.matching.threshold, color.sources) == (82, ())


def test_one_bad_file_never_blocks_the_others(config_dir: Path) -> None:
    bad = {"product_types/kurta.yaml": "product_type: kurta\nattributes: [", "product_types/cap.json": "{}"}
    load = load_all(make_config_dir(config_dir, bad))
    assert list(load.product_types) == ["saree"]
    assert sorted(load.errors) == ["cap", "kurta"]


def test_a_shared_error_hits_every_type_and_is_told_once(config_dir: Path) -> None:
    other = SAREE.replace("product_type: saree", "product_type: other")
    bad = changed(APPAREL, "threshold: 90", "threshold: 30")
    load = load_all(make_config_dir(config_dir, {"product_types/other.yaml": other, "common/apparel.yaml": bad}))
    assert sorted(load.errors) == ["other", "saree"]
    line = line_of(APPAREL, "threshold: 90")
    assert [str(problem) for problem in load.problems] == [
        f"common/apparel.yaml:{line}: attributes.color.matching.threshold: should be at least 50; found 30"
    ]


def test_the_order_of_loading_does_not_matter(config_dir: Path, saree: ProductType) -> None:
    files = {
        f"product_types/{name}.yaml": SAREE.replace("product_type: saree", f"product_type: {name}") for name in "ab"
    }
    make_config_dir(config_dir, files)
    alone = {name: load_product_type(config_dir, name) for name in ("saree", "b", "a")}
    assert load_all(config_dir).product_types == alone
    assert alone["saree"] == saree


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Sarees", "title: Saris"),
        ("owners: [catalogue@example.com]", "owners: [team:sarees]"),
        ("{warn: 0.8, error: 0.3}", "{warn: 0.7, error: 0.3}"),
        ("path: saree.csv", "path: sarees/*.csv"),
        ("reason: one fits all", "reason: one size"),
        ("column: fabric", "column: [fabric]"),
    ],
)
def test_the_version_stays_when_answers_do(tmp_path: Path, saree: ProductType, old: str, new: str) -> None:
    other = make_config_dir(tmp_path / "other", {"product_types/saree.yaml": changed(SAREE, old, new)})
    assert load_product_type(other, "saree").config_version == saree.config_version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[reshmi]", "[resham]"),
        ("range: [4.5, 10]", "range: [4.5, 11]"),
        ("words_after: 4", "words_after: 5"),
        ("on_violation: quarantine", "on_violation: drop"),
        ("any_of: [saree, sarees]", "any_of: [saree]"),
        ("[fabric, saree_fabric]", "[saree_fabric, fabric]"),
        ("[No Border, Zari, Lace]", "[No Border, Lace, Zari]"),
        ("{parent: Silk, synonyms", "{synonyms"),
    ],
)
def test_the_version_changes_when_answers_may(tmp_path: Path, saree: ProductType, old: str, new: str) -> None:
    other = make_config_dir(tmp_path / "other", {"product_types/saree.yaml": changed(SAREE, old, new)})
    assert load_product_type(other, "saree").config_version != saree.config_version


def test_the_source_digest_covers_every_byte_and_only_the_files_in_use(config_dir: Path) -> None:
    first = source_digest(config_dir, "saree")
    make_config_dir(config_dir, {"common/unused.yaml": "description: x\n"})
    assert source_digest(config_dir, "saree") == first
    make_config_dir(config_dir, {"common/apparel.yaml": APPAREL + "# a remark\n"})
    second = source_digest(config_dir, "saree")
    make_config_dir(config_dir, {"product_types/saree.yaml": "product_type: ["})
    third = source_digest(config_dir, "saree")
    assert len({first, second, third}) == 3


def test_files_are_found_by_their_stems(config_dir: Path) -> None:
    make_config_dir(config_dir, {"product_types/.hidden.yaml": "x", "product_types/notes.txt": "x"})
    make_config_dir(config_dir, {"product_types/cap.json": "{}", "product_types/belt.yml": "x"})
    assert [(name, path.name) for name, path in list_type_files(config_dir).items()] == [
        ("belt", "belt.yml"),
        ("cap", "cap.json"),
        ("saree", "saree.yaml"),
    ]
    assert list_type_files(config_dir / "nowhere") == {}


def test_two_files_for_one_product_type_are_refused(config_dir: Path) -> None:
    make_config_dir(config_dir, {"product_types/saree.json": "{}"})
    [problem] = problems_of(config_dir)
    assert (problem.message, problem.found) == ("two files for one product type", "saree.json, saree.yaml")


@pytest.mark.parametrize("stem", ["Saree", "two words", "1st", "naïve", "x" * 64])
def test_a_file_whose_name_is_no_name_is_refused(config_dir: Path, stem: str) -> None:
    make_config_dir(config_dir, {f"product_types/{stem}.yaml": SAREE})
    [problem] = problems_of(config_dir, stem)
    assert (problem.message, problem.found) == ("the file's name is not a legal name", repr(stem))


def test_an_unknown_product_type_names_the_nearest(config_dir: Path) -> None:
    with pytest.raises(UnknownProductType, match="did you mean 'saree'"):
        load_product_type(config_dir, "sari_e")
    with pytest.raises(UnknownProductType, match="no product type"):
        source_digest(config_dir, "x")


def test_a_draft_outside_the_folder_is_checked_as_if_it_lay_there(tmp_path: Path) -> None:
    config_dir = make_config_dir(tmp_path / "config")
    draft = tmp_path / "saree.yaml"
    draft.write_text(SAREE)
    assert load_file(draft, config_dir=config_dir) == load_product_type(config_dir, "saree").model_copy(
        update={"attributes": load_file(draft, config_dir=config_dir).attributes}
    )
    draft.write_text(changed(SAREE, "vocabulary: fabric", "vocabulary: fabrics"))
    with pytest.raises(ConfigError) as caught:
        load_file(draft, config_dir=config_dir)
    assert [problem.key for problem in caught.value.problems] == ["attributes.fabric.vocabulary"]
