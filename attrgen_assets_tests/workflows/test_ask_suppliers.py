"""Asking for many parts: who is asked, who is not, and what is on record of it."""

from datetime import timedelta

from attrgen_assets.domain.parts.check import supplier_success
from attrgen_assets.domain.parts.supplier_config import Limit
from attrgen_assets.domain.parts.tables import RESPONSES
from attrgen_assets_tests.workflows.parts_pipeline import NOW, TYPE, Parts

CHAIN = ["CHAIN1001", "CHAIN1002", "CHAIN1003"]


def test_every_part_of_every_chain_has_a_line_per_supplier(parts: Parts) -> None:
    parts.request("CHAIN1001", "NOSUCH1")
    report = parts.ask()
    assert (report.parts, report.asked, report.unknown) == (2, 2, 1)
    assert set(report.outcomes) == {"amazon", "encompass", "marcone", "reliable_parts"}
    rows = parts.rows("supplier_responses")
    assert len(rows) == 4 * 4
    assert {row["asked_for"] for row in rows if row["part_number"] == "CHAIN1001"} == set(CHAIN)
    assert all(row["chain"] == CHAIN and row["chain_end"] == "current" for row in rows[:12])
    assert {row["outcome"] for row in rows[12:]} == {"not_found"}


def test_a_part_is_not_asked_for_again_until_the_answer_is_too_old(parts: Parts) -> None:
    parts.request("WR55X10025")
    parts.ask()
    first = parts.rows("supplier_responses")
    again = parts.ask(at=NOW + timedelta(minutes=59))
    assert (again.asked, again.remembered, again.outcomes) == (0, 1, {})
    assert parts.rows("supplier_responses") == [{**row, "remembered": True} for row in first]
    assert parts.ask(at=NOW + timedelta(minutes=61)).asked == 1


def test_a_supplier_that_failed_is_asked_again(parts: Parts) -> None:
    parts.request("WR55X10025")
    report = parts.ask(faults="encompass.500=1")
    assert report.outcomes["encompass"] == {"failed": 1}
    (line,) = (row for row in parts.rows("supplier_responses") if row["supplier"] == "encompass")
    assert "500" in line["reason"]
    assert parts.ask().outcomes["encompass"] == {"ok": 1}


def test_a_part_that_is_new_is_the_only_one_that_is_asked_for(parts: Parts) -> None:
    parts.request("WR55X10025")
    parts.ask()
    parts.request("WR55X10025", "CHAIN1003")
    report = parts.ask()
    assert (report.parts, report.asked, report.remembered) == (2, 1, 1)


def test_what_a_supplier_said_before_counts_until_it_answers_again(parts: Parts) -> None:
    parts.request("WR55X10025")
    parts.run()
    whole = parts.document("WR55X10025")
    later = NOW + timedelta(days=1)
    report = parts.ask(faults="marcone.500=1", at=later)
    assert (report.outcomes["marcone"], report.unknown) == ({"failed": 1}, 0)
    parts.normalise()
    claims = {row["attribute"] for row in parts.rows("supplier_offers") if row["source"] == "marcone"}
    assert claims
    parts.normalise(since=later - timedelta(hours=1))
    assert not [row for row in parts.rows("supplier_offers") if row["source"] == "marcone"]
    parts.run(faults="marcone.500=1", at=later)
    again = parts.document("WR55X10025")
    assert again["attributes"] == whole["attributes"]
    assert again["specifications"] == whole["specifications"]


def test_a_supplier_that_is_left_alone_for_its_failures_is_asked_by_the_next_run(parts: Parts) -> None:
    parts.request(*(f"WR55X10{n}" for n in range(100, 145)))
    outcomes = parts.ask(faults="marcone.500=1").outcomes["marcone"]
    assert outcomes["skipped"] + outcomes["failed"] == 45
    assert outcomes["skipped"] > 0
    success = {
        row["supplier"]: row for row in supplier_success(parts.tables.scan(RESPONSES, product_type=TYPE)).to_dicts()
    }
    assert success["marcone"]["success_fraction"] == 0
    assert parts.ask().asked == 45


def test_answers_of_another_place_are_no_answers_of_the_supplier(parts: Parts) -> None:
    parts.request("WR55X10025")
    parts.ask()
    assert parts.ask().asked == 0
    moved = parts.ask(place="https://api.example.com")
    assert moved.asked == 1
    parts.ask(place="https://other.example.com", faults="marcone.500=1")
    parts.normalise()
    assert "marcone" not in {row["source"] for row in parts.rows("supplier_offers")}


def test_a_run_waits_for_its_turn_beyond_the_deadline(parts: Parts) -> None:
    parts.request(*(f"WR55X1002{n}" for n in range(6)))
    report = parts.ask(limit=Limit(requests_per_s=4), deadline_s=0.5)
    assert {name for counted in report.outcomes.values() for name in counted} <= {"ok", "not_found"}
