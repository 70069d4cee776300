"""Names and batches."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.feeds.frames import clip, rebatch, unique_names

names = st.lists(st.text("ab_2 \0é", max_size=4) | st.sampled_from(["a", "a_2", "column_1"]), max_size=8)


@given(header=names)
def test_names_are_unique_and_a_clean_one_keeps_its_first_column(header: list[str]) -> None:
    found = unique_names(header)

    assert len(found) == len(set(found)) == len(header)
    assert all(name and name == " ".join(name.split()) for name in found)
    for position, name in enumerate(header):
        if name and name == " ".join(name.replace("\0", " ").split()) and header.index(name) == position:
            cleaned_before = [" ".join(other.replace("\0", " ").split()) for other in header[:position]]
            assert found[position] == name or name in cleaned_before


def test_what_is_changed_is_noted() -> None:
    notes: list[str] = []

    assert unique_names(["", "column_1", "a", "a"], notes.append) == ["column_1_2", "column_1", "a", "a_2"]
    assert notes == [
        "column 1 is called '' and is read as 'column_1_2'",
        "column 4 is called 'a' and is read as 'a_2'",
    ]


@given(heights=st.lists(st.integers(0, 7), max_size=8), batch_rows=st.integers(1, 9))
def test_batches_have_all_rows_in_order_and_only_the_last_is_short(heights: list[int], batch_rows: int) -> None:
    rows = iter(range(100))
    frames = [pl.DataFrame({"n": [next(rows) for _ in range(height)]}, schema={"n": pl.Int64}) for height in heights]

    batches = list(rebatch(frames, batch_rows=batch_rows))

    assert [n for batch in batches for n in batch["n"]] == list(range(sum(heights)))
    assert all(batch.height == batch_rows for batch in batches[:-1])
    assert all(0 < batch.height <= batch_rows for batch in batches if sum(heights))
    assert bool(batches) == bool(frames)


def test_frames_of_ever_other_columns_do_not_become_one_huge_batch() -> None:
    frames = (pl.DataFrame({f"{number}.{column}": ["x"] * 1000 for column in range(200)}) for number in range(20))

    batches = list(rebatch(frames, batch_rows=1_000_000))

    assert sum(batch.height for batch in batches) == 20_000
    assert max(batch.height * batch.width for batch in batches) < 6_000_000


def test_a_long_text_is_clipped_and_says_so() -> None:
    assert clip("x" * 10_000) == "x" * 10_000
    assert clip("é" * 10_001).endswith("é... (10,001 characters)")
