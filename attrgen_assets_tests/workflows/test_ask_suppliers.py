"""Asking for many parts: who is asked, who is not, and what is on record of it."""

from datetime import timedelta

from attrgen_assets_tests.workflows.parts_pipeline import NOW, Parts

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
