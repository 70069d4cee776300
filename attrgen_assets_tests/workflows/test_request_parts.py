"""Which parts are wanted: every row becomes a part number or a refusal."""

import pytest

from attrgen_assets.errors import FeedError
from attrgen_assets_tests.workflows.parts_pipeline import Parts


def test_every_row_is_a_part_or_a_refusal_that_says_why(parts: Parts) -> None:
    report = parts.request("wr55x10025", '" "', "see below!", "WR55X10025 ", "da95-1")
    assert (report.rows, report.parts) == (5, 2)
    assert report.refused == {"duplicate": 1, "invalid_part_number": 1, "missing_part_number": 1}
    rows = parts.rows("part_requests", "row_number", "part_number", "refused", "refused_detail")
    assert [row["part_number"] for row in rows] == ["WR55X10025", None, None, None, "DA95-1"]
    assert rows[3]["refused_detail"] == "WR55X10025 is asked for in parts.csv, row 1"
    assert "'see below!' is no part number" in rows[2]["refused_detail"]


def test_other_names_of_the_column_are_found(parts: Parts) -> None:
    assert parts.request("A1", header="PN").parts == 1


def test_a_file_without_the_column_says_what_it_has_and_leaves_the_former_table(parts: Parts) -> None:
    parts.request("A1")
    with pytest.raises(FeedError, match=r"no column of the feed carries 'part_number'.*'colour'"):
        parts.request("red", header="colour")
    assert [row["part_number"] for row in parts.rows("part_requests")] == ["A1"]


def test_an_empty_file_asks_for_nothing(parts: Parts) -> None:
    assert parts.request().parts == 0
    assert parts.rows("part_requests") == []
