"""Lists of values: what they were read from."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.attributes.sets import texts_together, unions

TEXTS = ["zari", "zari work", "lace", "lace and zari", "mirror"]
MASKS = np.array([[1], [1], [2], [3], [4]], dtype=np.uint64)


def slowly(codes: list[int]) -> str:
    said: dict[int, str] = {}
    for code in codes:
        said.setdefault(int(MASKS[code, 0]), TEXTS[code])
    return ", ".join(said.values())


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, len(TEXTS) - 1)), max_size=30))
def test_a_row_names_a_text_for_each_value(found: list[tuple[int, int]]) -> None:
    found.sort(key=lambda one: one[0])
    rows = np.array([row for row, _ in found], dtype=np.uint32)
    codes = np.array([code for _, code in found], dtype=np.int32)
    told, texts = texts_together(rows, codes, MASKS, pl.Series("text", TEXTS))
    of_rows = {row: [code for other, code in found if other == row] for row, _ in found}
    assert texts.gather(told).to_list() == [slowly(codes) for codes in of_rows.values()]
    assert texts.head(len(TEXTS)).to_list() == TEXTS
    assert unions(rows, codes, MASKS)[0].tolist() == list(of_rows)
