"""Legal values are texts: what YAML 1.1 would take for something else stays as it was written."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.product_types.model import EnumAttribute, NumberAttribute, ProductType
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir, problems_of

TRAPS = (
    "no No NO yes Yes y n on On off OFF true True false null Null 28 028 0o17 0x1F 1_000 12:30 190:20:30 3XL 1e3 4.50 "
    "+7 .5 1. .inf .nan 2024-01-31 2024-01-31T10:00:00Z 1,5 100% = << ~"
).split()


def _load(folder: Path, text: str) -> ProductType:
    return load_product_type(make_config_dir(folder, {"product_types/saree.yaml": text}), "saree")


def _values(product_type: ProductType) -> list[str]:
    attribute = product_type.attribute("border_width")
    assert isinstance(attribute, EnumAttribute)
    return [legal.value for legal in attribute.values]


def _with_value(line: str) -> str:
    text = changed(SAREE, "values: [No Border, Narrow, Broad]", line)
    return changed(text, ", then: {border_width: No Border}", ", then: {border_width: Kept}")


@pytest.mark.parametrize("quote", ["", "'", '"'])
@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap not in ("null", "Null", "~", "=", "<<", ".nan")])
def test_a_value_is_the_text_that_was_written(tmp_path: Path, trap: str, quote: str) -> None:
    in_a_list = _load(tmp_path, _with_value(f"values:\n      - {quote}{trap}{quote}\n      - Kept"))
    as_a_key = _load(tmp_path, _with_value(f"values:\n      {quote}{trap}{quote}: [other]\n      Kept:"))
    assert _values(in_a_list) == _values(as_a_key) == [trap, "Kept"]


@pytest.mark.parametrize("trap", ["no", "28", "1_000", "12:30", "2024-01-31", "true", "null"])
def test_synonyms_and_cells_are_texts_too(tmp_path: Path, trap: str) -> None:
    text = changed(SAREE, "[reshmi]", f"[{trap}]").replace("near: border", f"near: [{trap}], not_near: [{trap}]")
    text = changed(text, "drop_values: [Red]", "drop_values: [Red, No, 28]")  # which a missing text may not be
    text = text.replace("any_of: [saree, sarees]", f"any_of: {trap}") + f"texts: {{missing: [{trap}, '']}}\n"
    saree = _load(tmp_path, text)
    fabric, source = saree.attribute("fabric"), saree.attribute("border").sources[0]
    assert isinstance(fabric, EnumAttribute)
    assert fabric.values[1].synonyms[0].text == trap
    assert (source.model_dump()["near"], source.model_dump()["not_near"]) == ((trap,), (trap,))
    assert saree.texts.missing == (trap, "")
    assert saree.feed.select is not None
    assert saree.feed.select.any_of == (trap,)


@pytest.mark.parametrize(
    ("written", "number"),
    [("10", 10), ("010", 10), ("0x10", 16), ("0o20", 16), ("1e1", 10), ("+9.5", 9.5), ("5.", 5), ("-0.0", 0)],
)
def test_numbers_are_those_of_yaml_1_2(tmp_path: Path, written: str, number: float) -> None:
    text = changed(SAREE, "[4.5, 10]", f"[-1, {written}]")
    length = _load(tmp_path, text).attribute("length_m")
    assert isinstance(length, NumberAttribute)
    assert length.maximum == number


@pytest.mark.parametrize(
    "written", ["1_0", "1:30", "ten", "1,5", "0b11", "0x", "1e", "--1", "'10'", "10m", "NaN", ".nan"]
)
def test_what_is_no_number_is_a_problem(tmp_path: Path, written: str) -> None:
    text = changed(SAREE, "range: [4.5, 10]", f"range:\n      - 4.5\n      - {written}")
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert (problem.key, problem.found) == ("attributes.length_m.range[1]", repr(written.strip("'")))


@pytest.mark.parametrize("written", ["yes", "no", "on", "off", "y", "1", "'true'", "tru"])
def test_what_is_no_truth_is_a_problem(tmp_path: Path, written: str) -> None:
    text = changed(SAREE, "required: false", f"required: {written}")
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert (problem.key, problem.message) == ("attributes.color.required", "should be true or false")


def test_a_key_without_a_text_is_a_problem_and_an_empty_section_is_none(tmp_path: Path) -> None:
    text = changed(SAREE, "[reshmi]", "\n      -\n      - reshmi") + "texts:\n"
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert (problem.key, problem.message) == ("vocabularies.fabric.Silk[0]", "a text is missing")
