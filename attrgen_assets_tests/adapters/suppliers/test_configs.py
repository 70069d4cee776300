"""The suppliers' files: sound as shipped, and every slip told with file, line and key."""

from pathlib import Path

import pytest

from attrgen_assets.adapters.suppliers.configs import load_suppliers
from attrgen_assets.domain.parts.fields import PART_FIELDS
from attrgen_assets.errors import ConfigError
from attrgen_assets_tests.adapters.suppliers.asking import CONFIG_DIR

SHOP = (CONFIG_DIR / "suppliers" / "encompass.yaml").read_text(encoding="utf-8").replace("encompass", "shop")


def _problems(tmp_path: Path, text: str, *, name: str = "shop") -> list[str]:
    folder = tmp_path / "suppliers"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_suppliers(tmp_path)
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_files_name_the_four_suppliers_and_most_fields() -> None:
    suppliers = load_suppliers(CONFIG_DIR)
    assert [config.supplier for config in suppliers] == ["amazon", "encompass", "marcone", "reliable_parts"]
    assert {name for config in suppliers for name in config.fields} == PART_FIELDS.keys()
    assert {config.limit.requests_per_s for config in suppliers if config.supplier == "amazon"} == {1}
    assert {config.timeout_s for config in suppliers} == {10}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"crossReferences[].partNumber"', '"crossReferences[.partNumber"', "not a JMESPath"),
        ('"crossReferences[].partNumber"', '"nope(@)"', "there is no function nope()"),
        ("  msrp:", "  mrsp:", "no such field"),
        ("endpoint: models", "endpoint: model", "no such endpoint: 'model'"),
        ("timeout_s: 10", "timeout: 10", "extra inputs are not permitted"),
        ("scheme: bearer", "scheme: basic", "'bearer'"),
        ("https://api.encompass.com/v1".replace("encompass", "shop"), "ftp://x", "pattern"),
        ("    required: true\n", "", "none is required"),
        ("supplier: shop", "supplier: other", "should be the name of the file, shop"),
    ],
)
def test_a_slip_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SHOP
    [problem] = _problems(tmp_path, SHOP.replace(old, new, 1))
    assert problem.startswith("suppliers/shop.yaml:")
    assert problem.split(":")[1].isdigit()
    assert said in problem


def test_all_slips_of_all_files_come_at_once(tmp_path: Path) -> None:
    assert _problems(tmp_path, "supplier: [\n", name="broken")
    found = _problems(tmp_path, SHOP.replace("timeout_s: 10", "timeout_s: never").replace("burst: 30", "burst: 0"))
    assert len(found) == 3


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="put one into"):
        load_suppliers(tmp_path)
