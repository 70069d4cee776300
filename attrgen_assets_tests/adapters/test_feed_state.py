"""Whether a feed is still the one that was read."""

import os
from pathlib import Path

import pytest

from attrgen_assets.adapters.feed_state import FeedState, feed_state
from attrgen_assets.errors import FeedError
from attrgen_assets_tests.factories import make_feed


def state_of(feeds_dir: Path, path: str = "*.csv") -> FeedState:
    state = feed_state(make_feed(path=path), feeds_dir=feeds_dir)
    assert state is not None
    return state


@pytest.fixture
def feeds(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_bytes(b"sku\n1\n")
    (tmp_path / "b.csv").write_bytes(b"sku\n2\n")
    for name, changed_s in (("a.csv", 1_000), ("b.csv", 2_000)):
        os.utime(tmp_path / name, (changed_s, changed_s))
    return tmp_path


def test_it_knows_files_sizes_and_the_newest_time(feeds: Path) -> None:
    state = state_of(feeds)
    assert [file.name for file in state.files] == ["a.csv", "b.csv"]
    assert (state.newest_mtime, state.size_bytes) == (2_000, 12)


def test_touching_a_file_changes_what_is_cheap_and_not_the_fingerprint(feeds: Path) -> None:
    before = state_of(feeds)
    os.utime(feeds / "a.csv", (3_000, 3_000))
    after = state_of(feeds)
    assert before.stat != after.stat
    assert before.fingerprint() == after.fingerprint()


@pytest.mark.parametrize("change", ["content", "name", "one more", "moved between files"])
def test_every_other_change_is_one_of_the_fingerprint(feeds: Path, change: str) -> None:
    before = state_of(feeds).fingerprint()
    match change:
        case "content":
            (feeds / "a.csv").write_bytes(b"sku\n3\n")
        case "name":
            (feeds / "a.csv").rename(feeds / "c.csv")
        case "one more":
            (feeds / "c.csv").write_bytes(b"")
        case _:
            (feeds / "a.csv").write_bytes(b"sku\n1\nsku\n")
            (feeds / "b.csv").write_bytes(b"2\n")
    assert state_of(feeds).fingerprint() != before


def test_very_large_feeds_are_told_apart_by_sizes_and_times(feeds: Path) -> None:
    os.truncate(feeds / "a.csv", 3 << 30)  # a sparse file: reading it would take seconds
    os.utime(feeds / "a.csv", (1_000, 1_000))
    before = state_of(feeds).fingerprint()
    assert state_of(feeds).fingerprint() == before
    os.utime(feeds / "a.csv", (3_000, 3_000))
    assert state_of(feeds).fingerprint() != before


def test_a_collection_has_no_state(tmp_path: Path) -> None:
    assert feed_state(make_feed(path=None, collection="sarees"), feeds_dir=tmp_path) is None


def test_no_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FeedError, match=r"\*\.csv"):
        state_of(tmp_path)


def test_a_file_that_is_gone_when_it_is_read_is_an_error(feeds: Path) -> None:
    state = state_of(feeds)
    (feeds / "a.csv").unlink()
    with pytest.raises(FeedError, match=r"a\.csv"):
        state.fingerprint()
