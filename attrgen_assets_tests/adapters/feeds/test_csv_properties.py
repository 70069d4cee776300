"""No text and no bytes make the CSV reader lose a row, and its two parsers agree."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attrgen_assets.adapters.feeds.csv_fast import parse_block
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of, columns_of, read_csv, refusals_of, written

texts = st.text(st.characters(codec="utf-8"), max_size=12)
tricky = st.text(st.sampled_from('",;\t|\r\n ab\0é\ufeff😀\u202e'), max_size=8)
cells = texts | tricky
delimiters = st.sampled_from(",;\t|")
block_sizes = st.sampled_from([1, 7, 64, 8 << 20])
line_ends = st.sampled_from(["\r\n", "\n", "\r"])


@st.composite
def tables(draw: st.DrawFn, least: int = 1) -> list[list[str]]:
    """Rows of equal length."""
    width = draw(st.integers(least, 4))
    return draw(st.lists(st.lists(cells, min_size=width, max_size=width), max_size=8))


@given(rows=tables(), delimiter=delimiters, line_end=line_ends, block_bytes=block_sizes, fast=st.booleans())
@example(rows=[['5"', "a"], ['"', "\r"]], delimiter=",", line_end="\n", block_bytes=1, fast=True)
def test_any_table_written_by_the_csv_module_comes_back(
    *, rows: list[list[str]], delimiter: str, line_end: str, block_bytes: int, fast: bool
) -> None:
    header = [f"c{index}" for index in range(len(rows[0]) if rows else 3)]
    # up to Python 3.12 a carriage return in a cell is quoted only when the line end has one
    quoting = csv.QUOTE_MINIMAL if line_end == "\r\n" else csv.QUOTE_ALL
    data = written([header, *rows], delimiter=delimiter, lineterminator=line_end, quoting=quoting)

    frame = read_csv(data, delimiter=delimiter, block_bytes=block_bytes, fast=fast)

    assert columns_of(frame) == header
    assert cells_of(frame) == [tuple(row) for row in rows]
    assert refusals_of(frame) == {}
    assert frame["row_number"].to_list() == list(range(1, len(rows) + 1))


@given(rows=tables(least=2), quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_the_delimiter_of_a_table_with_plain_names_is_found(rows: list[list[str]], quoting: int) -> None:
    header = ["sku", "title", "price", "color"][: len(rows[0]) if rows else 2]
    data = written([header, *rows], delimiter=";", quoting=quoting)

    frame = read_csv(data)

    assert columns_of(frame) == header
    assert cells_of(frame) == [tuple(row) for row in rows]


rough = st.lists(
    st.sampled_from([b'"', b",", b"\n", b"\r", b"\r\n", b"a", b'""', b"\xe9", b"\xc3\xa9", b"\0", b"x,y\n", b'"q"'])
).map(b"".join)


@given(body=rough | st.binary(max_size=60), block_bytes=block_sizes)
@example(body=b'1,"a\n2,b\n3,"c\n', block_bytes=8 << 20)
@example(body=b"\xef\xbb\xbfa,b\n", block_bytes=1)
def test_the_fast_parser_answers_as_the_careful_one(body: bytes, block_bytes: int) -> None:
    data = b"one,two\n" + body

    fast = read_csv(data, delimiter=",", block_bytes=block_bytes)
    careful = read_csv(data, delimiter=",", fast=False)

    assert fast.equals(careful)


@given(data=st.binary(max_size=80) | rough, encoding=st.sampled_from([None, "latin-1", "utf-16", "shift_jis"]))
@example(data=b'"a\nb', encoding=None)
@example(data=b"\xff\xfea", encoding=None)
def test_any_bytes_give_numbered_rows_or_a_feed_error(data: bytes, encoding: str | None) -> None:
    try:
        frame = read_csv(data, encoding=encoding)
    except FeedError:
        return
    rows = frame["row_number"].to_list() if frame.width else []
    assert rows == list(range(1, frame.height + 1))


@given(body=rough | st.binary(max_size=60), block_bytes=block_sizes)
def test_no_character_of_any_bytes_is_lost(body: bytes, block_bytes: int) -> None:
    marked = body.replace(b"a", b"\xa7").replace(b"q", b"\xff")  # no detail of ours has these two characters

    frame = read_csv(b"one,two\n" + marked, delimiter=",", encoding="latin-1", block_bytes=block_bytes)

    kept = "".join(cell or "" for row in cells_of(frame) for cell in row)
    kept += "".join(detail or "" for detail in frame["refused_detail"])
    for character in "§ÿ":
        assert kept.count(character) == marked.decode("latin-1").count(character)


@given(lines=st.lists(st.lists(st.text("abc5 ", max_size=4), min_size=1, max_size=5), min_size=1, max_size=8))
def test_rows_of_other_lengths_keep_their_cells(lines: list[list[str]]) -> None:
    lines = [line if any(line) else ["x"] for line in lines]

    frame = read_csv(written([["one", "two", "three"], *lines]), delimiter=",")

    for line, row in zip(lines, frame.iter_rows(named=True), strict=True):
        found = [row["in.one"], row["in.two"], row["in.three"]]
        assert found == [*line, None, None, None][:3] if len(line) < 3 else found == line[:3]
        extra = [cell for cell in line[3:] if cell]
        assert row["refused"] == ("extra_cells" if extra else None)
        assert all(f'"{cell}"' in row["refused_detail"] for cell in extra)


@given(data=rough)
@example(data=b'\x00"\x00"\x00')
def test_what_python_reads_strictly_is_read_the_same(data: bytes) -> None:
    try:
        expected = list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))
    except (csv.Error, UnicodeDecodeError):
        return
    records = [row for row in expected if row]
    if not records:
        return
    width = max(map(len, records))
    header = ",".join(f"c{index}" for index in range(width)).encode()

    frame = read_csv(header + b"\n" + data, delimiter=",", encoding="utf-8")  # with many zeros it looks like UTF-16

    assert cells_of(frame) == [(*row, *[None] * (width - len(row))) for row in records]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b'1,a "b" c\n', "a quote inside an unquoted cell", id="inner quote"),
        pytest.param(b'1,"a"b\n', "text after the closing quote", id="text after quote"),
        pytest.param(b"1,a\r2,b\n", "a carriage return that ends a row", id="lone cr"),
        pytest.param(b"1,a,b\n", "a row of another length", id="ragged"),
        pytest.param(b"1,\xff\n", "bytes that are not UTF-8", id="not utf-8"),
        pytest.param(b"\xef\xbb\xbf1,a\n", "a mark that pyarrow would eat", id="mark"),
    ],
)
def test_the_fast_parser_declines_what_parsers_disagree_on(data: bytes, why: str) -> None:
    assert parse_block(data, delimiter=",", names=["one", "two"], final=True) is None, why


def test_the_fast_parser_takes_quoted_line_breaks_and_doubled_quotes() -> None:
    parsed = parse_block(b'1,"Rs\r\n1699"\r\n2,"5"" wide"\r\n\r\n3,', delimiter=",", names=["n", "t"], final=True)

    assert parsed is not None
    columns, rows, _ = parsed
    assert rows == 3
    assert columns["t"].to_list() == ["Rs\r\n1699", '5" wide', ""]
