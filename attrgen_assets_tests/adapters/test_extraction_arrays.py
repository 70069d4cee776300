"""Parts of a model as arrays and back."""

import json

from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.extraction_arrays import dump_parts, dump_rows, load_parts, load_rows
from attrgen_assets.domain.extraction.boundaries import count_boundaries
from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.similar_rows import LabelledRow, TextPlace
from attrgen_assets.domain.extraction.training import Parts

ROW = LabelledRow(
    "Tea", {"mint": 1, "tea": 2}, {"Flavor": ("Mint",), "Form": ()}, {"Flavor": (TextPlace("Mint", "", "tea"),)}
)


def test_values_read_back_count_as_often_as_before() -> None:
    mentions = [Mention(f"row {at}", "Tea", "Flavor", ("mint",)) for at in range(5)]
    parts = Parts({"Tea": ["Flavor"]}, {}, {}, [*mentions, Mention("row 9", "Tea", "Flavor", ("lime", "zest"))], [ROW])
    read = load_parts(*dump_parts(parts))
    assert count_boundaries(read.mentions) == count_boundaries(parts.mentions)
    assert read.rows == [ROW]


TEXT = st.text(max_size=8)
ROWS = st.builds(
    LabelledRow,
    TEXT,
    st.dictionaries(TEXT, st.integers(1, 9)),
    st.dictionaries(TEXT, st.lists(TEXT).map(tuple)),
    st.dictionaries(TEXT, st.lists(st.builds(TextPlace, TEXT, TEXT, TEXT)).map(tuple)),
)


@given(st.lists(ROWS, max_size=4))
def test_rows_go_through_json_as_they_are(rows: list[LabelledRow]) -> None:
    assert load_rows(json.loads(json.dumps(dump_rows(rows)))) == rows
