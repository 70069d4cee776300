"""Chains of replaced part numbers end, whatever suppliers say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.parts.part_numbers import canonical_part_number
from attrgen_assets.domain.parts.responses import SupplierAnswer
from attrgen_assets.domain.parts.supersession import MAX_STEPS, SupersessionChain
from attrgen_assets.errors import InvalidPartNumber


def _followed(successors: dict[str, str], start: str) -> SupersessionChain:
    chain = SupersessionChain(asked=start)
    while chain.end is None:
        said = successors.get(chain.part_number)
        answer = SupplierAnswer(supplier="s", part_number=chain.part_number, outcome="ok", superseded_by=said)
        chain = chain.after([answer])
    return chain


@given(st.dictionaries(st.sampled_from("ABCDEFGHIJKLMN"), st.sampled_from("ABCDEFGHIJKLMN")))
def test_every_chain_ends_without_a_number_twice(successors: dict[str, str]) -> None:
    chain = _followed(successors, "A")
    assert len(set(chain.part_numbers)) == len(chain.part_numbers) <= MAX_STEPS + 1
    if chain.end == "current":
        assert successors.get(chain.part_number, chain.part_number) == chain.part_number


def test_loops_and_long_chains_are_told_apart() -> None:
    assert _followed({"A": "B", "B": "A"}, "A").end == "loop"
    assert _followed({f"P{n}": f"P{n + 1}" for n in range(20)}, "P0").end == "too_long"


def test_most_suppliers_decide_where_they_differ() -> None:
    said = {"a": "X", "b": "Y", "c": "Y", "d": None}
    answers = [
        SupplierAnswer(supplier=name, part_number="P", outcome="ok", superseded_by=new) for name, new in said.items()
    ]
    chain = SupersessionChain(asked="P").after(answers)
    assert (chain.part_number, chain.steps[0].suppliers) == ("Y", ("b", "c"))


@pytest.mark.parametrize("text", ["", "..", "a/../b", "x" * 65, "A'B", "A{B", "A\nB\x00", "-A", "é1", "a?b", "a#b"])
def test_texts_that_cannot_be_part_numbers_are_refused(text: str) -> None:
    with pytest.raises(InvalidPartNumber, match="no part number"):
        canonical_part_number(text)
