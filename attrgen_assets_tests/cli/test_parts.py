"""Parts from the command line: a run, what it stored, what a person says of it, and the way back."""

import csv
import json
import subprocess
from pathlib import Path

import pytest

from attrgen_assets.adapters.suppliers.sandbox.server import running_sandbox
from attrgen_assets_tests.cli.calling import PROJECT, attrgen

PART = "WR55X10025"

pytestmark = pytest.mark.long


class Shop:
    """The command line over one home, one database and one sandbox."""

    def __init__(self, home: Path, environment: dict[str, str]) -> None:
        self.home = home
        self.environment = environment

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        return attrgen(*words, cwd=self.home, env=self.environment)

    def said(self, *words: str) -> str:
        """What a command that must succeed printed."""
        done = self(*words)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, mongo_uri: str, redis_url: str) -> Shop:
    """After one run over three requests."""
    home = tmp_path_factory.mktemp("parts")
    feeds = home / "feeds"
    feeds.mkdir()
    (feeds / "appliance_part.csv").write_text(f"mpn\n{PART}\nCHAIN1001\nno such!\n", encoding="utf-8")
    with running_sandbox(latency_ms=0) as url:
        environment = {
            "ATTRGEN_HOME": str(home / "home"),
            "ATTRGEN_CONFIG_DIR": str(PROJECT / "config"),
            "ATTRGEN_FEEDS_DIR": str(feeds),
            "MONGODB_URI": mongo_uri,
            "ATTRGEN_MONGODB_DATABASE": "test_cli_parts",
            "REDIS_URL": redis_url,
            "ATTRGEN_SUPPLIERS_SANDBOX_URL": url,
        }
        found = Shop(home, environment)
        done = found("run", "appliance_part", "--json")
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["rows"], run["documents"], run["quarantined"]) == (3, 2, 1)
    assert run["quarantined_by_reason"] == {"invalid_part_number": 1}
    return found


def test_a_stored_part_is_shown_with_its_specifications(shop: Shop) -> None:
    told = shop.said("parts", "show", PART.lower())
    assert told.startswith(f"{PART}, version ")
    assert "manufacturer               GE  [" in told
    assert "\nelectrical\n" in told
    assert "2.12 in (5.385 cm)" in told
    assert json.loads(shop.said("parts", "show", PART, "--json"))["_id"] == f"appliance_part:{PART}"


def test_a_part_that_is_not_stored_says_how_to_get_it(shop: Shop) -> None:
    done = shop("parts", "show", "A1")
    assert done.returncode == 1
    assert "part A1 is not stored; `attrgen lookup A1` asks for it" in done.stderr


def test_a_correction_is_checked_applied_told_and_undone(shop: Shop) -> None:
    told = shop.said("parts", "correct", PART, "finish", "Chrome", "--by", "ann", "--reason", "seen")
    assert "is    finish                     Chrome  [1.00, reviewed: ann] seen" in told
    history = shop.said("parts", "history", PART)
    assert "ann: seen" in history.splitlines()[0]
    assert "changed: finish, specifications" in history
    states = json.loads(shop.said("parts", "history", PART, "--json"))
    before = states[0]["previous"]
    assert "+ Chrome" in shop.said("parts", "diff", PART, str(before))
    found = json.loads(shop.said("parts", "diff", PART, str(before), "--json"))
    assert found["attributes"][0]["after"]["value"] == "Chrome"
    told = shop.said("parts", "rollback", PART, str(before), "--by", "bob")
    assert f"version {states[0]['version'] + 1} has the content of version {before}." in told
    assert "finish (ann)" in told
    told = shop.said("parts", "correct", PART, "finish", "--withdraw", "--by", "bob")
    assert "the correction is taken back" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("correct", PART, "finnish", "x", "--by", "ann"), "no field 'finnish'"),
        (("correct", PART, "voltage", "9000", "--by", "ann"), "not within 0.5 to 600"),
        (("correct", PART, "voltage", "--by", "ann"), "give a value, or --withdraw"),
        (("correct", PART, "voltage", "12", "--by", " "), "name them"),
        (("diff", PART, "77"), "has no version 77"),
        (("history", "A1"), "there is no document"),
    ],
)
def test_what_cannot_be_is_told(shop: Shop, words: tuple[str, ...], message: str) -> None:
    done = shop("parts", *words)
    assert done.returncode != 0
    assert message in " ".join(done.stderr.replace("│", " ").split())


def test_figures_come_as_text_json_tables_and_a_picture(shop: Shop) -> None:
    told = shop.said("analytics")
    assert told.startswith("2 records: ")
    assert json.loads(shop.said("analytics", "--json"))["totals"]["records"] == 2
    shop.said("analytics", "--csv", "figures", "--chart", "chart.png")
    with (shop.home / "figures" / "suppliers.csv").open(encoding="utf-8") as file:
        assert {row["supplier"] for row in csv.DictReader(file)} == {"amazon", "encompass", "marcone", "reliable_parts"}
    assert (shop.home / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_attributes_are_listed_and_unknown_ones_suggested(shop: Shop) -> None:
    assert "wattage" in shop.said("attributes", "list")
    assert "every attribute that suppliers list is in the registry" in shop.said("attributes", "suggest")


def test_records_that_wait_are_listed_with_the_reason(shop: Shop) -> None:
    listed = [json.loads(line) for line in shop.said("parts", "review", "--json").splitlines()]
    assert all(one["why"] for one in listed)
    assert shop.said("parts", "review").strip()
