from pathlib import Path

from attrgen_assets.adapters.last_good import LastGoodConfigs
from attrgen_assets.domain.product_types.model import Gate, Gates
from attrgen_assets_tests.factories import make_product_type


def test_what_is_remembered_is_recalled_whole(tmp_path: Path) -> None:
    kept = LastGoodConfigs(tmp_path / "last_good")
    assert kept.recall("saree") is None
    kept.remember(make_product_type())
    assert kept.recall("saree") == make_product_type()
    assert kept.names() == ("saree",)


def test_a_change_that_changes_no_version_is_remembered_too(tmp_path: Path) -> None:
    kept = LastGoodConfigs(tmp_path)
    kept.remember(make_product_type())
    stricter = make_product_type(gates=Gates(max_quarantined_fraction=Gate(error=0.1)))
    kept.remember(stricter)
    assert kept.recall("saree") == stricter


def test_a_copy_that_cannot_be_read_is_as_good_as_none(tmp_path: Path) -> None:
    kept = LastGoodConfigs(tmp_path)
    kept.remember(make_product_type())
    (tmp_path / "saree.json").write_bytes(b'{"name": "\xff')
    assert kept.recall("saree") is None
    kept.remember(make_product_type())
    assert kept.recall("saree") == make_product_type()
