from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.product_types.changes import Changes, Cursor, Seen, observe


def make_seen(**contents: str) -> dict[str, Seen]:
    """Keys by their content; content that begins with "bad" is invalid."""
    return {
        key: Seen(fingerprint=text, error=f"{key}.yaml: {text}" if text.startswith("bad") else None)
        for key, text in contents.items()
    }


def run_ticks(
    ticks: Sequence[Mapping[str, Seen]],
    *,
    processed: Mapping[str, str | None] | None = None,
    first_sight_runs: bool = True,
) -> list[Changes]:
    """All ticks in turn, the cursor passing through its text each time, as it does through a restart."""
    text: str | None = None
    all_changes = []
    for seen in ticks:
        changes = observe(Cursor.parse(text), seen, processed=processed or {}, first_sight_runs=first_sight_runs)
        text = changes.cursor.text()
        all_changes.append(changes)
    return all_changes


def keys_of(changes: Sequence[Changes], key: str = "saree") -> list[str | None]:
    return [change.run_keys.get(key) for change in changes]


def test_content_that_comes_back_gets_a_third_run() -> None:
    a, b = make_seen(saree="a"), make_seen(saree="b")
    assert keys_of(run_ticks([a, b, a])) == ["saree:1:a", "saree:2:b", "saree:3:a"]


def test_nothing_new_asks_for_nothing() -> None:
    assert keys_of(run_ticks([make_seen(saree="a")] * 3)) == ["saree:1:a", None, None]


def test_bad_content_is_told_once_and_blocks_no_other_key() -> None:
    good, bad = make_seen(saree="a", kurta="k"), make_seen(saree="bad comma", kurta="l")
    changes = run_ticks([good, bad, bad, make_seen(saree="bad colon", kurta="l")])
    assert keys_of(changes) == ["saree:1:a", None, None, None]
    assert keys_of(changes, "kurta") == ["kurta:1:k", "kurta:2:l", None, None]
    told = [list(change.complaints.values()) for change in changes]
    assert told == [[], ["saree.yaml: bad comma"], [], ["saree.yaml: bad colon"]]


def test_content_that_is_as_it_was_before_it_was_bad_needs_no_run() -> None:
    changes = run_ticks([make_seen(saree="a"), make_seen(saree="bad"), make_seen(saree="a"), make_seen(saree="bad")])
    assert keys_of(changes) == ["saree:1:a", None, None, None]
    assert [len(change.complaints) for change in changes] == [0, 1, 0, 1]


def test_a_key_is_removed_after_two_ticks_without_it_and_once() -> None:
    gone: dict[str, Seen] = {}
    changes = run_ticks([make_seen(saree="a"), gone, gone, gone, gone])
    assert [change.removed for change in changes] == [(), (), ("saree",), (), ()]


def test_a_key_that_was_away_for_one_tick_was_never_away() -> None:
    changes = run_ticks([make_seen(saree="a"), {}, make_seen(saree="a"), {}, make_seen(saree="a")])
    assert keys_of(changes) == ["saree:1:a", None, None, None, None]
    assert all(change.removed == () for change in changes)


def test_a_removed_key_that_comes_back_has_a_run_key_of_its_own() -> None:
    changes = run_ticks([make_seen(saree="a"), {}, {}, make_seen(saree="a")])
    assert keys_of(changes) == ["saree:1:a", None, None, "saree:2:a"]


def test_a_fresh_cursor_does_not_repeat_what_a_run_has_processed() -> None:
    changes = run_ticks([make_seen(saree="a"), make_seen(saree="b")], processed={"saree": "a"})
    assert keys_of(changes) == [None, "saree:1:b"]


def test_a_fresh_cursor_sees_what_no_run_has_processed() -> None:
    assert keys_of(run_ticks([make_seen(saree="b")], processed={"saree": "a"})) == ["saree:1:b"]


class TestWaitingForTheFirstRun:
    """With first_sight_runs=False somebody else asks for the first run of a key."""

    def test_unprocessed_content_waits(self) -> None:
        assert keys_of(run_ticks([make_seen(saree="a")] * 2, first_sight_runs=False)) == [None, None]

    def test_content_that_changes_while_it_waits_gets_a_run(self) -> None:
        changes = run_ticks([make_seen(saree="a"), make_seen(saree="b")], first_sight_runs=False)
        assert keys_of(changes) == [None, "saree:1:b"]

    def test_a_run_that_saw_older_content_is_followed_by_another(self) -> None:
        first = observe(Cursor(), make_seen(saree="b"), processed={}, first_sight_runs=False)
        second = observe(first.cursor, make_seen(saree="b"), processed={"saree": "a"}, first_sight_runs=False)
        assert second.run_keys == {"saree": "saree:1:b"}

    def test_a_run_that_saw_this_content_is_enough(self) -> None:
        first = observe(Cursor(), make_seen(saree="b"), processed={}, first_sight_runs=False)
        second = observe(first.cursor, make_seen(saree="b"), processed={"saree": "b"}, first_sight_runs=False)
        third = observe(second.cursor, make_seen(saree="b"), processed={"saree": "b"}, first_sight_runs=False)
        assert [second.run_keys, third.run_keys] == [{}, {}]

    def test_what_was_missing_first_gets_a_run_when_it_comes(self) -> None:
        changes = run_ticks([make_seen(saree="bad: no file"), make_seen(saree="a")], first_sight_runs=False)
        assert keys_of(changes) == [None, "saree:1:a"]


@pytest.mark.parametrize("text", [None, "", "nonsense", '{"version": 2, "keys": {}}', '{"keys": {"saree": 1}}', "[]"])
def test_an_unreadable_cursor_counts_as_none(text: str | None) -> None:
    assert Cursor.parse(text) == Cursor()


contents = st.sampled_from(["a", "b", "c", "bad x", "bad y"])


@given(st.lists(st.dictionaries(st.sampled_from(["saree", "kurta"]), contents), max_size=12))
def test_every_change_of_valid_content_gets_exactly_one_run(ticks: list[dict[str, str]]) -> None:
    changes = run_ticks([make_seen(**tick) for tick in ticks])
    for key in ("saree", "kurta"):
        in_force: str | None = None
        absent = 0
        for tick, change in zip(ticks, changes, strict=True):
            text = tick.get(key)
            absent = absent + 1 if text is None else 0
            if absent == 2:
                in_force = None
            wanted = text is not None and not text.startswith("bad") and text != in_force
            assert (key in change.run_keys) == wanted
            if wanted:
                in_force = text
    given_out = [run_key for change in changes for run_key in change.run_keys.values()]
    assert len(given_out) == len(set(given_out))
