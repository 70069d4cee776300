"""Parts of a model as arrays and back."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.adapters.extraction_arrays import dump_parts, dump_rows, load_parts, load_rows
from attrgen_assets.domain.extraction.boundaries import count_boundaries
from attrgen_assets.domain.extraction.gazetteers import Mention
from attrgen_assets.domain.extraction.similar_rows import LabelledRow, TextPlace
from attrgen_assets.domain.extraction.training import Parts
from attrgen_assets.domain.extraction.word_classes import WordClasses

ROW = LabelledRow(
    "Tea", {"mint": 1, "tea": 2}, {"Flavor": ("Mint",), "Form": ()}, {"Flavor": (TextPlace("Mint", "", "tea"),)}
)


def test_values_read_back_count_as_often_as_before() -> None:
    mentions = [Mention(f"row {at}", "Tea", "Flavor", ("mint",)) for at in range(5)]
    parts = Parts({"Tea": ["Flavor"]}, {}, {}, [*mentions, Mention("row 9", "Tea", "Flavor", ("lime", "zest"))], [ROW])
    read = load_parts(*dump_parts(parts))
    assert count_boundaries(read.mentions) == count_boundaries(parts.mentions)
    assert read.rows == [ROW]


def test_classes_of_words_are_read_back() -> None:
    classes = WordClasses(("red", "silk"), np.array([[0] * 3, [1] * 3], dtype=np.int16), (("red", "silk"),) * 3)
    arrays, found, layout = dump_parts(Parts({}, {}, {}, [], [], classes))
    read = load_parts(arrays, json.loads(json.dumps(found)), layout)
    assert [read.classes.features(word) for word in ("red", "silk", "teal")] == [
        ("as1024=red", "as256=red", "as64=red"),
        ("as1024=silk", "as256=silk", "as64=silk"),
        (),
    ]


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ([[0, 0, 0]], "the classes of 2 words are an array"),
        ([[0, 0], [1, 1]], "the classes of 2 words are an array"),
        ([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], "of float64"),
        ([[0, 0, 0], [2, 1, 1]], "a class of words has no name"),
        ([[0, 0, -1], [1, 1, 1]], "a class of words has no name"),
    ],
)
def test_classes_that_do_not_fit_their_words_are_refused(numbers: list[list[float]], message: str) -> None:
    arrays, found, layout = dump_parts(Parts({}, {}, {}, [], []))
    words = {"words": ["red", "silk"], "names": [["red", "silk"]] * 3}
    with pytest.raises(ValueError, match=message):
        load_parts({**arrays, "words": np.array(numbers)}, {**found, "words": words}, layout)


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
