"""Rules and attributes from files: what is wrong is told at its place."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.part_rules import load_attribute_registry, load_part_rules
from attrgen_assets.errors import ConfigError
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR


def registry(folder: Path, text: str) -> Path:
    (folder / "parts").mkdir()
    (folder / "parts" / "attribute_registry.yaml").write_text(text, encoding="utf-8")
    return folder


def test_what_is_shipped_is_sound() -> None:
    found = load_attribute_registry(CONFIG_DIR)
    assert len(found.attributes) > 60
    assert load_part_rules(CONFIG_DIR).requests is not None


def test_a_folder_without_files_has_the_defaults(tmp_path: Path) -> None:
    assert load_attribute_registry(tmp_path).attributes == ()
    assert load_part_rules(tmp_path).requests is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("attributes:\n  a: {display_name: A, category: odd}\n", r"attribute_registry.yaml:2: attributes.a.category"),
        ("attributes:\n  a: {display_name: A, category: other, colour: x}\n", r"yaml:2: attributes.a.colour"),
        ("attributes:\n  a: {category: other}\n", "field required"),
        ("attributes:\n  a: 5\n", "must be a mapping"),
        ("attributes: []\n", "one key, `attributes`"),
        ("other: {}\n", "one key, `attributes`"),
        ("attributes:\n  a: {display_name: A, category: other, kind: number, unit: inches}\n", "how a unit"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_attribute_registry(registry(tmp_path, text))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = "attributes:\n  a: {display_name: A, category: odd}\n  b: {display_name: B, category: odd}\n"
    with pytest.raises(ConfigError) as caught:
        load_attribute_registry(registry(tmp_path, text))
    assert [problem.line for problem in caught.value.problems] == [2, 3]
