"""Batches of texts of like length."""

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.extraction.extractor import padded_batches


@given(
    items=st.lists(st.integers(min_value=1, max_value=30), max_size=40), limit=st.integers(min_value=1, max_value=90)
)
def test_every_item_is_in_one_batch_that_is_small_enough_when_padded(items: list[int], limit: int) -> None:
    batches = list(padded_batches(items, int, limit=limit))
    assert [item for batch in batches for item in batch] == sorted(items)
    assert all(len(batch) == 1 or len(batch) * max(batch) <= limit for batch in batches)
