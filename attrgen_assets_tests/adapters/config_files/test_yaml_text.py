"""A product type written out is a valid file of its own that gives the same answers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.config_files import load_all, load_product_type
from attrgen_assets.adapters.config_files.folder import ConfigFolder
from attrgen_assets.adapters.config_files.yaml_text import yaml_text
from attrgen_assets.adapters.config_files.yaml_tree import parse_yaml
from attrgen_assets.domain.product_types.model import EnumAttribute, LegalValue, ProductType, Synonym
from attrgen_assets.domain.product_types.read import read_product_type
from attrgen_assets.domain.product_types.render import file_data
from attrgen_assets.domain.product_types.resolve import resolve
from attrgen_assets_tests.config_texts import APPAREL, SAREE, changed, make_config_dir
from attrgen_assets_tests.factories import make_product_type

SHIPPED = Path(__file__).resolve().parents[3] / "config"

VARIANTS = {
    "as it is": SAREE,
    "collection": changed(SAREE, "path: saree.csv", "collection: sarees\n  duplicates: last\n  delimiter: ';'"),
    "no select": changed(SAREE, "  select: {field: title, any_of: [saree, sarees], none_of: [petticoat]}\n", ""),
    "empty lists": SAREE + "texts: {missing: [], not_applicable: [], run_on: []}\n",
    "one gate": changed(SAREE, "{fabric: {warn: 0.8, error: 0.3}}", "{fabric: {warn: 0.8}}"),
    "a source switched off": changed(SAREE, "- column: fabric", "- {column: fabric, enabled: false, confidence: 1}"),
    "a shared vocabulary": SAREE.replace("  border:\n", "  lining: {kind: enum, vocabulary: fabric}\n  border:\n"),
    "one of them changed": SAREE.replace(
        "  border:\n", "  lining: {kind: enum, vocabulary: fabric, drop_values: [Lace]}\n  border:\n"
    ),
    "strange texts": SAREE.replace(
        "Lace:\n", "\"Lace: 'fine' #1\\n & more\": [\"'a\\\"\", 'x: y', '- a', '!b', 'é\u2028☃']\n"
    ),
}


def _alone(root: Path, text: str, name: str = "saree") -> ProductType:
    files = {"common/apparel.yaml": "", "product_types/saree.yaml": "", f"product_types/{name}.yaml": text}
    return load_product_type(make_config_dir(root / "alone", files), name)


@pytest.mark.parametrize("variant", VARIANTS)
def test_what_is_shown_is_a_file_that_says_the_same(tmp_path: Path, variant: str) -> None:
    files = {"product_types/saree.yaml": VARIANTS[variant]}
    saree = load_product_type(make_config_dir(tmp_path / "config", files), "saree")
    alone = _alone(tmp_path, yaml_text(saree))
    assert alone.config_version == saree.config_version
    assert (alone.feed, alone.texts, alone.rules, alone.gates) == (saree.feed, saree.texts, saree.rules, saree.gates)
    assert file_data(alone) == file_data(saree)


def test_common_and_specific_are_marked(tmp_path: Path) -> None:
    text = yaml_text(load_product_type(make_config_dir(tmp_path), "saree"))
    assert "# 5 common attributes, 6 specific ones\n# extends: apparel.yaml\n" in text
    assert "  # common: common/apparel.yaml\n  color:\n" in text
    assert "  # specific: product_types/saree.yaml\n  fabric:\n" in text
    assert APPAREL.count("kind:") == text.count("# common:")


@given(texts=st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1), min_size=1, unique=True))
def test_any_text_survives(texts: list[str]) -> None:
    """Of a single attribute, without a folder: reading and writing are inverse for every value and synonym."""
    values = tuple(LegalValue(value=f"v{n}", synonyms=(Synonym(text=text),)) for n, text in enumerate(texts))
    attribute = EnumAttribute(
        name="a", origin="specific", defined_in="x.yaml", on_refusal="drop", vocabulary="a", values=values
    )
    assert _reread(attribute) == values


def _reread(attribute: EnumAttribute) -> tuple[LegalValue, ...]:
    text = yaml_text(make_product_type(attributes=(attribute,), rules=()))
    tree, problems = parse_yaml(text, shown="x.yaml")
    assert tree is not None
    layer, more = read_product_type(tree)
    assert [*problems, *more] == []
    entries = layer.model.attributes["a"].values or ()
    return tuple(
        LegalValue(value=e.value, parent=e.parent, synonyms=tuple(Synonym(text=s.text) for s in e.synonyms))
        for e in entries
    )


def test_the_shipped_configs_are_valid_and_survive_too(tmp_path: Path) -> None:
    load = load_all(SHIPPED)
    assert [str(problem) for problem in load.problems] == []
    assert set(load.product_types) >= {"saree", "kurta", "saree_blouse"}
    for name, product_type in load.product_types.items():
        assert _alone(tmp_path / name, yaml_text(product_type), name).config_version == product_type.config_version


def test_resolving_is_pure(tmp_path: Path) -> None:
    """The same files resolve to the same product type, whatever was resolved before."""
    folder = ConfigFolder(make_config_dir(tmp_path))
    file = folder.read_type(tmp_path / "product_types/saree.yaml")
    layers = [common.layer for common in folder.chain(file).files]
    assert resolve(layers, file.layer, name="saree") == resolve(layers, file.layer, name="saree")
