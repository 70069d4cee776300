"""What is different between two configs, and which documents that may touch."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.product_types.changed import Change
from attrgen_assets.domain.product_types.diff import diff_product_types
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.renames import match_renames
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir


@pytest.fixture(name="old")
def _old(tmp_path: Path) -> ProductType:
    return load_product_type(make_config_dir(tmp_path / "old"), "saree")


def _changes(tmp_path: Path, old: ProductType, *changes: tuple[str, str]) -> list[Change]:
    text = SAREE
    for before, after in changes:
        text = changed(text, before, after)
    new = load_product_type(make_config_dir(tmp_path / "new", {"product_types/saree.yaml": text}), "saree")
    return diff_product_types(old, new)


CASES = {
    "value added": (
        ("Silk: [reshmi]", "Silk: [reshmi]\n    Linen:"),
        ["added value of fabric: Linen | fabric is NOT_FOUND"],
    ),
    "value added to a list": (
        ("values: [S, M, 3XL]", "values: [S, M, 3XL, XS]"),
        ["added value of size: XS | size is NOT_FOUND; size is FOUND"],
    ),
    "value removed": (("    Lace:\n", ""), ["removed value of fabric: Lace | fabric is 'Lace'"]),
    "value renamed by spelling": (
        ("values: [S, M, 3XL]", "values: [S, M, 3-XL]"),
        ["renamed? value of size: 3XL -> 3-XL | size is '3XL'"],
    ),
    "value renamed by synonym": (
        ("Silk: [reshmi]\n    Pure Silk: {parent: Silk", "Resham: [silk, reshmi]\n    Pure Silk: {parent: Resham"),
        [
            "renamed? value of fabric: Silk -> Resham | fabric is 'Silk'",
            "changed parent of fabric 'Pure Silk': Silk -> Resham | fabric is 'Pure Silk'",
        ],
    ),
    "synonym added": (
        ("[reshmi]", "[reshmi, resham]"),
        ["added synonym of fabric 'Silk': resham | fabric is NOT_FOUND"],
    ),
    "synonym removed": (("Silk: [reshmi]", "Silk:"), ["removed synonym of fabric 'Silk': reshmi | fabric is 'Silk'"]),
    "parent removed": (
        ("{parent: Silk, syn", "{syn"),
        ["changed parent of fabric 'Pure Silk': Silk -> none | fabric is 'Pure Silk'"],
    ),
    "order of a list": (
        ("[S, M, 3XL]", "[M, S, 3XL]"),
        ["changed order of values of size: as before -> another | size is FOUND"],
    ),
    "order of an enum": (("[No Border, Zari, Lace]", "[Zari, No Border, Lace]"), []),
    "required": (
        ("required: true\n    vocabulary: fabric", "vocabulary: fabric"),
        ["changed required of fabric: true -> false | fabric is NOT_FOUND; fabric is NOT_APPLICABLE"],
    ),
    "no longer NA": (
        ("na: true\n    values: [No Border, Z", "values: [No Border, Z"),
        ["changed na of border: true -> false | border is NOT_APPLICABLE"],
    ),
    "range narrowed": (
        ("[4.5, 10]", "[5, 9]"),
        [
            "changed minimum of length_m: 4.5 -> 5 | length_m is outside of 5 to 9",
            "changed maximum of length_m: 10 -> 9 | length_m is outside of 5 to 9",
        ],
    ),
    "range widened": (("[4.5, 10]", "[4.5, 12]"), ["changed maximum of length_m: 10 -> 12 | length_m is NOT_FOUND"]),
    "kind": (
        ("kind: enum_list, na: true, values: [S, M, 3XL]", "kind: enum, na: true, values: [S, M, 3XL]"),
        ["changed kind of size: enum_list -> enum | size is FOUND; size is NOT_FOUND"],
    ),
    "fallback": (
        ("on_refusal: {fallback: No Border}", "on_refusal: drop"),
        ["changed on_refusal of border: fallback No Border -> drop | border is NOT_FOUND"],
    ),
    "attribute added": (
        ("  pre_draped:", "  reversible: {kind: boolean}\n  pre_draped:"),
        ["added attribute: reversible | every document"],
    ),
    "source removed": (
        ("      - column: fabric\n", ""),
        ["removed source of fabric: column of fabric | fabric came from column fabric"],
    ),
    "source first": (
        ("      - column: fabric\n", "      - column: title\n      - column: fabric\n"),
        ["added source of fabric: column of title | fabric is NOT_FOUND; fabric is FOUND"],
    ),
    "source last": (
        ("near: border}]", "near: border}, {column: title}]"),
        ["added source of border: column of title | border is NOT_FOUND"],
    ),
    "rule changed": (
        ("then: {border_width: No Border}", "then: {border_width: Narrow}"),
        [
            "changed rule of no_border_has_no_width: on_violation drop; when border No Border; "
            "then border_width No Border"
            " -> on_violation drop; when border No Border; then border_width Narrow | border is 'No Border'"
        ],
    ),
    "rule removed": (
        ("  - {name: width_needs_border, requires: {border_width: [border]}}\n", ""),
        ["removed rule: width_needs_border | border_width is FOUND"],
    ),
    "rule added": (
        ("rules:\n", "rules:\n  - {name: cheap, at_most: [mrp_inr, price_inr]}\n"),
        ["added rule: cheap | mrp_inr is FOUND"],
    ),
    "reason of a rule": (("reason: one fits all", "reason: one size"), []),
    "column": (
        ("[fabric, saree_fabric]", "[fabric]"),
        ["changed columns.fabric of feed: fabric, saree_fabric -> fabric | every document"],
    ),
    "path": (("path: saree.csv", "path: sarees.csv"), []),
    "gate": (("max_feed_age_days: 90", "max_feed_age_days: 30"), ["changed max_feed_age_days of gates: 90 -> 30 | "]),
    "title": (("title: Sarees", "title: Saris"), []),
}


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_told_with_the_documents_that_it_may_touch(tmp_path: Path, old: ProductType, name: str) -> None:
    change, expected = CASES[name]
    found = [f"{change} | {'; '.join(map(str, change.touches))}" for change in _changes(tmp_path, old, change)]
    assert found == expected


def test_a_renamed_attribute_is_told_as_such(tmp_path: Path, old: ProductType) -> None:
    text = SAREE.replace("border_width", "edge_width")
    new = load_product_type(make_config_dir(tmp_path / "new", {"product_types/saree.yaml": text}), "saree")
    renamed = [change for change in diff_product_types(old, new) if change.subject == "attribute"]
    assert [(change.what, change.old, change.new) for change in renamed] == [("renamed?", "border_width", "edge_width")]


def test_nothing_is_different_between_the_same(old: ProductType) -> None:
    assert diff_product_types(old, old) == []


def test_every_pair_of_a_rename_is_used_once() -> None:
    old = {"Gray": set[str](), "Grey Melange": {"melange"}, "Rose": set[str]()}
    new = {"Grey": set[str](), "Melange": {"grey melange"}, "Teal": {"petrol"}}
    assert match_renames(old, new) == {"Gray": "Grey", "Grey Melange": "Melange"}
