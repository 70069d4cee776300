"""The example of docs/configuration.md is a valid file that says what its remarks say."""

import re
from pathlib import Path

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.product_types.model import EnumAttribute, EnumListAttribute, ProductType
from attrgen_assets_tests.config_texts import make_config_dir

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "configuration.md"


def _example(tmp_path: Path) -> ProductType:
    [text] = re.findall(r"```yaml\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), flags=re.DOTALL)
    files = {"product_types/saree.yaml": text, "common/apparel.yaml": "description: nothing yet\n"}
    return load_product_type(make_config_dir(tmp_path, files), "saree")


def test_the_example_is_valid(tmp_path: Path) -> None:
    saree = _example(tmp_path)
    assert {attribute.kind for attribute in saree.attributes} == {"enum", "enum_list", "number", "boolean"}
    assert {rule.form for rule in saree.rules} == {"implies", "at_most", "requires", "excludes"}
    assert {source.generator for attribute in saree.attributes for source in attribute.sources} == {
        "column",
        "label",
        "lexicon",
        "pattern",
        "model",
        "llm",
    }
    assert saree.switched_off == ("llm",)


def test_its_remarks_are_true(tmp_path: Path) -> None:
    saree = _example(tmp_path)
    fabric, size = saree.attribute("fabric"), saree.attribute("size")
    assert isinstance(fabric, EnumAttribute)
    assert isinstance(size, EnumListAttribute)
    values = {legal.value: [synonym.text for synonym in legal.synonyms] for legal in fabric.values}
    assert "Lame" not in values
    assert (values["Mashru"], values["Cotton"]) == (["mashroo"], ["suti"])
    assert [legal.value for legal in size.values] == ["28", "30", "S", "M", "3XL"]
    assert saree.texts.missing == ("", "nan", "null", "-")
