"""Finding and opening the files of a feed."""

import os
import shutil
from pathlib import Path

import polars as pl
import pytest

from attrgen_assets.adapters.feeds import open_feed, open_feed_file
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.adapters.feeds.reading import cells_of
from attrgen_assets_tests.factories import make_feed


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    folder = tmp_path / "feeds"
    (folder / "may").mkdir(parents=True)
    (folder / "saree.csv").write_text("sku,title\nS1,Silk\n")
    (folder / "may" / "b.csv").write_text("sku,color\nS3,Red\n")
    (folder / "may" / "a.csv").write_text("sku,title\nS2,Cotton\nS4,Linen\n")
    (tmp_path / "outside.csv").write_text("sku\nSECRET\n")
    return folder


def read(path: str, feeds: Path, batch_rows: int = 10) -> list[pl.DataFrame]:
    return list(open_feed(make_feed(path=path), feeds_dir=feeds, mongo=None).read_batches(batch_rows=batch_rows))


def test_a_path_names_a_file_of_the_folder(feeds: Path) -> None:
    (frame,) = read("saree.csv", feeds)

    assert cells_of(frame) == [("S1", "Silk")]
    assert frame["source_file"].to_list() == ["saree.csv"]


def test_a_glob_reads_files_in_order_each_numbered_from_one(feeds: Path) -> None:
    frame = pl.concat(read("may/*.csv", feeds), how="diagonal")

    assert frame.select("source_file", "row_number", "in.sku", "in.title", "in.color").rows() == [
        ("may/a.csv", 1, "S2", "Cotton", None),
        ("may/a.csv", 2, "S4", "Linen", None),
        ("may/b.csv", 1, "S3", None, "Red"),
    ]


def test_batches_are_no_larger_than_asked_and_reading_again_gives_the_same(feeds: Path) -> None:
    (feeds / "many.csv").write_text("sku\n" + "".join(f"S{row}\n" for row in range(100)))
    reader = open_feed(make_feed(path="many.csv"), feeds_dir=feeds, mongo=None)

    batches = list(reader.read_batches(batch_rows=30))

    assert [batch.height for batch in batches] == [30, 30, 30, 10]
    assert pl.concat(batches).equals(pl.concat(reader.read_batches(batch_rows=7)))


def test_info_names_files_the_newest_time_and_notes(feeds: Path) -> None:
    os.utime(feeds / "may" / "a.csv", (0, 1_700_000_000))
    os.utime(feeds / "may" / "b.csv", (0, 1_600_000_000))
    (feeds / "may" / "c.csv").touch()
    os.utime(feeds / "may" / "c.csv", (0, 1_500_000_000))
    reader = open_feed(make_feed(path="may/*.csv"), feeds_dir=feeds, mongo=None)

    list(reader.read_batches(batch_rows=10))

    assert reader.info().files == ("may/a.csv", "may/b.csv", "may/c.csv")
    assert reader.info().newest_mtime == 1_700_000_000
    assert reader.info().notes == ("may/c.csv: the file is empty: no header and no rows",)


def test_a_file_name_may_look_like_a_glob(feeds: Path) -> None:
    (feeds / "new[1].csv").write_text("sku\nS9\n")

    assert cells_of(read("new[1].csv", feeds)[0]) == [("S9",)]


@pytest.mark.parametrize(
    "path", ["../outside.csv", "may/../../outside.csv", "/etc/passwd", "..", "", "a\0b", "may\\..\\x", "../*.csv"]
)
def test_a_path_may_not_leave_the_folder(path: str, feeds: Path) -> None:
    with pytest.raises(FeedError, match="is not allowed: it must be relative to the feeds folder"):
        read(path, feeds)


@pytest.mark.parametrize("pattern", ["link.csv", "*.csv", "folder/outside.csv", "folder/*.csv"])
def test_a_link_may_not_leave_the_folder(pattern: str, feeds: Path) -> None:
    (feeds / "link.csv").symlink_to(feeds.parent / "outside.csv")
    (feeds / "folder").symlink_to(feeds.parent)

    with pytest.raises(FeedError, match="is a link that leaves the feeds folder"):
        read(pattern, feeds)


def test_a_link_inside_the_folder_is_followed(feeds: Path) -> None:
    (feeds / "current.csv").symlink_to("may/b.csv")

    assert read("current.csv", feeds)[0]["source_file"].to_list() == ["current.csv"]


def test_a_missing_file_is_an_error_with_the_nearest_names(feeds: Path) -> None:
    with pytest.raises(FeedError, match=r"no feed file matches 'sarees.csv' in .*; did you mean 'saree.csv'\?"):
        read("sarees.csv", feeds)


def test_a_glob_without_matches_is_an_error(feeds: Path) -> None:
    with pytest.raises(FeedError, match=r"no feed file matches '\*.parquet' in .*; the folder holds 3 files"):
        read("*.parquet", feeds)


def test_a_missing_folder_is_an_error_that_names_the_setting(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"there is no feeds folder .*set ATTRGEN_FEEDS_DIR"):
        read("saree.csv", tmp_path / "none")


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("missing", "there is no such file; check the path"),
        ("folder", "it is a folder; name a file in it"),
        ("pipe", "is not a regular file but a pipe"),
        ("loop", "it is a link to itself"),
    ],
)
def test_what_is_no_file_is_an_error_and_never_waits(kind: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "loop":
        path.symlink_to(path)

    with pytest.raises(FeedError, match=f"the feed feed.csv (cannot be read: )?{message}"):
        list(open_feed_file(path).read_batches(batch_rows=10))


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "feed.csv"
    path.write_text("sku\nS1\n")
    path.chmod(0)
    was = os.geteuid()
    if was == 0:  # root may read everything, so be somebody else for a moment
        for folder in [tmp_path, *tmp_path.parents[:3]]:
            folder.chmod(folder.stat().st_mode | 0o711)
        os.seteuid(65534)
    try:
        with pytest.raises(FeedError, match=r"this user may not read it; change its permissions"):
            list(open_feed_file(path).read_batches(batch_rows=10))
    finally:
        os.seteuid(was)


def test_a_file_that_vanishes_between_finding_and_reading_is_an_error(feeds: Path) -> None:
    reader = open_feed(make_feed(path="may/*.csv"), feeds_dir=feeds, mongo=None)
    shutil.rmtree(feeds / "may")

    with pytest.raises(FeedError, match=r"the feed may/a.csv cannot be read: there is no such file"):
        list(reader.read_batches(batch_rows=10))


def test_a_name_that_is_not_utf_8_can_be_shown(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.csv"))
    path.write_text("sku\nS1\n")

    (frame,) = open_feed_file(path).read_batches(batch_rows=10)

    assert frame["source_file"].to_list() == ["caf\N{REPLACEMENT CHARACTER}.csv"]


@pytest.mark.parametrize(
    "feed", [{"path": None}, {"path": "x.csv", "collection": "x"}, {"path": "x.csv", "url": "https://example.com"}]
)
def test_a_feed_is_either_files_or_a_collection(feed: dict[str, str | None], tmp_path: Path) -> None:
    with pytest.raises(FeedError, match="must name a file, a collection or an address"):
        open_feed(make_feed(**feed), feeds_dir=tmp_path, mongo=None)


def test_a_collection_needs_a_mongodb(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"the MongoDB collection 'feed', and no MongoDB is connected"):
        open_feed(make_feed(path=None, collection="feed"), feeds_dir=tmp_path, mongo=None)
