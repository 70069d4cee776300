"""Claims as a table and back."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.claims import Claim, Flag, claims_frame, claims_of_frame
from attrgen_assets.domain.parts.fields import PART_FIELDS

TEXTS = st.text(min_size=1, max_size=8)
ROWS = st.fixed_dictionaries({"name": TEXTS, "value": TEXTS})
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "text_list": st.lists(TEXTS, min_size=1, max_size=3),
    "url_list": st.lists(TEXTS, min_size=1, max_size=3),
    "table": st.lists(ROWS, min_size=1, max_size=3),
}


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    field = draw(st.sampled_from(sorted(PART_FIELDS)))
    value = draw(st.none() | VALUES.get(PART_FIELDS[field].kind, TEXTS))
    known: list[Flag] = ["suspect", "malformed", "stale", "not_applicable"]
    flags = draw(st.lists(st.sampled_from(known), unique=True))
    return Claim(
        object=draw(TEXTS), attribute=field, source=draw(TEXTS), value=value, raw=draw(st.text(max_size=8)),
        flags=tuple(flags), note=draw(st.text(max_size=4)), unit=draw(st.none() | TEXTS),
        observed_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=draw(st.integers(0, 10**9))),
    )  # fmt: skip


@given(st.lists(claims(), max_size=5))
def test_a_table_of_claims_gives_the_claims_back(given_claims: list[Claim]) -> None:
    assert claims_of_frame(claims_frame(given_claims, include_unpublishable=True)) == given_claims
