"""What real and hostile CSV files do, one by one."""

import codecs

import polars as pl
import pytest

from attrgen_assets.adapters.feeds.csv_file import csv_reader, detect_delimiter
from attrgen_assets.adapters.feeds.frames import MAX_COLUMNS, MAX_ROW_BYTES
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of, columns_of, csv_notes, read_csv, refusals_of, written

SMALL_BLOCKS = pytest.mark.parametrize("block_bytes", [5, 8 << 20], ids=["small blocks", "one block"])


def test_a_quoted_line_break_is_part_of_its_cell() -> None:
    frame = read_csv('sku,mrp\nS1,"Rs\n1699"\nS2,"Rs\r\n999"\n')

    assert cells_of(frame) == [("S1", "Rs\n1699"), ("S2", "Rs\r\n999")]
    assert frame.schema["row_number"] == pl.UInt32


@SMALL_BLOCKS
def test_an_unclosed_quote_at_the_end_refuses_its_line_and_not_the_rest(block_bytes: int) -> None:
    frame = read_csv('sku,title\nS1,"Silk saree\nS2,Cotton saree\nS3,Linen saree\n', block_bytes=block_bytes)

    assert refusals_of(frame) == {1: "unparseable_row"}
    assert frame["refused_detail"][0] == 'a quote is opened and never closed: S1,"Silk saree'
    assert cells_of(frame)[1:] == [("S2", "Cotton saree"), ("S3", "Linen saree")]


@SMALL_BLOCKS
def test_an_unclosed_quote_before_quoted_cells_does_not_join_rows(block_bytes: int) -> None:
    text = 'sku,title,mrp\nS1,"Silk,1\nS2,"Cotton, red",2\nS3,"Linen",3\n'

    frame = read_csv(text, block_bytes=block_bytes)

    assert refusals_of(frame) == {1: "unparseable_row"}
    assert cells_of(frame)[1:] == [("S2", "Cotton, red", "2"), ("S3", "Linen", "3")]


def test_the_lines_of_a_row_with_an_unclosed_quote_are_refused_up_to_that_quote() -> None:
    frame = read_csv('a,b,c\n1,"x\ny","z\n2,p,q\n')

    assert frame["refused_detail"][0].endswith('1,"x\ny","z')
    assert cells_of(frame)[1:] == [("2", "p", "q")]


def test_text_after_a_closing_quote_on_one_line_is_kept() -> None:
    assert cells_of(read_csv('a,b\n"5"" wide"x,2\n')) == [('5" widex', "2")]


def test_short_rows_have_null_cells_and_empty_cells_are_empty() -> None:
    assert cells_of(read_csv('a,b,c\n1\n2,\n3,,""\n')) == [("1", None, None), ("2", "", None), ("3", "", "")]


def test_surplus_cells_refuse_the_row_and_stay_on_record() -> None:
    frame = read_csv('sku,title\nS1,Silk,"x, y",é\nS2,Cotton\n')

    assert refusals_of(frame) == {1: "extra_cells"}
    assert frame["refused_detail"][0] == '2 more than the 2 columns of the header: ["x, y", "é"]'
    assert cells_of(frame) == [("S1", "Silk"), ("S2", "Cotton")]


def test_empty_surplus_cells_say_nothing_and_are_noted() -> None:
    data = b"sku,title\nS1,Silk,,\nS2,Cotton,\n"

    assert refusals_of(read_csv(data)) == {}
    assert csv_notes(data) == ["2 rows have empty cells beyond the header; they were dropped"]


def test_column_names_are_made_unique_and_noted() -> None:
    data = b" sku ,title,,title,title_2\n1,2,3,4,5\n"

    assert columns_of(read_csv(data)) == ["sku", "title", "column_3", "title_3", "title_2"]
    assert csv_notes(data) == [
        "column 3 is called '' and is read as 'column_3'",
        "column 4 is called 'title' and is read as 'title_3'",
    ]


def test_ten_thousand_columns() -> None:
    header = [f"c{index}" for index in range(10_000)]
    rows = [[f"{row}/{index}" for index in range(10_000)] for row in range(3)]

    frame = read_csv(written([header, *rows]))

    assert columns_of(frame) == header
    assert cells_of(frame) == [tuple(row) for row in rows]


def test_more_columns_than_any_feed_has_are_an_error() -> None:
    with pytest.raises(FeedError, match=r"feed.csv: the header has 12,001 columns; .*Is the delimiter right"):
        read_csv("," * MAX_COLUMNS + "\n")


@pytest.mark.parametrize("fast", [True, False])
def test_a_cell_of_a_hundred_thousand_characters(fast: bool) -> None:
    cell = "zari, " * 20_000

    assert cells_of(read_csv(written([["a", "b"], ["1", cell], ["2", "x"]]), fast=fast)) == [("1", cell), ("2", "x")]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("x" * (MAX_ROW_BYTES + 9), id="longer than a row"),
        pytest.param("x" * (9 << 20), id="longer than a block"),
        pytest.param('"' + "x" * (9 << 20), id="unclosed and longer than a block"),
        pytest.param('"' + f"{'x' * 9999}\n" * 900 + '"', id="quoted lines longer than a block"),
    ],
)
def test_a_row_that_no_store_could_hold_is_refused_and_clipped(line: str) -> None:
    frame = read_csv(f"a,b\n1,2\n{line},z\n3,4\n")

    refused = refusals_of(frame)
    assert refused[2] == "unparseable_row"
    assert max(len(detail or "") for detail in frame["refused_detail"]) < 11_000
    assert cells_of(frame)[0] == ("1", "2")
    assert cells_of(frame)[-1] == ("3", "4")


def test_nul_bytes_emoji_and_right_to_left_text_are_text() -> None:
    text = "sku,title\nS\0 1,🥻 साड़ी\nS2,ساری \u202eabc\n"

    for fast in (True, False):
        assert cells_of(read_csv(text, fast=fast)) == [("S\0 1", "🥻 साड़ी"), ("S2", "ساری \u202eabc")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False], ids=["ended", "not ended"])
def test_line_ends_and_blank_lines(end: str, last: bool) -> None:
    text = f"{end}a,b{end}{end}1,2{end}{end}{end}3,4" + (end if last else "")

    assert cells_of(read_csv(text)) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
    ],
)
@SMALL_BLOCKS
def test_marks_and_zero_bytes_tell_the_encoding(codec: str, mark: bytes, block_bytes: int) -> None:
    data = mark + "sku,title\nS1,Café 🥻\n".encode(codec)

    frame = read_csv(data, block_bytes=block_bytes)

    assert columns_of(frame) == ["sku", "title"]
    assert cells_of(frame) == [("S1", "Café 🥻")]


def test_rows_of_another_encoding_are_read_on_their_own_and_noted() -> None:
    data = b"sku,title\n" + b"".join(
        [
            "S1,Crêpe\n".encode(),
            "S2,Crêpe – soft\n".encode("cp1252"),
            b"S3,\x81\xe9\n",  # 0x81 is nothing in cp1252
        ]
    )

    assert cells_of(read_csv(data)) == [("S1", "Crêpe"), ("S2", "Crêpe – soft"), ("S3", "\x81é")]
    assert csv_notes(data) == [
        "1 rows are not utf-8 and were read as cp1252; if that is wrong, set `feed.encoding`",
        "1 rows are not utf-8 and were read as latin-1; if that is wrong, set `feed.encoding`",
    ]


def test_a_declared_encoding_is_used() -> None:
    assert cells_of(read_csv("sku\n絹|布\n".encode("shift_jis"), encoding="Shift-JIS", delimiter=",")) == [("絹|布",)]


def test_bytes_that_the_encoding_does_not_know_refuse_their_row_only() -> None:
    data = "sku,title\nS1,a\nS2,".encode("utf-16") + b"\x00\xd8" + "b\nS3,c\n".encode("utf-16-le")

    frame = read_csv(data)

    assert refusals_of(frame) == {2: "unparseable_row"}
    assert cells_of(frame)[2] == ("S3", "c")


@pytest.mark.parametrize("name", ["klingon", "hex", "x\0y", ""])
def test_an_unknown_encoding_is_an_error(name: str) -> None:
    with pytest.raises(FeedError, match=r"feed.csv: the encoding .* is unknown; usual ones are utf-8"):
        read_csv("a\n", encoding=name)


@pytest.mark.parametrize("delimiter", [",,", '"', "\n", "é", ""])
def test_what_cannot_be_a_delimiter_is_an_error(delimiter: str) -> None:
    with pytest.raises(FeedError, match="cannot be the delimiter"):
        csv_reader(encoding=None, delimiter=delimiter)


def test_a_tab_may_be_spelled() -> None:
    assert cells_of(read_csv("a\tb\n1\t2\n", delimiter="\\t")) == [("1", "2")]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        pytest.param("sku;price\n1;2,50\n2;3,00\n", ";", id="decimal commas"),
        pytest.param("sku\ttitle, short\n1\ta\n", "\t", id="comma in a name"),
        pytest.param('sku|title\n1|"a|b"\n', "|", id="quoted delimiter"),
        pytest.param('"a;b","c;d"\n1,2\n', ",", id="quoted others"),
        pytest.param("title\nred, blue\n", ";", id="one column with commas"),
        pytest.param("title\nred\n", ",", id="one column"),
        pytest.param("sku,title;x\n1,a\n2,b;c\n", ",", id="most rows decide"),
    ],
)
def test_delimiters(text: str, delimiter: str) -> None:
    assert detect_delimiter(text.encode()) == delimiter


@pytest.mark.parametrize("data", [b"", b"\n\r\n", codecs.BOM_UTF8])
def test_an_empty_file_has_no_rows_and_a_note(data: bytes) -> None:
    assert read_csv(data).shape == (0, 0)
    assert csv_notes(data) == ["the file is empty: no header and no rows"]


def test_a_header_alone_gives_its_columns() -> None:
    frame = read_csv("sku,title")

    assert frame.height == 0
    assert columns_of(frame) == ["sku", "title"]
    assert csv_notes(b"sku,title") == []


def test_a_header_with_an_unclosed_quote_is_an_error() -> None:
    with pytest.raises(FeedError, match=r"feed.csv: the header cannot be read: a quote is opened and never closed"):
        read_csv('sku,"title\n1,2\n')
