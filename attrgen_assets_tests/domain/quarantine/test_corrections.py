"""What a person may say of a refused row."""

from typing import Any

import pytest
import yaml

from attrgen_assets.domain.product_types.model import (
    BooleanAttribute,
    EnumAttribute,
    EnumListAttribute,
    Feed,
    NumberAttribute,
    ProductType,
    TextAttribute,
)
from attrgen_assets.domain.quarantine.corrections import check_correction, check_corrections
from attrgen_assets.domain.quarantine.synonyms import Synonym, suggest_synonyms, synonym_yaml
from attrgen_assets.errors import InvalidCorrection

COMMON: dict[str, Any] = {"origin": "specific", "defined_in": "product_types/saree.yaml", "on_refusal": "drop"}


def make_saree() -> ProductType:
    fabrics = (
        {"value": "Silk"},
        {"value": "Pure Silk", "parent": "Silk"},
        {"value": "Viscose Rayon", "synonyms": [{"text": "rayon"}]},
    )
    works = ({"value": "Zari"}, {"value": "Tie and Dye"}, {"value": "Lace"})
    return ProductType(
        name="saree",
        title="Sarees",
        feed=Feed(path="saree.csv", columns={"sku": ("sku",)}),
        attributes=(
            EnumAttribute(name="fabric", vocabulary="fabric", values=fabrics, **COMMON),
            EnumAttribute(name="weave", vocabulary="weave", values=({"value": "Ikat"},), na=True, **COMMON),
            EnumListAttribute(name="work", vocabulary="work", values=works, **COMMON),
            TextAttribute(name="title", max_length=20, **COMMON),
            NumberAttribute(name="length_m", unit="m", minimum=4.5, maximum=10, **COMMON),
            BooleanAttribute(name="reversible", **COMMON),
        ),
        config_version="0",
    )


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        pytest.param("fabric", "pure SILK", "Pure Silk", id="spelling aside"),
        pytest.param("fabric", "Rayon", "Viscose Rayon", id="synonym"),
        pytest.param("weave", "n/a", None, id="not applicable"),
        pytest.param("weave", "NA", None, id="NA"),
        pytest.param("work", "lace, zari", ("Zari", "Lace"), id="list in the order of the vocabulary"),
        pytest.param("work", "Tie and Dye", ("Tie and Dye",), id="one of a list"),
        pytest.param("title", "  Red \n saree ", "Red saree", id="text"),
        pytest.param("length_m", "5.5", 5.5, id="number"),
        pytest.param("length_m", "6 mtr", 6.0, id="unit"),
        pytest.param("length_m", "550 cm", 5.5, id="other unit"),
        pytest.param("reversible", "Yes", True, id="true"),
        pytest.param("reversible", "no", False, id="false"),
        pytest.param("sku", " A  1 ", "A 1", id="sku"),
    ],
)
def test_a_legal_correction_is_taken_as_it_is_meant(name: str, text: str, value: Any) -> None:
    assert check_correction(make_saree(), name, text) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        pytest.param("fabrik", "Silk", "did you mean 'fabric'", id="unknown attribute"),
        pytest.param(
            "fabric", "Pure Silkk", "legal: Silk, Pure Silk, Viscose Rayon", id="a misspelling is not guessed"
        ),
        pytest.param("fabric", "", "not a legal value", id="empty"),
        pytest.param("fabric", "NA", "NA is no legal answer", id="NA where it is none"),
        pytest.param("work", " , ", "no value is named", id="empty list"),
        pytest.param("work", "Zari, Zary", "'Zary' is not a legal value", id="one bad of a list"),
        pytest.param("title", "x" * 21, "found 21", id="too long"),
        pytest.param("length_m", "11", "a number from 4.5 to 10 m", id="out of range"),
        pytest.param("length_m", "nan", "a number from 4.5 to 10 m", id="not a number"),
        pytest.param("length_m", "6 kg", "a number from 4.5 to 10 m", id="wrong unit"),
        pytest.param("reversible", "perhaps", "yes, true", id="neither true nor false"),
        pytest.param("sku", " ", "cannot be empty", id="empty sku"),
    ],
)
def test_an_illegal_correction_says_what_is_legal(name: str, text: str, said: str) -> None:
    with pytest.raises(InvalidCorrection, match=said):
        check_correction(make_saree(), name, text)


def test_all_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(InvalidCorrection) as caught:
        check_corrections(make_saree(), {"fabric": "x", "title": "fine", "length_m": "0"})
    assert len(str(caught.value).splitlines()) == 2


def make_refusal(**changes: Any) -> dict[str, Any]:
    return {
        "attribute": "fabric",
        "reason": "not_in_vocabulary",
        "text": "reyon",
        "nearest": [],
        "field": "fabric",
    } | changes


def test_a_correction_of_a_spelling_suggests_the_synonym() -> None:
    refusals = [make_refusal(), make_refusal(text="Reyon "), make_refusal(attribute="length_m", reason="out_of_range")]
    found = suggest_synonyms(make_saree(), refusals=refusals, values={"fabric": "Viscose Rayon", "length_m": 5.5})
    assert found == [Synonym("fabric", "Viscose Rayon", "reyon")]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(make_refusal(attribute=None, reason="missing_sku", text=None), id="refusal of the row"),
        pytest.param(make_refusal(text="x" * 61), id="a sentence"),
        pytest.param(make_refusal(reason="rule_broken"), id="not a matter of spelling"),
        pytest.param(make_refusal(attribute="weave"), id="another attribute"),
        pytest.param(make_refusal(text=""), id="nothing was said"),
    ],
)
def test_nothing_is_suggested_where_a_synonym_cures_nothing(refusal: dict[str, Any]) -> None:
    assert suggest_synonyms(make_saree(), refusals=[refusal], values={"fabric": "Silk"}) == []


def test_the_snippet_is_yaml_whatever_the_feed_said() -> None:
    nasty = 'a "b": {c}\\ # d'
    snippet = synonym_yaml(make_saree(), [Synonym("fabric", "Silk", nasty), Synonym("fabric", "Silk", "señda")])
    assert yaml.safe_load(snippet) == {"attributes": {"fabric": {"add_values": {"Silk": [nasty, "señda"]}}}}
    assert synonym_yaml(make_saree(), []) == ""
