"""Sensors through scenarios: new, changed, changed back, invalid, removed, restarted. Each tick is a call."""

import os
import time
from pathlib import Path

import dagster as dg
import pytest

from attrgen_assets.definitions import PARTITIONS_NAME
from attrgen_assets.defs.sensors import new_config_sensor, new_feed_sensor
from attrgen_assets_tests.defs.installation import FEED, HOUR_S, Installation


class Ticks:
    """Calls a sensor, passing the cursor on from tick to tick as the daemon does."""

    def __init__(self, sensor: dg.SensorDefinition, shop: Installation) -> None:
        self._sensor, self._shop = sensor, shop
        self.cursor: str | None = None

    def tick(self) -> dg.SensorResult:
        """One tick; partitions are added and removed as the daemon would."""
        context = dg.build_sensor_context(
            instance=self._shop.instance,
            cursor=self.cursor,
            definitions=self._shop.defs,
            resources={"settings": self._shop.settings},
        )
        with context:
            result = self._sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor
        for request in result.dynamic_partitions_requests or []:
            if isinstance(request, dg.AddDynamicPartitionsRequest):
                self._shop.instance.add_dynamic_partitions(PARTITIONS_NAME, list(request.partition_keys))
            else:
                for key in request.partition_keys:
                    self._shop.instance.delete_dynamic_partition(PARTITIONS_NAME, key)
        return result

    def requested(self) -> list[str]:
        """Product types for which a tick requests a run."""
        return [request.partition_key or "" for request in self.tick().run_requests or []]


def run_keys(result: dg.SensorResult) -> list[str]:
    return [request.run_key or "" for request in result.run_requests or []]


def partitions(shop: Installation) -> set[str]:
    return set(shop.instance.get_dynamic_partitions(PARTITIONS_NAME))


def test_both_sensors_work_without_a_click(shop: Installation) -> None:
    assert new_config_sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert new_feed_sensor.default_status is dg.DefaultSensorStatus.RUNNING


class TestNewConfigSensor:
    @pytest.fixture
    def ticks(self, shop: Installation) -> Ticks:
        return Ticks(new_config_sensor, shop)

    def test_a_new_file_adds_its_partition_and_asks_for_a_run(self, ticks: Ticks, shop: Installation) -> None:
        assert ticks.requested() == ["saree"]
        shop.write_type("kurta")
        assert ticks.requested() == ["kurta"]
        assert partitions(shop) == {"saree", "kurta"}
        assert ticks.requested() == []

    def test_content_that_comes_back_asks_for_a_third_run(self, ticks: Ticks, shop: Installation) -> None:
        first = run_keys(ticks.tick())
        shop.write_type("saree", ("[4.5, 10]", "[4, 10]"))
        second = run_keys(ticks.tick())
        shop.write_type("saree")
        third = run_keys(ticks.tick())
        assert [key.rpartition(":")[0] for key in first + second + third] == ["saree:1", "saree:2", "saree:3"]
        assert first[0].split(":")[2] == third[0].split(":")[2] != second[0].split(":")[2]

    def test_a_comment_is_no_change(self, ticks: Ticks, shop: Installation) -> None:
        ticks.tick()
        path = shop.write_type("saree")
        path.write_text(f"# what sarees are\n{path.read_text()}")
        assert ticks.requested() == []

    def test_a_gate_that_changes_asks_for_a_run_that_judges_by_it(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        assert ticks.requested() == []
        shop.write_type("saree", ("warn: 0.5, error: 0.2", "warn: 0.9, error: 0.2"))
        assert ticks.requested() == ["saree"]

    def test_a_common_file_changes_all_types_that_extend_it(self, ticks: Ticks, shop: Installation) -> None:
        common = shop.config_dir / "common" / "cloth.yaml"
        common.parent.mkdir()
        common.write_text("attributes:\n  care: {kind: text, sources: [{column: title}]}\n")
        for name in ("saree", "kurta"):
            shop.write_type(name, ("feed:", "extends: [cloth]\nfeed:"))
        shop.write_type("blouse")
        assert ticks.requested() == ["blouse", "kurta", "saree"]
        common.write_text("attributes:\n  care: {kind: text, required: true, sources: [{column: title}]}\n")
        assert ticks.requested() == ["kurta", "saree"]

    def test_an_invalid_file_is_told_once_and_blocks_no_other(self, ticks: Ticks, shop: Installation) -> None:
        ticks.tick()
        shop.write_type("saree", ("kind: number", "kind: nmber"))
        shop.write_type("kurta")
        assert ticks.requested() == ["kurta"]
        shop.write_type("saree", ("kind: number", "kind: nummber"))
        told = ticks.tick()
        assert "nummber" in str(told.skip_reason)
        assert "saree.yaml" in str(told.skip_reason)
        later = ticks.tick()
        assert str(later.skip_reason) == "SkipReason(skip_message='no config is new or changed; still invalid: saree')"
        assert partitions(shop) == {"saree", "kurta"}

    def test_a_file_that_is_valid_again_needs_a_run_only_if_it_changed(self, ticks: Ticks, shop: Installation) -> None:
        ticks.tick()
        shop.write_type("saree", ("kind: number", "kind: nmber"))
        ticks.tick()
        shop.write_type("saree")
        assert ticks.requested() == []
        shop.write_type("saree", ("[4.5, 10]", "[4, 10]"))
        assert ticks.requested() == ["saree"]

    def test_a_removed_file_takes_the_partition_after_two_ticks(self, ticks: Ticks, shop: Installation) -> None:
        ticks.tick()
        shop.write_type("kurta")
        ticks.tick()
        (shop.config_dir / "product_types" / "kurta.yaml").unlink()
        ticks.tick()
        assert partitions(shop) == {"saree", "kurta"}
        ticks.tick()
        assert partitions(shop) == {"saree"}
        shop.write_type("kurta")
        assert ticks.requested() == ["kurta"]
        assert partitions(shop) == {"saree", "kurta"}

    def test_a_partition_that_somebody_else_added_is_taken_away_as_well(self, ticks: Ticks, shop: Installation) -> None:
        shop.instance.add_dynamic_partitions(PARTITIONS_NAME, ["gone"])
        ticks.tick()
        ticks.tick()
        assert partitions(shop) == {"saree"}

    def test_a_config_folder_that_is_away_changes_nothing(self, ticks: Ticks, shop: Installation) -> None:
        ticks.tick()
        folder = shop.config_dir / "product_types"
        folder.rename(shop.config_dir / "elsewhere")
        before = ticks.cursor
        for _ in range(3):
            assert "there is no folder" in str(ticks.tick().skip_reason)
        assert (ticks.cursor, partitions(shop)) == (before, {"saree"})
        (shop.config_dir / "elsewhere").rename(folder)
        assert ticks.requested() == []

    def test_a_lost_cursor_does_not_repeat_what_a_run_has_processed(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        assert ticks.requested() == []
        shop.write_type("saree", ("[4.5, 10]", "[4, 10]"))
        ticks.cursor = None
        assert ticks.requested() == ["saree"]


class TestNewFeedSensor:
    @pytest.fixture
    def ticks(self, shop: Installation) -> Ticks:
        return Ticks(new_feed_sensor, shop)

    def test_the_first_run_of_a_type_is_asked_for_by_its_config(self, ticks: Ticks, shop: Installation) -> None:
        assert ticks.requested() == []
        shop.run("saree")
        assert ticks.requested() == []

    def test_a_changed_feed_asks_for_a_run_and_so_does_changing_it_back(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        ticks.tick()
        seen = []
        for step, text in enumerate((FEED + "A9,More,Red,5 m\n", FEED), 1):
            shop.write_feed("saree", text, age_s=HOUR_S - step)
            seen += [key.rpartition(":")[0] for key in run_keys(ticks.tick())]
        assert seen == ["saree:1", "saree:2"]

    def test_the_same_content_with_another_time_is_no_change(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        ticks.tick()
        shop.write_feed("saree", age_s=HOUR_S / 2)
        assert ticks.requested() == []

    def test_a_feed_that_is_being_written_waits(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        ticks.tick()
        path = shop.write_feed("saree", FEED + "A9,Mo", age_s=0)
        assert ticks.requested() == []
        path.write_text(FEED + "A9,More,Red,5 m\n")
        at_rest = time.time() - 60
        os.utime(path, (at_rest, at_rest))
        assert ticks.requested() == ["saree"]

    def test_a_feed_that_changed_while_its_first_run_read_it_is_read_again(
        self, ticks: Ticks, shop: Installation
    ) -> None:
        shop.run("saree")
        shop.write_feed("saree", FEED + "A9,More,Red,5 m\n")
        assert ticks.requested() == ["saree"]

    def test_a_missing_feed_is_told_once_and_runs_when_it_comes(self, ticks: Ticks, shop: Installation) -> None:
        shop.write_type("kurta")
        assert "no feed file matches 'kurta.csv'" in str(ticks.tick().skip_reason)
        assert "still invalid: kurta" in str(ticks.tick().skip_reason)
        shop.write_feed("kurta")
        assert ticks.requested() == ["kurta"]

    def test_one_more_file_of_a_glob_is_a_change(self, ticks: Ticks, shop: Installation) -> None:
        shop.write_type("saree", ("saree.csv", "saree*.csv"))
        shop.run("saree")
        ticks.tick()
        shop.write_feed("saree_2", "sku,title,color,length\nB1,Saree,Red,5 m\n")
        assert ticks.requested() == ["saree"]

    def test_a_collection_is_not_watched(self, ticks: Ticks, shop: Installation) -> None:
        shop.write_type("saree", ("path: saree.csv", "collection: sarees"))
        assert ticks.requested() == []

    def test_an_invalid_config_with_a_last_good_one_is_still_watched(self, ticks: Ticks, shop: Installation) -> None:
        shop.run("saree")
        ticks.tick()
        shop.write_type("saree", ("kind: number", "kind: nmber"))
        shop.write_feed("saree", FEED + "A9,More,Red,5 m\n", age_s=HOUR_S / 2)
        assert ticks.requested() == ["saree"]


def test_cursors_are_short_versioned_json(shop: Installation) -> None:
    ticks = Ticks(new_config_sensor, shop)
    ticks.tick()
    assert ticks.cursor is not None
    assert ticks.cursor.startswith('{"version": 1, "keys": {"saree": {"generation": 1,')
    assert "null" not in ticks.cursor


def test_a_run_that_a_sensor_asked_for_is_valid(shop: Installation, tmp_path: Path) -> None:
    request = (Ticks(new_config_sensor, shop).tick().run_requests or [])[0]
    assert request.partition_key == "saree"
    assert request.tags["attrgen/because"] == "new or changed config"
    assert shop.run(request.partition_key).success
