"""Everything that can be wrong in files that can be read: each found, at its place, with what would be right."""

from pathlib import Path
from typing import NamedTuple

import pytest

from attrgen_assets_tests.config_texts import (
    APPAREL,
    FILES,
    SAREE,
    as_data,
    changed,
    line_of,
    make_config_dir,
    problems_of,
)


class Slip(NamedTuple):
    """One passage of a file changed, and the one problem that this makes; see slips.yaml."""

    name: str
    old: str
    new: str
    key: str
    message: str
    found: str | None = None
    help: str = ""
    at: str = ""


SLIPS = [Slip(**slip) for slip in as_data((Path(__file__).parent / "slips.yaml").read_text(encoding="utf-8"))]


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.name)
def test_a_slip_is_found_once_at_its_place(tmp_path: Path, slip: Slip) -> None:
    text = changed(SAREE, slip.old, slip.new)
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert (problem.file, problem.key, problem.message) == ("product_types/saree.yaml", slip.key, slip.message)
    assert problem.line == (line_of(text, slip.at) if slip.at else SAREE[: SAREE.index(slip.old)].count("\n") + 1)
    assert problem.found == slip.found
    assert slip.help in (problem.help or "")


def test_named_parts_that_spell_no_value_are_told(tmp_path: Path) -> None:
    text = changed(SAREE, "{lexicon: title, near: border}", "{lexicon: title, named: [border, pallu]}")
    text = changed(text, "vocabularies:\n", "texts: {parts: {border: [border], pallu: [pallu]}}\n\nvocabularies:\n")
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert (problem.key, problem.line) == ("attributes.border.sources[0].named", line_of(text, "named:"))
    assert problem.message == "no value and no synonym is spelled by a word of each of these parts, in this order"
    assert problem.help == "such a synonym: border pallu"


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("sku: [sku, product_id]\n    ", "", "feed.columns", "no column is mapped to the field 'sku'"),
        ("{warn: 0.05, error: 0.5}", "{warn: 0.5, error: 0}", "gates.max_quarantined_fraction", "the limits are the"),
        ("sku: {kind: text", "sku: {kind: enum, values: A", "attributes.sku.values", "should be a mapping of values"),
        ("sku: {kind: text", "sku: {kind: boolean", "attributes.sku.kind", "the attribute 'sku' must be a text"),
        ("[crimson]", "[neel]", "attributes.color.add_values.Blue[0]", "a synonym of two values, 'Red' and 'Blue'"),
    ],
)
def test_a_slip_of_a_common_file_is_found(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    files = {
        "common/apparel.yaml": changed(APPAREL, old, new),
        "product_types/saree.yaml": changed(SAREE, "    drop_values: [Red]\n", ""),
    }
    found = problems_of(make_config_dir(tmp_path, files))
    assert any(problem.key == key and problem.message.startswith(message) for problem in found)


def test_every_slip_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    files = {
        "common/apparel.yaml": changed(APPAREL, "threshold: 90", "threshold: 30").replace("at_most: [p", "at_most: [q"),
        "product_types/saree.yaml": changed(
            changed(changed(SAREE, "[reshmi]", "[cotton]"), "owners:", "ownres:"), "range: [4.5, 10]", "range: [a, 10]"
        ).replace("border_width: No Border}}", "border_width: Wide}}"),
        "product_types/kurta.yaml": "product_type: kurta\nattributes: {a: {kind: enum}}\n",
    }
    folder = make_config_dir(tmp_path, files)
    assert [(problem.file, problem.key) for problem in problems_of(folder)] == [
        ("common/apparel.yaml", "attributes.color.matching.threshold"),
        ("common/apparel.yaml", "rules[0].at_most[0]"),
        ("product_types/saree.yaml", "ownres"),
        ("product_types/saree.yaml", "vocabularies.fabric.Silk[0]"),
        ("product_types/saree.yaml", "attributes.length_m.range[0]"),
        ("product_types/saree.yaml", "rules[0].then.border_width"),
    ]
    assert [problem.message[:26] for problem in problems_of(folder, "kurta")] == [
        "no column is mapped to the",
        "an enum needs legal values",
    ]


@pytest.mark.parametrize(
    "old", ["[apparel]", "path: saree.csv", "kind: enum_list", "fabric, saree_fabric", "range: [4.5"]
)
def test_what_is_missing_because_of_another_problem_is_not_told(tmp_path: Path, old: str) -> None:
    """One slip in a key that much else refers to stays one problem."""
    text = changed(SAREE, old, old.replace("[", "[{a: b}, ", 1) if "[" in old else old.replace(": ", ": {x: y} #", 1))
    text = text.replace("fabric: [fabric, saree_fabric]", "fabric: {a: b}")
    found = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert len(found) <= 2
    assert all(problem.file == "product_types/saree.yaml" for problem in found)


def test_the_factory_is_valid(tmp_path: Path) -> None:
    assert problems_of(make_config_dir(tmp_path)) == ()
    assert set(FILES) == {"common/apparel.yaml", "product_types/saree.yaml"}
