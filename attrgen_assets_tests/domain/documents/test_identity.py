"""Ids tell documents and their states apart, whatever a SKU contains."""

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.documents.identity import document_id, version_id

names = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
keys = st.tuples(names, st.text(min_size=1), st.integers(1, 10**6))


@given(keys, keys)
def test_different_states_have_different_ids(left: tuple[str, str, int], right: tuple[str, str, int]) -> None:
    ids = [version_id(document_id(name, sku), version) for name, sku, version in (left, right)]
    assert (ids[0] == ids[1]) == (left == right)
