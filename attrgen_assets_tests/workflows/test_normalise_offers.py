"""From raw responses to claims, again and again, without calling anyone."""

from attrgen_assets_tests.workflows.parts_pipeline import Parts


def test_claims_of_the_part_that_is_sold_are_read_from_the_record(parts: Parts) -> None:
    parts.request("WR55X11152", "NOSUCH1")
    parts.ask()
    report = parts.normalise()
    assert (report.parts, report.parts_without_claims) == (2, 1)
    rows = parts.rows("supplier_offers")
    assert {(row["part_number"], row["object"]) for row in rows} == {("WR55X11152", "WR55X10025")}
    assert sum(report.claims_per_supplier.values()) == report.claims == len(rows)
    flagged = [row for row in rows if "suspect" in row["flags"]]
    assert report.unpublishable == len(flagged) > 0
    parts.normalise()
    assert parts.rows("supplier_offers") == rows


def test_no_parts_give_a_table_without_rows(parts: Parts) -> None:
    parts.request()
    parts.ask()
    assert parts.normalise().claims == 0
    assert parts.rows("supplier_offers") == []
