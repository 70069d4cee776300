"""Sources that ask models, and the switch that turns generators off, from the file to the version."""

from pathlib import Path
from typing import get_args

import pytest
import yaml

from attrgen_assets.adapters.config_files import load_product_type
from attrgen_assets.domain.product_types.diff import diff_product_types
from attrgen_assets.domain.product_types.learned import GeneratorName, LlmSource, ModelSource
from attrgen_assets.domain.product_types.model import ProductType
from attrgen_assets.domain.product_types.render import file_data
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir, problems_of

LEXICON = "sources: [{lexicon: title, near: [border]}]"


def load(tmp_path: Path, *changes: tuple[str, str], more: str = "", common: str | None = None) -> ProductType:
    """The saree with some passages changed and some lines more."""
    text = SAREE
    for old, new in changes:
        text = changed(text, old, new)
    files = {"product_types/saree.yaml": f"{text}\n{more}\n"}
    return load_product_type(
        make_config_dir(tmp_path, files | ({"common/more.yaml": common} if common else {})), "saree"
    )


def with_source(source: str) -> tuple[str, str]:
    """The border's lexicon, and this source behind it."""
    return ("{lexicon: title, near: border}", "{lexicon: title, near: border}, " + source)


def test_a_source_names_the_fields_that_a_model_reads(tmp_path: Path) -> None:
    saree = load(
        tmp_path, with_source("{model: [title, description], confidence: 0.9, at_least: 0.4}, {llm: title, below: 0.6}")
    )
    border = next(a for a in saree.attributes if any(isinstance(s, ModelSource) for s in a.sources))
    assert border.sources[-2:] == (
        ModelSource(fields=("title", "description"), confidence=0.9, at_least=0.4),
        LlmSource(fields=("title",), below=0.6),
    )


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    saree = load(tmp_path, with_source("{model: title}, {llm: title, enabled: false}"))
    sources = [source for attribute in saree.attributes for source in attribute.sources]
    [model] = [source for source in sources if isinstance(source, ModelSource)]
    [llm] = [source for source in sources if isinstance(source, LlmSource)]
    assert (model.confidence, model.at_least, model.enabled) == (1.0, 0.5, True)
    assert (llm.confidence, llm.below, llm.enabled) == (0.8, 0.7, False)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{model: nowhere}", "a field that feed.columns does not have"),
        ("{model: title, llm: title}", "a source has exactly one of the keys column, label, lexicon"),
        ("{llm: title, below: 2}", "should be at most 1"),
        ("{model: title, near: [x]}", "unknown key"),
        ("{label: title}", "a label source beside no column source"),
    ],
)
def test_slips_are_told(tmp_path: Path, source: str, message: str) -> None:
    text = changed(SAREE, *with_source(source))
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert message in problem.message


def test_a_text_has_no_model(tmp_path: Path) -> None:
    more = "\n  brand: {kind: text, sources: [{model: title}, {llm: title}]}"
    text = changed(SAREE, "\nattributes:", f"\nattributes:{more}")
    problems = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": text}))
    assert [problem.message for problem in problems] == ["no source for an attribute of kind text"] * 2


@pytest.mark.parametrize("name", get_args(GeneratorName))
def test_every_generator_may_be_switched_off(tmp_path: Path, name: str) -> None:
    assert load(tmp_path, more=f"generators: {{{name}: off}}").switched_off == (name,)


def test_switched_off_generators_are_part_of_the_version(tmp_path: Path) -> None:
    plain = load(tmp_path / "plain")
    off = load(tmp_path / "off", more="generators: {lexicon: off, llm: off, model: on}")
    on = load(tmp_path / "on", more="generators: {lexicon: on}")
    assert (plain.switched_off, off.switched_off, on.switched_off) == ((), ("lexicon", "llm"), ())
    assert plain.config_version == on.config_version != off.config_version
    changes = [str(change) for change in diff_product_types(plain, off)]
    assert [change.split(" | ")[0] for change in changes] == [
        "changed lexicon of generators: none -> off",
        "changed llm of generators: none -> off",
    ]


def test_a_type_may_switch_on_what_a_common_file_switched_off(tmp_path: Path) -> None:
    common = "generators: {lexicon: off, model: off}\n"
    extends = ("extends: [apparel", "extends: [more, apparel")
    assert load(tmp_path / "a", extends, common=common).switched_off == ("lexicon", "model")
    back = load(tmp_path / "b", extends, common=common, more="generators: {lexicon: on, model: null}")
    assert back.switched_off == ()


@pytest.mark.parametrize(
    "said", ["generators: {lexicon: maybe}", "generators: {lexikon: off}", "generators: {llm: false}"]
)
def test_a_switch_is_on_or_off(tmp_path: Path, said: str) -> None:
    [problem] = problems_of(make_config_dir(tmp_path, {"product_types/saree.yaml": f"{SAREE}\n{said}\n"}))
    assert problem.key.startswith("generators")


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    saree = load(
        tmp_path / "a",
        with_source("{model: [title], confidence: 0.9}, {llm: title, below: 0.6}"),
        more="generators: {pattern: off}",
    )
    text = yaml.safe_dump(file_data(saree), sort_keys=False, allow_unicode=True)
    again = load_product_type(make_config_dir(tmp_path / "b", {"product_types/saree.yaml": text}), "saree")
    assert again.config_version == saree.config_version
