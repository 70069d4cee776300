"""The copy of the last good config, kept by itself and as the configs in force use it."""

import stat
from pathlib import Path

import pytest

from attrgen_assets.adapters.configs import Configs
from attrgen_assets.adapters.last_good import LastGoodConfigs
from attrgen_assets.domain.product_types.model import Gates
from attrgen_assets.errors import ConfigError, StorageFull, UnknownProductType
from attrgen_assets_tests.config_texts import SAREE, changed, make_config_dir
from attrgen_assets_tests.factories import make_product_type


class TestLastGoodConfigs:
    def test_what_is_remembered_comes_back_equal(self, tmp_path: Path) -> None:
        kept = LastGoodConfigs(tmp_path / "kept")
        product_type = make_product_type()
        kept.remember(product_type)
        assert kept.recall("saree") == product_type
        assert kept.names() == ("saree",)

    def test_nothing_was_remembered(self, tmp_path: Path) -> None:
        kept = LastGoodConfigs(tmp_path)
        assert (kept.recall("saree"), kept.names()) == (None, ())

    def test_the_newest_version_replaces_the_former_and_the_same_is_not_written(self, tmp_path: Path) -> None:
        kept = LastGoodConfigs(tmp_path)
        kept.remember(make_product_type(config_version="1"))
        kept.remember(make_product_type(config_version="2"))
        file = tmp_path / "saree.json"
        before = file.stat().st_ino
        kept.remember(make_product_type(config_version="2"))
        assert file.stat().st_ino == before
        found = kept.recall("saree")
        assert found is not None
        assert found.config_version == "2"
        assert [path.name for path in tmp_path.iterdir()] == ["saree.json"]  # no temporary file is left

    def test_what_leaves_the_answers_as_they_are_is_remembered_as_well(self, tmp_path: Path) -> None:
        kept = LastGoodConfigs(tmp_path)
        kept.remember(make_product_type())
        stricter = make_product_type(gates=Gates(max_feed_age_days=1))
        kept.remember(stricter)
        assert kept.recall("saree") == stricter

    @pytest.mark.parametrize("content", [b"", b"{}", b"nonsense", b"\xff\xfe", b'{"name": "saree"}'])
    def test_a_copy_that_cannot_be_read_is_none(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "saree.json").write_bytes(content)
        kept = LastGoodConfigs(tmp_path)
        assert kept.recall("saree") is None
        kept.remember(make_product_type())
        assert kept.recall("saree") == make_product_type()

    def test_a_place_that_takes_no_file_is_an_error_that_names_it(self, tmp_path: Path) -> None:
        (tmp_path / "kept").write_text("a file where a folder should be")
        with pytest.raises(StorageFull, match="kept"):
            LastGoodConfigs(tmp_path / "kept" / "deeper").remember(make_product_type())


class TestConfigs:
    def make(self, root: Path, **files: str) -> Configs:
        config_dir = make_config_dir(
            root / "config", {f"product_types/{name}.yaml": text for name, text in files.items()}
        )
        return Configs(config_dir=config_dir, last_good=LastGoodConfigs(root / "kept"))

    def test_a_valid_file_is_in_force(self, tmp_path: Path) -> None:
        found = self.make(tmp_path).get("saree")
        assert (found.product_type.name, found.is_last_good, found.error) == ("saree", False, None)

    def test_an_invalid_file_gives_way_to_its_last_good_state(self, tmp_path: Path) -> None:
        good = self.make(tmp_path).get("saree").product_type
        configs = self.make(tmp_path, saree=changed(SAREE, "range: [4.5, 10]", "range: [10, 4.5]"))
        found = configs.get("saree")
        assert found.product_type == good
        assert found.is_last_good
        assert "saree.yaml" in str(found.error)
        everything = configs.all()
        assert (everything.valid, list(everything.in_force), list(everything.errors)) == ((), ["saree"], ["saree"])

    def test_an_invalid_file_that_never_was_good_is_an_error(self, tmp_path: Path) -> None:
        configs = self.make(tmp_path, saree="product_type: saree\n")
        with pytest.raises(ConfigError):
            configs.get("saree")
        assert (dict(configs.all().in_force), list(configs.all().errors)) == ({}, ["saree"])

    def test_a_removed_file_is_not_replaced_by_its_copy(self, tmp_path: Path) -> None:
        self.make(tmp_path).get("saree")
        (tmp_path / "config" / "product_types" / "saree.yaml").unlink()
        configs = Configs(config_dir=tmp_path / "config", last_good=LastGoodConfigs(tmp_path / "kept"))
        with pytest.raises(UnknownProductType):
            configs.get("saree")
        assert dict(configs.all().in_force) == {}

    def test_one_object_gives_one_config_whatever_happens_to_the_file(self, tmp_path: Path) -> None:
        configs = self.make(tmp_path)
        first = configs.get("saree")
        self.make(tmp_path, saree="nonsense")
        assert configs.get("saree") is first

    def test_a_digest_changes_with_the_bytes_of_a_bad_file(self, tmp_path: Path) -> None:
        digests = [self.make(tmp_path, saree=text).source_digest("saree") for text in ("a: 1", "a: 2", "a: 1")]
        assert digests[0] == digests[2] != digests[1]

    def test_a_copy_is_readable_by_its_owner_only(self, tmp_path: Path) -> None:
        self.make(tmp_path).get("saree")
        assert stat.S_IMODE((tmp_path / "kept" / "saree.json").stat().st_mode) & 0o077 == 0
