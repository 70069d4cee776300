"""Tables between steps: whole or not at all, whatever happens."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.tables import ParquetTables, path_segment
from attrgen_assets.domain.tables import PROVENANCE_DTYPE, QUARANTINED_SCHEMA, STATUS_DTYPE
from attrgen_assets.errors import NotFoundError, StorageFull
from attrgen_assets_tests.adapters.table_users import noise

OLD = pl.DataFrame({"a": ["old"]})
NEW = pl.DataFrame({"a": ["new", None]})


@pytest.fixture
def tables(tmp_path: Path) -> ParquetTables:
    return ParquetTables(tmp_path)


def put(tables: ParquetTables, table: str, *frames: pl.DataFrame) -> None:
    with tables.writer(table, product_type="saree") as (writer,):
        for frame in frames:
            writer.write(frame)


def put_both(
    tables: ParquetTables, one: pl.DataFrame, two: pl.DataFrame, *, error: BaseException | None = None
) -> None:
    with tables.writer("one", "two", product_type="saree") as (first, second):
        first.write(one)
        second.write(two)
        if error is not None:
            raise error


def get(tables: ParquetTables, table: str) -> pl.DataFrame:
    return tables.scan(table, product_type="saree").collect()


def files(tables: ParquetTables) -> list[str]:
    folder = tables.path("x", product_type="saree").parent
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def user(what: str, root: Path, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "attrgen_assets_tests.adapters.table_users", what, str(root)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, **options)


def test_every_type_of_our_tables_comes_back(tables: ParquetTables) -> None:
    frame = pl.DataFrame(
        {
            "status": pl.Series(["FOUND", None], dtype=STATUS_DTYPE),
            "provenance": pl.Series([None, {"generator": "column", "text": "x"}], dtype=PROVENANCE_DTYPE),
            "row": pl.Series([1, 4_000_000_000], dtype=pl.UInt32),
            "share": pl.Series([0.5, None], dtype=pl.Float32),
            "complete": [True, None],
            "missing": pl.Series([[], ["fabric"]], dtype=pl.List(pl.String)),
            "nothing": pl.Series([None, None], dtype=pl.Null),
            "in.a$.\"'é😀": ["", None],
        }
    )
    quarantined = pl.DataFrame(schema=QUARANTINED_SCHEMA)

    put(tables, "raw", frame)
    put(tables, "quarantined", quarantined)

    assert get(tables, "raw").equals(frame)
    assert get(tables, "raw").schema == frame.schema
    assert get(tables, "quarantined").schema == quarantined.schema
    (batch,) = tables.read_batches("raw", product_type="saree", batch_rows=10)
    assert batch.schema == frame.schema
    assert batch.equals(frame)


def test_rows_come_in_order_and_no_more_than_asked(tables: ParquetTables) -> None:
    frame = pl.DataFrame({"n": range(120_000)})
    put(tables, "raw", *(frame.slice(start, 7_000) for start in range(0, 120_000, 7_000)))

    batches = list(tables.read_batches("raw", product_type="saree", batch_rows=9_999))

    assert max(batch.height for batch in batches) <= 9_999
    assert pl.concat(batches).equals(frame)


def test_of_ten_thousand_columns_few_rows_come_at_a_time(tables: ParquetTables) -> None:
    frame = pl.DataFrame({f"c{column}": [str(column)] * 1_300 for column in range(10_000)})
    put(tables, "raw", frame)

    batches = list(tables.read_batches("raw", product_type="saree", batch_rows=100_000))

    assert [batch.height for batch in batches] == [400, 400, 400, 100]
    assert pl.concat(batches).equals(frame)


def test_an_empty_table_keeps_its_columns_also_in_batches(tables: ParquetTables) -> None:
    put(tables, "raw", OLD.clear())
    put(tables, "never_written_to")

    assert get(tables, "raw").schema == OLD.schema
    assert [batch.schema for batch in tables.read_batches("raw", product_type="saree", batch_rows=5)] == [OLD.schema]
    assert get(tables, "never_written_to").shape == (0, 0)


def test_a_table_that_was_never_written_is_an_error_with_its_path(tables: ParquetTables) -> None:
    message = r"there is no table 'raw' of product type 'saree' \(looked for .*saree/raw.parquet\)"
    with pytest.raises(NotFoundError, match=message):
        tables.scan("raw", product_type="saree")
    with pytest.raises(NotFoundError, match=message):
        next(tables.read_batches("raw", product_type="saree", batch_rows=1))


def test_columns_may_come_and_go_between_frames(tables: ParquetTables) -> None:
    frames = [
        pl.DataFrame({"a": ["1"], "nothing": [None]}),
        pl.DataFrame({"b": [2], "a": ["2"]}),
        pl.DataFrame({"nothing": ["text"], "c": [[1]]}),
        pl.DataFrame({"a": ["4"], "nothing": [None]}),
    ]

    put(tables, "raw", *frames)

    expected = pl.concat(frames, how="diagonal_relaxed")
    assert get(tables, "raw").equals(expected)
    assert get(tables, "raw").schema == expected.schema
    assert files(tables) == ["raw.parquet"]


names = st.sampled_from("abc")


@given(rows=st.lists(st.dictionaries(names, st.text("xyz", max_size=2), min_size=1), min_size=1, max_size=8))
def test_any_drift_of_columns_keeps_every_cell(
    rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    tables = ParquetTables(tmp_path_factory.mktemp("tables"))

    put(tables, "raw", *(pl.DataFrame([row]) for row in rows))

    found = get(tables, "raw").rows(named=True)
    assert [{name: text for name, text in row.items() if text is not None} for row in found] == rows


def test_a_column_that_changes_its_type_is_refused_by_name(tables: ParquetTables) -> None:
    put(tables, "raw", OLD)

    with pytest.raises(TypeError, match=r"table 'raw': column 'a' is String, and Int64 in a later frame"):
        put(tables, "raw", NEW, pl.DataFrame({"a": [1]}))

    assert get(tables, "raw").equals(OLD)
    assert files(tables) == ["raw.parquet"]


def test_tables_appear_together_and_only_at_the_end(tables: ParquetTables) -> None:
    put(tables, "one", OLD)

    with tables.writer("one", "two", product_type="saree") as (one, two):
        one.write(NEW)
        two.write(NEW)
        assert get(tables, "one").equals(OLD)
        with pytest.raises(NotFoundError):
            tables.scan("two", product_type="saree")

    assert get(tables, "one").equals(NEW)
    assert get(tables, "two").equals(NEW)
    assert files(tables) == ["one.parquet", "two.parquet"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_all_former_tables(error: type[BaseException], tables: ParquetTables) -> None:
    put(tables, "one", OLD)

    with pytest.raises(error):
        put_both(tables, noise(), NEW, error=error())

    assert get(tables, "one").equals(OLD)
    assert files(tables) == ["one.parquet"]


def test_a_folder_in_the_way_of_one_table_leaves_the_other(tables: ParquetTables) -> None:
    put(tables, "one", OLD)
    tables.path("two", product_type="saree").mkdir()

    with pytest.raises(IsADirectoryError, match="a folder is in the way of a table"):
        put_both(tables, NEW, NEW)

    assert get(tables, "one").equals(OLD)


def test_two_writers_of_one_table_the_last_one_wins_whole(tables: ParquetTables) -> None:
    with tables.writer("raw", product_type="saree") as (first,):
        first.write(OLD)
        put(tables, "raw", NEW)
        assert get(tables, "raw").equals(NEW)

    assert get(tables, "raw").equals(OLD)


def test_a_table_that_is_replaced_is_read_to_its_end_as_it_was(tables: ParquetTables) -> None:
    frame = pl.DataFrame({"n": range(100)})
    put(tables, "raw", frame)
    batches = tables.read_batches("raw", product_type="saree", batch_rows=10)
    first = next(batches)

    put(tables, "raw", NEW)

    assert pl.concat([first, *batches]).equals(frame)


def test_a_file_size_limit_is_a_full_storage(tables: ParquetTables, tmp_path: Path) -> None:
    put(tables, "small", OLD)

    with user("outgrow_limit", tmp_path) as process:
        _, errors = process.communicate(timeout=60)

    assert "StorageFull: no space left to write under" in errors
    assert "File too large" in errors
    assert "Exception ignored" not in errors  # nothing tries to write on behind our back
    assert get(tables, "small").equals(OLD)
    assert files(tables) == ["small.parquet"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte; only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    mount = subprocess.run(command, check=False, capture_output=True)
    if mount.returncode:
        pytest.skip("this user may not mount a file system; the file size limit is tried all the same")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_is_a_full_storage_and_is_free_again_afterwards(small_disk: Path) -> None:
    tables = ParquetTables(small_disk)
    put(tables, "one", OLD)
    free = os.statvfs(small_disk).f_bavail

    message = rf"no space left to write under {small_disk}/saree: No space left.* bytes are free there\."
    with pytest.raises(StorageFull, match=message):
        put_both(tables, NEW, noise())

    assert get(tables, "one").equals(OLD)
    assert files(tables) == ["one.parquet"]
    assert os.statvfs(small_disk).f_bavail == free
    put(tables, "one", NEW)
    assert get(tables, "one").equals(NEW)


def test_leftovers_of_a_killed_process_are_removed_and_those_of_a_living_one_are_not(
    tables: ParquetTables, tmp_path: Path
) -> None:
    put(tables, "raw", OLD)
    with user("hang", tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "hanging\n"
        put(tables, "other", NEW)
        assert len(files(tables)) == 3  # raw, other, and the temporary file of the living process
        process.kill()
        process.wait()
        assert len(files(tables)) == 3
        put(tables, "other", NEW)

    assert files(tables) == ["other.parquet", "raw.parquet"]
    assert get(tables, "raw").equals(OLD)


@pytest.mark.parametrize("moved", [False, True], ids=["none moved", "one moved"])
def test_a_commit_that_a_kill_left_half_done_is_finished_by_the_next_reader(
    moved: bool, tables: ParquetTables, tmp_path: Path
) -> None:
    put(tables, "one", OLD)
    put(tables, "two", OLD)
    folder = tmp_path / "saree"
    NEW.write_parquet(folder / ".two.b.tmp")
    NEW.write_parquet(folder / ("one.parquet" if moved else ".one.a.tmp"))
    moves = [[".one.a.tmp", "one.parquet"], [".two.b.tmp", "two.parquet"]]
    (folder / ".commit-1.json").write_text(json.dumps(moves))

    assert get(tables, "two").equals(NEW)
    assert get(tables, "one").equals(NEW)
    assert files(tables) == ["one.parquet", "two.parquet"]


def test_two_tables_of_a_process_that_is_killed_anywhere_belong_together(tables: ParquetTables, tmp_path: Path) -> None:
    for lines in (1, 2, 3, 5, 8):
        with user("replace_for_ever", tmp_path) as process:
            assert process.stdout is not None
            seen = [process.stdout.readline() for _ in range(lines)]
            process.kill()

        one, two = get(tables, "one"), get(tables, "two")
        assert one.equals(two)
        assert one.item() >= int(seen[-1])


@pytest.mark.parametrize("name", ["../x", "a/b", ".", "..", "a\0b", "é", "a b*?[1]", "~"])
def test_any_product_type_stays_inside_the_root(name: str, tables: ParquetTables, tmp_path: Path) -> None:
    with tables.writer("raw", product_type=name) as (writer,):
        writer.write(OLD)

    assert tables.scan("raw", product_type=name).collect().equals(OLD)
    assert tables.path("raw", product_type=name).parent.parent == tmp_path


@pytest.mark.parametrize("name", ["", "é" * 100])
def test_what_no_file_can_be_called_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be a file's name"):
        path_segment(name)
